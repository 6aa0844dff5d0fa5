import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_ACCOUNT, type Emulator, startEmulator } from '../../src/integrations/agora/emulator/index.ts';
import { cleanEnvironment, KOSMO } from '../helpers/cli.ts';
import { type RunCliOptions, runCli } from '../helpers/run-cli.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const SECRET = 'a-secret-of-the-input-5f2c';

let emulator: Emulator;
let folder: string;
let env: Record<string, string>;

beforeAll(async () => {
  emulator = await startEmulator({ ratePerSecond: 0 });
});
afterAll(() => emulator.close());
beforeEach(() => {
  const { customerId, customerSecret, appIds } = DEFAULT_ACCOUNT;
  folder = tempFolder();
  env = {
    AGORA_CUSTOMER_ID: customerId,
    AGORA_CUSTOMER_SECRET: customerSecret,
    AGORA_APP_ID: appIds[0] ?? '',
    AGORA_URL: emulator.url,
    KOSMO_HOME: path.join(folder, 'home'),
  };
});

const kosmo = (args: readonly string[], options: RunCliOptions = {}) => runCli(args, { env, cwd: folder, ...options });

function script(name: string, code: string): string {
  writeFileSync(path.join(folder, name), code);
  return name;
}

const RECORD = `
local agora = app.integrations.agora
local resource = agora.acquire_recording_resource{cname = "durable", uid = "77"}.resourceId
local r = agora.start_recording{resource_id = resource, mode = "mix", cname = "durable", uid = "77",
  recording_config = {channelType = 0, maxIdleTime = 3600},
  storage_config = {vendor = 1, region = 0, bucket = "b", accessKey = "fake-access-key", secretKey = input.secret}}
print("started")
`;
const STOP = 'agora.stop_recording{resource_id = resource, sid = r.sid, mode = "mix", cname = "durable", uid = "77"} print("stopped")\n';

function journalText(id: string): string {
  const run = path.join(env.KOSMO_HOME as string, 'runs', id);
  return readdirSync(run)
    .map((file) => readFileSync(path.join(run, file), 'utf8'))
    .join('');
}

/** Runs the command line in a process of its own, and kills it when it prints this line. */
async function killAt(line: string, args: readonly string[], signal: NodeJS.Signals = 'SIGKILL'): Promise<number | null> {
  const child = spawn(process.execPath, [KOSMO, ...args], { cwd: folder, env: cleanEnvironment(env), stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    if (text.includes(line)) setTimeout(() => child.kill(signal), 100);
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}

describe('a durable run', () => {
  test('prints its result again under its id, makes no call twice, and keeps the secrets of the input in no file', async () => {
    const file = script('record.lua', `${RECORD}${STOP}return r.cname`);
    const input = JSON.stringify({ secret: SECRET });
    const args = ['integrations:lua', file, '--durable', '--run-id', 'one', '--force', '--input', input];
    const first = await kosmo(args);
    expect(first).toMatchObject({ code: 0, stdout: 'started\nstopped\ndurable\n' });
    expect(first.stderr).toContain('go on with: kosmo runs:resume one');
    const again = await kosmo([...args, '--json']);
    const report = JSON.parse(again.stdout);
    expect(report).toMatchObject({ success: true, output: 'started\nstopped', result: ['durable'] });
    expect(report.run).toEqual({ id: 'one', status: 'done', legs: 1, replayed_calls: 3, store: 'file' });
    expect(report.call_log.map(({ replayed }: { replayed: unknown }) => replayed)).toEqual([true, true, true]);
    for (const form of [SECRET, Buffer.from(SECRET).toString('base64').slice(0, 16), 'agora.acquire_recording_resource{']) {
      expect(journalText('one')).not.toContain(form);
    }
    const { stdout } = await kosmo(['runs:show', 'one']);
    expect(stdout).toMatch(/agora\.start_recording \{.*done/);
    expect(stdout).not.toContain(SECRET);
    expect((await kosmo(['runs:show', 'one', '--output'])).stdout).toBe('started\nstopped\n');
  });

  test('refuses another input or script under a known id', async () => {
    const file = script('a.lua', 'return input.a');
    await kosmo(['integrations:lua', file, '--durable', '--run-id', 'taken', '--arg', 'a=1']);
    const other = await kosmo(['integrations:lua', file, '--durable', '--run-id', 'taken', '--arg', 'a=2']);
    expect(other).toMatchObject({ code: 2 });
    expect(other.stderr).toContain('began with another input');
    const script2 = await kosmo(['integrations:lua', script('b.lua', 'return 1'), '--durable', '--run-id', 'taken', '--arg', 'a=1']);
    expect(script2.stderr).toContain('began with the script a.lua');
  });

  test.each([
    [['--durable', '--repl'], '--repl cannot go on'],
    [['--durable', '--emulator', '-e', '1'], '--emulator forgets'],
    [['--run-id', 'x', '-e', '1'], 'add --durable'],
    [['--park', '-e', '1'], 'add --durable'],
    [['--durable', '--record', 'x.jsonl', '-e', '1'], 'leave out --record'],
    [['--durable', '--run-id', '../x', '-e', 'return 1'], 'is not the id of a run'],
    [['--durable', '--run-id', 'a'.repeat(101), '-e', 'return 1'], 'is not the id of a run'],
  ])('%j is a usage error', async (args, message) => {
    const { code, stderr } = await kosmo(['integrations:lua', ...args]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });

  test('goes on with the text and the modules that it began with', async () => {
    script('lib.lua', 'return {name = "old"}');
    const file = script('long.lua', 'local lib = require("lib") print(lib.name) sleep(input.s or 100) print(lib.name) return 1');
    const args = ['integrations:lua', file, '--durable', '--run-id', 'changed', '--input', '{"s": 1.2}'];
    await killAt('old', args);
    script('lib.lua', 'return {name = "new"}');
    script('long.lua', 'print("changed")');
    const { stdout, stderr, code } = await kosmo(['runs:resume', 'changed']);
    expect({ stdout, code }).toEqual({ stdout: 'old\n1\n', code: 0 });
    expect(stderr).toContain('long.lua has changed; run changed goes on with the text that it began with');
  });

  test('is killed while it records, goes on elsewhere and stops its recording once', async () => {
    const file = script('record.lua', `${RECORD}sleep(1.5)\n${STOP}return r.sid`);
    const input = JSON.stringify({ secret: SECRET });
    await killAt('started', ['integrations:lua', file, '--durable', '--run-id', 'killed', '--force', '--input', input]);
    const listed = JSON.parse((await kosmo(['runs', '--json'])).stdout).runs;
    expect(listed).toMatchObject([{ id: 'killed', status: 'interrupted', calls: 2, open: [expect.any(String)] }]);
    const { stdout, code } = await kosmo(['runs:resume', 'killed', '--force']);
    expect(code).toBe(0);
    const [first, sid] = stdout.trim().split('\n');
    expect(first).toBe('stopped');
    expect(listed[0].open).toEqual([sid]);
    expect(JSON.parse((await kosmo(['runs', '--json'])).stdout).runs).toMatchObject([{ status: 'done', open: [] }]);
  });

  test('asks for its approvals again', async () => {
    const file = script('record.lua', `${RECORD}sleep(1)\n${STOP}`);
    await killAt('started', ['integrations:lua', file, '--durable', '--run-id', 'asks', '--force', '--arg', `secret=${SECRET}`]);
    expect(await kosmo(['runs:resume', 'asks'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('requires approval. Nothing was sent.'),
    });
  });

  test('runs no deferred function at SIGTERM, and can be resumed', async () => {
    const file = script('defer.lua', 'defer(function() print("deferred") end) print("begun") sleep(1.5) print("end")');
    expect(await killAt('begun', ['integrations:lua', file, '--durable', '--run-id', 'term'], 'SIGTERM')).toBe(143);
    expect((await kosmo(['runs:show', 'term', '--output'])).stdout).toBe('begun\n');
    expect(await kosmo(['runs:resume', 'term'])).toMatchObject({ code: 0, stdout: 'end\ndeferred\n' });
  });

  test('runs its deferred functions at Ctrl-C, and is cancelled', async () => {
    const file = script('defer.lua', 'defer(function() print("deferred") end) print("begun") sleep(100)');
    expect(await killAt('begun', ['integrations:lua', file, '--durable', '--run-id', 'int'], 'SIGINT')).toBe(130);
    expect(JSON.parse((await kosmo(['runs', '--json'])).stdout).runs).toMatchObject([{ status: 'cancelled' }]);
    expect((await kosmo(['runs:show', 'int', '--output'])).stdout).toBe('begun\ndeferred\n');
  });

  test('parks at a long sleep, and its deferred functions wait', async () => {
    const file = script('park.lua', 'defer(function() print("deferred") end) print("begun") sleep(3600) print("end")');
    const { code, stdout, stderr } = await kosmo(['integrations:lua', file, '--durable', '--run-id', 'parks', '--park']);
    expect({ code, stdout }).toEqual({ code: 7, stdout: 'begun\n' });
    expect(stderr).toMatch(/Run parks is parked until .* kosmo runs:resume parks/);
    expect(await kosmo(['runs:resume'])).toMatchObject({ code: 0, stderr: expect.stringContaining('no run is interrupted or due') });
    expect(await kosmo(['runs:resume', 'parks', '--park'])).toMatchObject({ code: 7, stdout: '' });
    expect(await kosmo(['runs:cancel', 'parks'])).toMatchObject({ code: 0, stdout: 'deferred\n' });
    expect(await kosmo(['runs:cancel', 'parks'])).toMatchObject({ code: 2 });
  });

  test('is owned by one process', async () => {
    const file = script('owned.lua', 'print("begun") sleep(3)');
    const running = killAt('begun', ['integrations:lua', file, '--durable', '--run-id', 'owned'], 'SIGCONT');
    while ((await kosmo(['runs:show', 'owned', '--output'])).code !== 0) await pause(50);
    expect(await kosmo(['runs:resume', 'owned'])).toMatchObject({ code: 1, stderr: expect.stringMatching(/run by process \d+ on/) });
    expect(await kosmo(['runs:cancel', 'owned'])).toMatchObject({ code: 0 });
    expect(await running).toBe(143);
  });

  test('is not resumed from a damaged journal, and half a last line is dropped', async () => {
    const file = script('d.lua', 'print("begun") sleep(0.4) return 5');
    await killAt('begun', ['integrations:lua', file, '--durable', '--run-id', 'damaged']);
    const journal = path.join(env.KOSMO_HOME as string, 'runs/damaged/journal-001.jsonl');
    const text = readFileSync(journal, 'utf8');
    writeFileSync(journal, text.replace('"seed":', '"seed":1'));
    expect(await kosmo(['runs:resume', 'damaged'])).toMatchObject({ code: 3, stderr: expect.stringContaining('Line 0') });
    writeFileSync(journal, text.replace('"k":"leg"', '"k":leg'));
    expect(await kosmo(['runs:resume', 'damaged'])).toMatchObject({ code: 3, stderr: expect.stringContaining('is damaged') });
    expect((await kosmo(['runs'])).stdout).toContain('unreadable');
    writeFileSync(journal, text);
    truncateSync(journal, text.length - 10);
    expect(await kosmo(['runs:resume', 'damaged'])).toMatchObject({ code: 0 });
  });
});

test('runs:retry begins a new run with the same script and input, and runs:prune deletes old ones', async () => {
  const file = script('retry.lua', 'print("run") return input.a');
  await kosmo(['integrations:lua', file, '--durable', '--run-id', 'base', '--arg', 'a=1']);
  expect(await kosmo(['runs:retry', 'base'])).toMatchObject({ code: 0, stdout: 'run\n1\n' });
  expect((await kosmo(['runs'])).stdout).toMatch(/base~2 +done/);
  expect(await kosmo(['runs:prune', '--older-than', '1d'])).toMatchObject({ stderr: expect.stringContaining('0 runs were deleted') });
  expect(await kosmo(['runs:prune', '--older-than', '0m'])).toMatchObject({ stderr: expect.stringContaining('2 runs were deleted') });
});

test('a run that does not exist is unknown', async () => {
  for (const command of ['show', 'resume', 'cancel', 'retry'])
    expect(await kosmo([`runs:${command}`, 'none'])).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no run none') });
});
