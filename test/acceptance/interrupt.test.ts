import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { cleanEnvironment, KOSMO } from '../helpers/cli.ts';

test.each([
  ['a loop', 'while true do end'],
  ['a loop of pcalls in a coroutine', 'coroutine.wrap(function() while true do pcall(function() while true do end end) end end)()'],
  ['a pattern that backtracks', 'string.find(string.rep("a", 60), string.rep("a-", 30) .. "b")'],
  ['a sleep', 'sleep(60)'],
])('Ctrl-C stops %s, and the exit code is 130', async (_what, code) => {
  const child = spawn(process.execPath, [KOSMO, 'integrations:lua', '-e', `print("on") ${code}`], { env: cleanEnvironment({}) });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  await once(child.stdout, 'data');
  // Node takes SIGINT away from the process for a moment while it sets up `breakOnSigint`; nobody's Ctrl-C is that fast.
  await delay(500);
  child.kill('SIGINT');
  const [exitCode] = (await once(child, 'close')) as [number | null];
  expect({ exitCode, stderr }).toEqual({ exitCode: 130, stderr: 'error: interrupted\n' });
});

test('SIGTERM ends a run that waits with exit code 143', async () => {
  const child = spawn(process.execPath, [KOSMO, 'integrations:lua', '-e', 'print("on") sleep(60)'], { env: cleanEnvironment({}) });
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  const [exitCode] = (await once(child, 'close')) as [number | null];
  expect(exitCode).toBe(143);
});
