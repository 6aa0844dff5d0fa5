import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createHost } from '../../src/index.ts';
import { fakeServer, hostileServer } from '../helpers/mcp.ts';

test('a program gives its scripts servers of its own, without a file; another host does not have them', async () => {
  const before = existsSync(path.join(homedir(), '.kosmo', 'mcp-tools'));
  const host = await createHost({ env: { PATH: process.env.PATH }, mcpServers: { fake: fakeServer() } });
  try {
    const { result, error } = await host.run(
      'return app.mcp.fake.echo("hi"), mcp.servers().fake.source, app.mcp.fake.create_issue{title = "x"}.title',
      {
        force: true,
      },
    );
    expect(error).toBeNull();
    expect(result).toEqual(['hi', 'runtime', 'x']);
  } finally {
    await host.close();
  }
  expect(existsSync(path.join(homedir(), '.kosmo', 'mcp-tools'))).toBe(before);
  const other = await createHost();
  expect((await other.run('return app.mcp.fake.echo("hi")')).error_detail).toMatchObject({ code: 'UNKNOWN_SERVER' });
  await other.close();
});

test('a tool whose name is longer than scripts keep names can be called in every way', async () => {
  const name = `odd${'-x'.repeat(200)}`;
  const server = hostileServer('-x'.repeat(200));
  const host = await createHost({ env: { PATH: process.env.PATH }, mcpServers: { long: server } });
  try {
    const { result, error, call_log } = await host.run(
      `return mcp.call("long.${name}"), app.mcp.long["${name}"](), app.mcp.long.${name.replaceAll('-', '_')}(), mcp.schema("long.${name}").name`,
      { force: true },
    );
    expect(error).toBeNull();
    expect(result?.slice(0, 3)).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/^result /)));
    expect(result?.[3]).toBe(name);
    expect(call_log.map(({ status }) => status)).toEqual(['ok', 'ok', 'ok']);
    const unknown = await host.run(`mcp.call("long.${name}y")`, { force: true });
    expect(unknown.error_detail?.code).toBe('UNKNOWN_FUNCTION');
    expect(unknown.error_detail?.message.length).toBeLessThan(300);
  } finally {
    await host.close();
  }
});
