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
