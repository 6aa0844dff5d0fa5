import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunReport } from '../../src/runtime/index.ts';
import { kosmo } from '../helpers/cli.ts';
import { type McpPlace, mcpPlace } from '../helpers/mcp.ts';

const EVERYTHING = fileURLToPath(new URL('../../node_modules/@modelcontextprotocol/server-everything/dist/index.js', import.meta.url));

let place: McpPlace;
let children: ChildProcess[];
let walled: Server;
let seen: IncomingMessage['headers'][];

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** The server of npm over HTTP, in a process of its own. */
async function everything(transport: 'streamableHttp' | 'sse'): Promise<number> {
  const port = await freePort();
  const child = spawn(process.execPath, [EVERYTHING, transport], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  const lines = createInterface(child.stderr);
  await new Promise<void>((resolve) => lines.on('line', (line) => line.includes(String(port)) && resolve()));
  return port;
}

beforeAll(async () => {
  children = [];
  seen = [];
  walled = createServer((request, response) => {
    seen.push(request.headers);
    response.writeHead(request.url === '/broken' ? 503 : request.url === '/forbidden' ? 403 : 401).end();
  });
  walled.listen(0, '127.0.0.1');
  const [modern, older] = await Promise.all([everything('streamableHttp'), everything('sse')]);
  const { port } = walled.address() as AddressInfo;
  const nobody = await freePort();
  place = mcpPlace({
    modern: { type: 'http', url: `http://127.0.0.1:${modern}/mcp` },
    older: { url: `http://127.0.0.1:${older}/sse` },
    sse: { type: 'sse', url: `http://127.0.0.1:${older}/sse` },
    walled: { url: `http://127.0.0.1:${port}/mcp`, headers: { authorization: 'Bearer ${TOKEN}', 'X-Team': 'ice' } },
    forbidden: { url: `http://127.0.0.1:${port}/forbidden` },
    broken: { url: `http://127.0.0.1:${port}/broken` },
    nobody: { url: `http://127.0.0.1:${nobody}/mcp` },
  });
});
afterAll(async () => {
  for (const child of children) child.kill();
  walled.close();
});

async function lua(code: string, env = {}): Promise<RunReport> {
  const { stdout } = await kosmo(['mcp:lua', '--eval', code, '--json'], { ...place.options, env: { ...place.options.env, ...env } });
  return JSON.parse(stdout) as RunReport;
}

describe('a server over HTTP', () => {
  test.each(['modern', 'older', 'sse'])('is called by its url, in the newer way or the older: %s', async (server) => {
    const { result, error } = await lua(`
      local server = app.mcp.${server}
      return server.echo{message = "hi"}, mcp.resources("${server}")[1] ~= nil, #mcp.tools("${server}") > 5`);
    expect(error).toBeNull();
    expect(result).toEqual(['Echo: hi', true, true]);
  });

  test('gets the headers of its configuration; one that wants more says how to log in, without the secret', async () => {
    const { error_detail } = await lua('return app.mcp.walled.echo{}', { TOKEN: 'S3CRET-token-of-walled' });
    expect(error_detail).toMatchObject({ code: 'CREDENTIALS_REJECTED', hint: expect.stringContaining('kosmo mcp:login walled') });
    expect(JSON.stringify(error_detail)).not.toContain('S3CRET');
    expect(seen[0]).toMatchObject({ authorization: 'Bearer S3CRET-token-of-walled', 'x-team': 'ice' });
  });

  test('that forbids, is down or is not there is told apart', async () => {
    const { result } = await lua(`
      local function code(server) local _, err = pcall(mcp.call, server .. ".echo", {}) return err.code .. " " .. err.outcome end
      return code("forbidden"), code("broken"), code("nobody")`);
    expect(result).toEqual(['CREDENTIALS_REJECTED none', expect.stringMatching(/^REMOTE_UNAVAILABLE/), 'CONNECTION_FAILED none']);
  });
});
