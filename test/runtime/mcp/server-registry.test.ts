import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { KosmoError } from '../../../src/errors/index.ts';
import { createHost } from '../../../src/runtime/index.ts';
import { fakeServer } from '../../helpers/mcp.ts';

test('of a server that a run is restricted from, a script learns nothing, and nothing is started', async () => {
  const marker = path.join(mkdtempSync(path.join(tmpdir(), 'kosmo-upstream-')), 'started');
  const host = await createHost({
    env: { PATH: process.env.PATH },
    guideFolder: fileURLToPath(new URL('../../../lua-docs', import.meta.url)),
    mcpServers: { shown: fakeServer(), hidden: fakeServer('plain', [`--marker=${marker}`]) },
  });
  const code = `
    local names = {}
    for name in pairs(app.mcp) do names[#names + 1] = name end
    local function code(...) local _, err = pcall(...) return err.code end
    return names, mcp.servers().hidden == nil, #mcp.tools(), code(mcp.tools, "hidden"), code(app.mcp.hidden.echo, "x"), code(mcp.call, "hidden.echo", {}),
      code(mcp.resources, "hidden"), code(docs.read, "mcp.hidden"), app.mcp.shown.echo("hi")`;
  const report = await host.run(code, {
    chunk: 'test',
    policy: {
      force: true,
      restrict: ({ provider }) => (provider.id === 'hidden' ? new KosmoError('NOT_EXPOSED', 'not here') : undefined),
    },
  });
  await host.close();
  expect(report.error).toBeNull();
  const refused = Array.from({ length: 5 }, () => 'NOT_EXPOSED');
  expect(report.result).toEqual([['shown'], true, 10, ...refused, 'hi']);
  expect(existsSync(marker)).toBe(false);
});
