import { expect, test } from 'vitest';
import { type KillOptions, killRuns } from '../helpers/kill-runs.ts';

test.each<readonly [string, KillOptions]>([
  ['200 runs that are killed (SIGKILL) at random moments', { runs: 200, atOnce: 8, signal: 'SIGKILL' }],
  ['50 runs whose terminal is closed (SIGHUP) at random moments', { runs: 50, atOnce: 8, signal: 'SIGHUP' }],
  ['50 runs at once in one home', { runs: 50, atOnce: 50 }],
])('%s lose no recording', async (what, options) => {
  const counts = await killRuns(options);
  console.log(`${what}: ${JSON.stringify(counts)}`);
  expect(counts).toMatchObject({ lost: 0, claimed: 0, silent: 0 });
  // Otherwise nothing was tried.
  expect(counts.running).toBeGreaterThan(0);
});
