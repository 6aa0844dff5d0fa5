import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { cleanEnvironment, KOSMO } from '../helpers/cli.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const LINES = 20_000;
const CODE = `for i = 1, ${LINES} do print(i .. (" é"):rep(20)) end return "end"`;
const EXPECTED = `${Array.from({ length: LINES }, (_, index) => `${index + 1}${' é'.repeat(20)}\n`).join('')}end\n`;
const ARGS = [KOSMO, 'integrations:lua', '-e', CODE];

test('a reader that is slow gets every byte, also through a pipe that does not block', async () => {
  // A pipe made by Node for a child is such a one.
  const child = spawn(process.execPath, ARGS, { env: cleanEnvironment({}), stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    child.stdout.pause();
    void delay(1).then(() => child.stdout.resume());
  });
  await once(child, 'close');
  expect(Buffer.concat(chunks).toString() === EXPECTED).toBe(true);
});

test('a file gets every byte, behind what was in it', async () => {
  const file = path.join(tempFolder(), 'output.txt');
  const output = openSync(file, 'a');
  for (const _ of [1, 2])
    await once(spawn(process.execPath, ARGS, { env: cleanEnvironment({}), stdio: ['ignore', output, 'inherit'] }), 'close');
  closeSync(output);
  expect(readFileSync(file, 'utf8') === EXPECTED + EXPECTED).toBe(true);
});

test.skipIf(process.platform === 'win32')('a reader that has gone is no error, and the script goes on to its end', async () => {
  const file = path.join(tempFolder(), 'code');
  const command = `{ "${process.execPath}" "${KOSMO}" integrations:lua -e '${CODE}'; echo $? > "${file}"; } | head -n 1`;
  const child = spawn('sh', ['-c', command], { env: cleanEnvironment({}), stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  await once(child, 'close');
  expect(stderr).toBe('');
  expect(readFileSync(file, 'utf8')).toBe('0\n');
});

test('a reader that reads nothing holds no script up', async () => {
  const child = spawn(process.execPath, [...ARGS.slice(0, -1), `${CODE.replace('return "end"', '')} error("it went on", 0)`], {
    env: cleanEnvironment({}),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [message] = (await once(child.stderr, 'data')) as [Buffer];
  expect(message.toString()).toBe('error: it went on\n');
  child.stdout.resume();
  await once(child, 'close');
});
