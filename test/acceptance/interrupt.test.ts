import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { cleanEnvironment, KOSMO } from '../helpers/cli.ts';

async function endedBy(
  signal: NodeJS.Signals,
  code: string,
  after = 'on\n',
): Promise<{ exitCode: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [KOSMO, 'integrations:lua', '-e', `print("on") ${code}`], { env: cleanEnvironment({}) });
  let stdout = '';
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  while (!stdout.includes(after)) await once(child.stdout, 'data');
  child.kill(signal);
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout, stderr };
}

test.each([
  ['a loop', 'while true do end'],
  ['a loop of pcalls in a coroutine', 'coroutine.wrap(function() while true do pcall(function() while true do end end) end end)()'],
  ['a pattern that backtracks', 'string.find(string.rep("a", 60), string.rep("a-", 30) .. "b")'],
  ['a loop of long library calls', 'while true do string.find(string.rep("ab", 1000), "b.-a.-c") end'],
  ['tasks that compute', 'parallel.map({1, 2}, function() while true do end end)'],
  ['a sleep', 'sleep(60)'],
])('Ctrl-C stops %s, deferred functions run, and the exit code is 130', async (_what, code) => {
  expect(await endedBy('SIGINT', `defer(function() print("deferred") end) ${code}`)).toEqual({
    exitCode: 130,
    stdout: 'on\ndeferred\n',
    stderr: 'error: interrupted\n',
  });
});

// Node would open its inspector at SIGUSR1.
test.each([
  ['SIGHUP', 129],
  ['SIGQUIT', 131],
  ['SIGUSR1', 138],
  ['SIGUSR2', 140],
  ['SIGALRM', 142],
  ['SIGABRT', 134],
] as const)('%s ends a run as SIGTERM does, with exit code %i', async (signal, exitCode) => {
  expect(await endedBy(signal, 'defer(function() print("deferred") end) sleep(60)')).toEqual({
    exitCode,
    stdout: 'on\ndeferred\n',
    stderr: `error: terminated by ${signal}\n`,
  });
});

test('a document names the signal that ended the run', async () => {
  const child = spawn(process.execPath, [KOSMO, 'integrations:lua', '--stream', '-e', 'print("on") sleep(60)'], {
    env: cleanEnvironment({}),
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (text.includes('"on"')) child.kill('SIGHUP');
  });
  expect(await once(child, 'close')).toEqual([129, null]);
  const { envelope } = JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  expect(envelope).toMatchObject({ success: false, error_detail: { code: 'TERMINATED', signal: 'SIGHUP' } });
});

test.each([
  ['computes', 'while true do end'],
  ['waits', 'sleep(60)'],
])('SIGTERM ends a run that %s with exit code 143', async (_what, code) => {
  expect(await endedBy('SIGTERM', `defer(function() print("deferred") end) ${code}`)).toEqual({
    exitCode: 143,
    stdout: 'on\ndeferred\n',
    stderr: 'error: terminated\n',
  });
});

test.each([
  ['SIGINT', 130, 'interrupted'],
  ['SIGTERM', 143, 'terminated'],
] as const)('%s while deferred functions run lets them end, and is the end of the run', async (signal, exitCode, word) => {
  expect(await endedBy(signal, 'defer(function() print("cleaning") sleep(0.3) print("clean") end)', 'cleaning\n')).toEqual({
    exitCode,
    stdout: 'on\ncleaning\nclean\n',
    stderr: `error: ${word}\n`,
  });
});

// No short match is worth the watchdog: while that is taken down, Ctrl-C would be lost.
test.each([1, 2, 3, 4])('Ctrl-C is not lost right after a short match (%i)', async () => {
  const code =
    'defer(function() print("deferred") end) local t = {} table.insert(t, (" ready"):match("%S+")) print(table.concat(t)) sleep(60)';
  expect(await endedBy('SIGINT', code, 'ready\n')).toMatchObject({ exitCode: 130, stdout: 'on\nready\ndeferred\n' });
});

test.each([
  [['integrations:lua', '--json'], 'SIGINT', 130],
  [['integrations:lua', '-e', 'return 1', '--input', '@-', '--json'], 'SIGTERM', 143],
  [['integrations:check', '-', '--json'], 'SIGHUP', 129],
  [['integrations:call', 'agora.query_recording', '-', '--pretty'], 'SIGTERM', 143],
  [['integrations:configure', 'agora', '--stdin-json', '--json'], 'SIGINT', 130],
] as const)('%j that still reads stdin answers a signal with its one document: %s, exit code %i', async (args, signal, exitCode) => {
  const child = spawn(process.execPath, [KOSMO, ...args], { env: cleanEnvironment({}) });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stdin.on('error', () => undefined);
  // More than a pipe holds: it is written once the command reads.
  child.stdin.write(' '.repeat(2 ** 20));
  await once(child.stdin, 'drain');
  child.kill(signal);
  expect(await once(child, 'close')).toEqual([exitCode, null]);
  expect(JSON.parse(stdout)).toMatchObject({ success: false, error_detail: { code: signal === 'SIGINT' ? 'INTERRUPTED' : 'TERMINATED' } });
});
