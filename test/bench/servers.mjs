// The whole process of a one-liner with ten MCP servers configured, one of them dead, against none.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { alternate, kosmo } from './measure.mjs';

export async function compareServers() {
  const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-bench-'));
  try {
    for (const home of ['none', 'ten']) mkdirSync(path.join(folder, home));
    const live = Array.from({ length: 9 }, (_, i) => [`server-${i}`, { command: 'node', args: ['server.js'], env: { TOKEN: '${TOKEN}' } }]);
    const mcpServers = Object.fromEntries([...live, ['dead', { command: 'sleep', args: ['1000'] }]]);
    writeFileSync(path.join(folder, 'ten', 'mcp.json'), JSON.stringify({ mcpServers }));
    const run = (home) => () =>
      void spawnSync(process.execPath, [kosmo, 'integrations:lua', '--eval', 'return 1', '--json'], {
        cwd: folder,
        env: { ...process.env, KOSMO_HOME: path.join(folder, home) },
      });
    const times = await alternate(20, run('ten'), run('none'));
    return [{ figure: "`integrations:lua --eval 'return 1' --json` with ten MCP servers", against: 'with none', mark: 1.1, ...times }];
  } finally {
    rmSync(folder, { recursive: true });
  }
}
