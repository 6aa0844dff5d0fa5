// The whole process of a one-liner against Node doing nothing.
import { spawnSync } from 'node:child_process';
import { alternate, kosmo } from './measure.mjs';

export async function compareStart() {
  const times = await alternate(
    20,
    () => void spawnSync(process.execPath, [kosmo, 'integrations:lua', '--eval', 'return 1', '--json']),
    () => void spawnSync(process.execPath, ['-e', '0']),
  );
  return [{ figure: "`integrations:lua --eval 'return 1' --json`, whole process", against: '`node -e 0`', mark: 1.5, ...times }];
}
