import { execFileSync } from 'node:child_process';
import { test } from 'vitest';

test('the generated sections of lua-docs are those of the code', () => {
  execFileSync(process.execPath, ['src/build/generate-docs.mjs', '--check'], { stdio: ['ignore', 'ignore', 'pipe'] });
});
