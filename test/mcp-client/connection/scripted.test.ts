import { afterEach, expect, test } from 'vitest';
import { connect } from '../../../src/mcp-client/connection/connect.ts';
import { type ScriptedHttpServer, scriptedServer, startScriptedServer } from '../../helpers/scripted-mcp-server.ts';

let http: ScriptedHttpServer | undefined;
afterEach(() => http?.close());

test('a scripted server speaks over stdio', async () => {
  const { command, args } = scriptedServer({ methods: { 'tools/call a': { result: { content: [{ type: 'text', text: 'hi' }] } } } });
  const connection = await connect({
    server: {
      transport: 'stdio',
      name: 's',
      timeout: 8,
      command: command as string,
      args: args as string[],
      env: { PATH: process.env.PATH ?? '' },
      cwd: process.cwd(),
    },
    onToolsChanged: () => undefined,
  });
  expect(await connection.list('tools')).toMatchObject({ items: [{ name: 'a' }] });
  expect(await connection.request('tools/call', { name: 'a', arguments: {} })).toMatchObject({ content: [{ text: 'hi' }] });
  await connection.close();
});

test('a scripted server speaks over HTTP', async () => {
  http = await startScriptedServer({ session: true });
  const connection = await connect({
    server: { transport: 'http', name: 's', timeout: 8, url: http.url, headers: {} },
    onToolsChanged: () => undefined,
  });
  expect(await connection.request('tools/call', { name: 'a', arguments: { x: 1 } })).toMatchObject({ content: [{ text: '{"x":1}' }] });
  await connection.close();
  expect(http.methods()).toContain('notifications/initialized');
});

test('a server of 2026-07-28 without a login is said to want one, not to lack initialize', async () => {
  const refused = { status: 401, headers: { 'www-authenticate': 'Bearer' }, message: {} };
  const missing = { status: 404, message: {} };
  const reached = async (steps: Readonly<Record<string, object>>): Promise<unknown> => {
    http = await startScriptedServer({ revision: '2026-07-28', methods: steps });
    const server = { transport: 'http', name: 's', timeout: 8, url: http.url, headers: {} } as const;
    return connect({ server, onToolsChanged: () => undefined })
      .catch((thrown: unknown) => thrown)
      .finally(() => http?.close());
  };
  const login = { code: 'CREDENTIALS_REJECTED', hint: expect.stringContaining('kosmo mcp:login s') };
  expect(await reached({ 'server/discover': refused, initialize: missing })).toMatchObject(login);
  expect(await reached({ 'server/discover': refused, initialize: { ...missing, status: 405 } })).toMatchObject(login);
  expect(await reached({ 'server/discover': refused, initialize: refused })).toMatchObject(login);
});
