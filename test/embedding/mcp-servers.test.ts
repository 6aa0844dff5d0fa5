import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createHost } from '../../src/index.ts';
import { fakeServer } from '../helpers/mcp.ts';

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
