// What is HTTP's own: who may connect, and the sessions of clients that need one.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { kosmo } from '../helpers/cli.ts';
import { type HttpTestGateway, openHttpGateway, startHttpGateway, type TestGatewayOptions } from '../helpers/gateway.ts';
import { fakeServer, mcpPlace } from '../helpers/mcp.ts';
import { useRecordingServer } from '../helpers/recording-server.ts';

const TOKEN = 'a-token-of-S3CRET-length';
const ACQUIRE = { cname: 'room', uid: '1' };

const agora = useRecordingServer();
let gateway: HttpTestGateway | undefined;

afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

const open = async (args: readonly string[], options: TestGatewayOptions = {}, token = ''): Promise<HttpTestGateway> => {
  gateway = await openHttpGateway(args, { env: agora.env, ...options }, token);
  return gateway;
};

test.each([
  ['SIGHUP', 129],
  ['SIGQUIT', 131],
  ['SIGTERM', 0],
] as const)('%s ends the gateway with exit code %i, and its MCP servers, however stubborn', async (signal, exitCode) => {
  const place = mcpPlace({});
  const marker = path.join(place.folder, 'pid');
  place.write('home/mcp.json', { mcpServers: { up: fakeServer('stubborn', [`--marker=${marker}`]) } });
  const { process: server, line: url } = await startHttpGateway(['--upstream=up'], { env: place.options.env, cwd: place.project });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  await client.listTools();
  const pid = Number(readFileSync(marker, 'utf8'));
  expect(isRunning(pid)).toBe(true);
  const ended = once(server, 'exit');
  server.kill(signal);
  expect(await ended).toEqual([exitCode, null]);
  await vi.waitFor(() => expect(isRunning(pid)).toBe(false), 10_000);
  await client.close();
});

// An orphan that has ended stays as a zombie where no process waits for it.
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

describe('a session', () => {
  const INITIALIZE = {
    jsonrpc: '2.0',
    id: 1,
    method: 'initialize',
    params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
  };
  const PING = { jsonrpc: '2.0', id: 2, method: 'ping' };
  const post = (url: string, message: object, session?: string): Promise<Response> =>
    fetch(url, {
      method: 'POST',
      headers: {
        accept: 'application/json, text/event-stream',
        'content-type': 'application/json',
        ...(session === undefined ? {} : { 'mcp-session-id': session }),
      },
      body: JSON.stringify(message),
    });

  test('ends with DELETE; what it was and what never was is answered with 404, and without one there is nothing', async () => {
    const { url } = await open([]);
    const opened = await post(url, INITIALIZE);
    const session = opened.headers.get('mcp-session-id') ?? '';
    expect([opened.status, session]).toEqual([200, expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(await (await post(url, PING, session)).text()).toContain('"result":{}');
    expect((await fetch(url, { method: 'DELETE', headers: { 'mcp-session-id': session } })).status).toBe(200);
    for (const gone of [session, 'never']) {
      const { status, headers } = await post(url, PING, gone);
      expect([status, headers.get('content-type')]).toEqual([404, 'application/json']);
    }
    expect((await post(url, PING)).status).toBe(400);
    expect((await fetch(url, { headers: { accept: 'text/event-stream' } })).status).toBe(400);
  });

  test('answers a stream of events with its headers at once, before there is an event', async () => {
    const { url } = await open([]);
    const session = (await post(url, INITIALIZE)).headers.get('mcp-session-id') ?? '';
    const stop = new AbortController();
    const headers = { accept: 'text/event-stream', 'mcp-session-id': session };
    const response = await fetch(url, { headers, signal: stop.signal });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    stop.abort();
  });

  test('whose client has gone with questions open leaves room for those of others', async () => {
    const http = await open(['--write=allow'], { approve: () => true });
    const gone = await http.connect();
    let asked = 0;
    const allAsked = new Promise<void>((resolve) => {
      gone.setRequestHandler('elicitation/create', () => {
        if (++asked === 8) resolve();
        return new Promise(() => undefined);
      });
    });
    const call = { name: 'integration__agora__acquire_recording_resource', arguments: ACQUIRE };
    const waiting = Array.from({ length: 8 }, () => gone.callTool(call).catch(() => undefined));
    await allAsked;
    expect((await http.call(call.name, ACQUIRE)).text).toContain('8 calls wait for the answer of a person already');
    await gone.close();
    await Promise.all(waiting);
    await vi.waitFor(async () => expect((await http.call(call.name, ACQUIRE)).data.resourceId).toBe('R1'), 10_000);
    expect(agora.server.seen).toHaveLength(1);
  });

  test('is one client’s: another cannot read its results by their list', async () => {
    const http = await open(['--max-result-chars=1000']);
    await http.call('execute_lua', { code: 'return ("x"):rep(5000)' });
    const other = await http.connect();
    expect((await http.client.listResources()).resources).toHaveLength(1);
    expect((await other.listResources()).resources).toEqual([]);
    await other.close();
  });
});

describe('over HTTP', () => {
  test('only who has the token is served', async () => {
    const { url, names } = await open([], {}, TOKEN);
    expect(await names()).toContain('execute_lua');
    for (const authorization of ['', 'Bearer wrong', `Basic ${TOKEN}`]) {
      expect((await fetch(url, { method: 'POST', headers: { authorization }, body: '{}' })).status).toBe(401);
    }
  });

  test('pages of other origins and names, and other paths, are refused', async () => {
    const { url } = await open([]);
    const request = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{}' })).status;
    expect(await request({ origin: 'https://example.com' })).toBe(403);
    expect((await fetch(url.replace('/mcp', '/other'), { method: 'POST', body: '{}' })).status).toBe(404);
    expect(await request({ origin: 'http://localhost:3000' })).not.toBe(403);
  });

  test('the gateway does not listen for other machines without a token', async () => {
    const { code, stderr } = await kosmo(['mcp:serve', '--http', '--host', '0.0.0.0'], { env: agora.env });
    expect(code).toBe(3);
    expect(stderr).toContain('KOSMO_GATEWAY_TOKEN');
  });

  test('a port that is taken is named', async () => {
    const { process: first, line } = await startHttpGateway([], { env: agora.env });
    const { port } = new URL(line);
    const { code, stderr } = await kosmo(['mcp:serve', '--http', '--port', port], { env: agora.env });
    first.kill('SIGTERM');
    expect(code).toBe(3);
    expect(stderr).toContain('another program listens there');
  });
});
