// The gateway over Streamable HTTP, for clients of the revision that opens sessions and of the one that does not.
import { LOG_LEVEL_META_KEY } from '@modelcontextprotocol/client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { kosmo } from '../helpers/cli.ts';
import { type HttpTestGateway, openHttpGateway, startHttpGateway, type TestGatewayOptions } from '../helpers/gateway.ts';
import { fakeServer, mcpPlace } from '../helpers/mcp.ts';
import { answer, type RecordingServer, startRecordingServer } from '../helpers/recording-server.ts';

const TOKEN = 'a-token-of-S3CRET-length';
const ACQUIRE = { cname: 'room', uid: '1' };
const QUERY = { resource_id: 'R', sid: 'S', mode: 'mix' };

let server: RecordingServer;
let env: Record<string, string>;
let gateway: HttpTestGateway | undefined;

beforeAll(async () => {
  server = await startRecordingServer();
  env = { AGORA_CUSTOMER_ID: 'cid', AGORA_CUSTOMER_SECRET: 'csec-S3CRET', AGORA_APP_ID: 'app1', AGORA_URL: server.url };
});
afterAll(() => server.close());
beforeEach(() => {
  server.seen.length = 0;
  server.respond = answer(200, { resourceId: 'R1' });
});
afterEach(async () => {
  await gateway?.close();
  gateway = undefined;
});

const open = async (args: readonly string[], options: TestGatewayOptions = {}, token = ''): Promise<HttpTestGateway> => {
  gateway = await openHttpGateway(args, { env, ...options }, token);
  return gateway;
};

describe.each([
  ['2025-11-25', {}],
  ['2026-07-28', { versionNegotiation: { mode: 'auto' } }],
] as const)('a client of revision %s', (revision, client) => {
  test('works as over stdio, for who has the token', async () => {
    const http = await open(['--write=allow', '--force'], { client }, TOKEN);
    expect(http.client.getNegotiatedProtocolVersion()).toBe(revision);
    expect(await http.names()).toContain('execute_lua');
    expect((await http.call('integration__agora__acquire_recording_resource', ACQUIRE)).data.resourceId).toBe('R1');
    expect((await http.call('execute_lua', { code: 'print("hi") return input.a', input: { a: 1 } })).text).toBe('hi\nreturned: 1');
    for (const authorization of ['', 'Bearer wrong', `Basic ${TOKEN}`]) {
      expect((await fetch(http.url, { method: 'POST', headers: { authorization }, body: '{}' })).status).toBe(401);
    }
  });

  test('is asked for approvals, also in the middle of a script', async () => {
    const questions: string[] = [];
    const approve = (message: string): boolean => questions.push(message) > 0 && !message.includes('"no"');
    const { call } = await open(['--write=allow'], { client, approve });
    expect((await call('integration__agora__acquire_recording_resource', ACQUIRE)).data.resourceId).toBe('R1');
    const code = `local agora = app.integrations.agora
      local runs = 0
      return parallel.map({ "a", "b", "no" }, function(cname)
        runs = runs + 1
        return (pcall(agora.acquire_recording_resource, { cname = cname, uid = 1 }))
      end), runs`;
    expect((await call('execute_lua', { code })).data.result).toEqual([[true, true, false], 3]);
    expect(questions).toHaveLength(4);
  });

  test('cancels a call, at the remote side too', async () => {
    const { call } = await open([], { client });
    const cancel = new AbortController();
    const closed = new Promise<void>((resolve) => {
      server.respond = (_request, response) => {
        response.once('close', resolve);
        cancel.abort();
      };
    });
    await expect(call('integration__agora__query_recording', QUERY, { signal: cancel.signal })).rejects.toThrow();
    await closed;
    expect((await call('execute_lua', { code: 'return 1' })).text).toBe('returned: 1');
  });

  test('is told that a long call goes on', async () => {
    const { call } = await open([], { client });
    const told: unknown[] = [];
    await call('execute_lua', { code: 'sleep(2.5)' }, { onprogress: (progress) => void told.push(progress) });
    expect(told[0]).toMatchObject({ progress: 1, message: 'execute_lua has been running for 1 s' });
  });

  test('is told of each call of a script, from the level on that it wants to hear', async () => {
    const { call, client: connected } = await open([], { client });
    const heard: { readonly level: string; readonly data: unknown }[] = [];
    connected.setNotificationHandler('notifications/message', ({ params }) => void heard.push(params));
    const isModern = revision === '2026-07-28';
    const run = async (level: 'info' | 'warning'): Promise<void> => {
      if (!isModern) await connected.setLoggingLevel(level);
      const _meta = isModern ? { [LOG_LEVEL_META_KEY]: level } : {};
      const code = 'local agora = app.integrations.agora agora.query_recording(input) pcall(agora.query_recording, { mode = "mixed" })';
      await connected.callTool({ name: 'execute_lua', arguments: { code, input: QUERY }, _meta });
    };
    await run('info');
    expect(heard).toEqual([
      {
        level: 'info',
        logger: 'kosmo',
        data: {
          message: 'agora.query_recording succeeded',
          function: 'agora.query_recording',
          account: 'default',
          operation: 'read',
          outcome: 'done',
          duration_ms: expect.any(Number),
        },
      },
      {
        level: 'warning',
        logger: 'kosmo',
        data: expect.objectContaining({
          message: expect.stringMatching(/^agora.query_recording failed: resource_id is required/),
          code: 'INVALID_ARGUMENTS',
          outcome: 'none',
        }),
      },
    ]);
    heard.length = 0;
    await run('warning');
    await call('integration__agora__query_recording', { mode: 'mix' });
    expect(heard.map(({ level }) => level)).toEqual(isModern ? ['warning'] : ['warning', 'warning']);
  });

  test('is told of tools that come later', async () => {
    const place = mcpPlace({ changing: fakeServer('changed') });
    const told: (() => void)[] = [];
    const changed = new Promise<void>((resolve) => told.push(resolve));
    const listChanged = { tools: { onChanged: () => told[0]?.(), autoRefresh: false } };
    const { env: home, cwd = '' } = place.options;
    const args = ['--upstream=changing', '--tools=functions'];
    const { call, names } = await open(args, { env: { ...env, ...home }, cwd, client: { ...client, listChanged } });
    expect(await names()).not.toContain('mcp__changing__added');
    await call('mcp__changing__echo', { message: 'x' });
    await changed;
    expect(await names()).toContain('mcp__changing__added');
  });
});

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
    expect(server.seen).toHaveLength(1);
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
  test('pages of other origins and names, and other paths, are refused', async () => {
    const { url } = await open([]);
    const request = async (headers: Record<string, string>): Promise<number> =>
      (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{}' })).status;
    expect(await request({ origin: 'https://example.com' })).toBe(403);
    expect((await fetch(url.replace('/mcp', '/other'), { method: 'POST', body: '{}' })).status).toBe(404);
    expect(await request({ origin: 'http://localhost:3000' })).not.toBe(403);
  });

  test('the gateway does not listen for other machines without a token', async () => {
    const { code, stderr } = await kosmo(['mcp:serve', '--http', '--host', '0.0.0.0'], { env });
    expect(code).toBe(3);
    expect(stderr).toContain('KOSMO_GATEWAY_TOKEN');
  });

  test('a port that is taken is named', async () => {
    const { process: first, line } = await startHttpGateway([], { env });
    const { port } = new URL(line);
    const { code, stderr } = await kosmo(['mcp:serve', '--http', '--port', port], { env });
    first.kill('SIGTERM');
    expect(code).toBe(3);
    expect(stderr).toContain('another program listens there');
  });
});
