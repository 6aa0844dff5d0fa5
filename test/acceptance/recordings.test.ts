import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DEFAULT_ACCOUNT, type Emulator, startEmulator } from '../../src/integrations/agora/emulator/index.ts';
import { openLedger } from '../../src/integrations/agora/recordings/ledger.ts';
import { cleanEnvironment, KOSMO } from '../helpers/cli.ts';
import { killRuns } from '../helpers/kill-runs.ts';
import { runCli as kosmo, runLuaCli as lua } from '../helpers/run-cli.ts';

let emulator: Emulator;
let env: Record<string, string>;

beforeAll(async () => {
  emulator = await startEmulator({ ratePerSecond: 0 });
});
afterAll(() => emulator.close());
beforeEach(() => {
  const { customerId, customerSecret, appIds } = DEFAULT_ACCOUNT;
  const account = {
    AGORA_CUSTOMER_ID: customerId,
    AGORA_CUSTOMER_SECRET: customerSecret,
    AGORA_APP_ID: appIds[0] ?? '',
    AGORA_URL: emulator.url,
  };
  env = { ...account, KOSMO_HOME: mkdtempSync(path.join(tmpdir(), 'kosmo-ledger-')) };
});
afterEach(() => rmSync(env.KOSMO_HOME as string, { recursive: true, force: true }));

let uid = 1000;
/** Lua that starts a recording in a channel of its own and leaves its sid in `sid`. */
const START = () => `
  local agora, uid = app.integrations.agora, "${++uid}"
  local resource = agora.acquire_recording_resource{cname = "room", uid = uid}.resourceId
  local sid = agora.start_recording{resource_id = resource, mode = "mix", cname = "room", uid = uid,
    recording_config = {channelType = 0, maxIdleTime = 3600},
    storage_config = {vendor = 1, region = 0, bucket = "b", accessKey = "fake-access-key", secretKey = "fake-S3CRET-key"}}.sid `;
const STOP = 'agora.stop_recording{resource_id = resource, sid = sid, mode = "mix", cname = "room", uid = uid} ';

interface Listed {
  readonly sid: string | null;
  readonly resource_id: string;
  readonly state: string;
}
async function list(...more: string[]): Promise<Listed[]> {
  const { stdout, code } = await kosmo(['agora:recordings', ...more, '--json'], { env });
  expect(code).toBe(0);
  return (JSON.parse(stdout) as { recordings: Listed[] }).recordings;
}
const start = async (more = ''): Promise<string> =>
  (await lua(['--force', '-e', `${START()} ${more} return sid`], { env })).result?.[0] as string;

describe('a recording that a script leaves running', () => {
  test('is told in the envelope and to people', async () => {
    const { result, open_recordings } = await lua(['--force', '-e', `${START()} return sid`], { env });
    expect(open_recordings).toEqual([
      { sid: result?.[0], resource_id: expect.any(String), mode: 'mix', cname: 'room', uid: String(uid), account: 'default' },
    ]);
    const { stderr } = await kosmo(['integrations:lua', '--force', '-e', START()], { env });
    expect(stderr).toMatch(
      /^note: the recording [0-9a-f]{32} of room still runs; kosmo agora:recordings lists and stops what was started\n$/,
    );
    expect((await lua(['--force', '-e', START() + STOP], { env })).open_recordings).toEqual([]);
  });

  test.each([
    ['its end', '', [], 0],
    ['an error', 'error("x")', [], 1],
    ['a limit', 'while true do end', ['--cpu-limit', '0.2'], 6],
    ['a timeout', 'sleep(60)', ['--timeout', '1.5'], 6],
  ])('is stopped with --stop-on-exit after %s', async (_what, code, more, exitCode) => {
    const report = await lua(['--force', '--stop-on-exit', ...more, '-e', START() + code], { env });
    expect(report.code).toBe(exitCode);
    expect(report.call_log.at(-1)).toMatchObject({ name: 'stop_recording', status: 'ok' });
    expect(report.open_recordings).toEqual([]);
    expect(await list()).toEqual([]);
  });

  test.each([
    ['a rule that denies the function', 'write: allow, functions: { stop_recording: deny }', 'functions.stop_recording', 'deny'],
    [
      'a rule that denies it for the account',
      'write: allow, accounts: { default: { functions: { stop_recording: deny } } }',
      'stop_recording',
      'deny',
    ],
    ['a rule that asks', 'write: allow, functions: { stop_recording: ask }', 'functions.stop_recording', 'ask'],
  ])('is stopped with --stop-on-exit past %s, and meta names the rule', async (_what, rules, key, level) => {
    const file = path.join(env.KOSMO_HOME as string, 'config.yaml');
    writeFileSync(file, `kosmo: { integrations: { agora: { permissions: { ${rules} } } } }`);
    const { meta } = await lua(['--stop-on-exit', '-e', START()], { env });
    expect(meta).toMatchObject({
      permission_bypassed: true,
      passed_rules: [{ function: 'agora.stop_recording', account: 'default', level, key: expect.stringMatching(`${key}$`), file }],
    });
    expect(await list()).toEqual([]);
  });

  test('is stopped with --stop-on-exit, and meta names no rule where stops are allowed', async () => {
    writeFileSync(
      path.join(env.KOSMO_HOME as string, 'config.yaml'),
      'kosmo: { integrations: { agora: { permissions: { write: allow } } } }',
    );
    const { meta } = await lua(['--stop-on-exit', '-e', START()], { env });
    expect(meta.permission_bypassed).toBe(false);
    expect(meta).not.toHaveProperty('passed_rules');
  });

  test('is stopped with --stop-on-exit after Ctrl-C', async () => {
    const args = ['integrations:lua', '--force', '--stop-on-exit', '-e', `${START()} print("on") sleep(60)`];
    const child = spawn(process.execPath, [KOSMO, ...args], { env: cleanEnvironment(env) });
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([130, null]);
    expect(await list()).toEqual([]);
  });

  test('of an emulator in the process is in no ledger', async () => {
    await lua(['--emulator', '--force', '-e', START()], { env: { KOSMO_HOME: env.KOSMO_HOME as string } });
    expect(await list()).toEqual([]);
  });
});

describe('kosmo agora:recordings', () => {
  test('lists what may be running, and --refresh asks Agora', async () => {
    const [first, second] = [await start(), await start()];
    expect(await list()).toMatchObject([
      { sid: first, state: 'running', cname: 'room', account: 'default' },
      { sid: second, state: 'running' },
    ]);
    // Ended by somebody else, so that this ledger does not know.
    const elsewhere = { ...env, KOSMO_HOME: path.join(env.KOSMO_HOME as string, 'elsewhere') };
    const stop = `local r = input app.integrations.agora.stop_recording{resource_id = r.resource_id, sid = r.sid, mode = r.mode, cname = r.cname, uid = r.uid}`;
    const [ended] = await list();
    await lua(['--force', '-e', stop, '--input', JSON.stringify(ended)], { env: elsewhere });
    expect((await list('--refresh')).map(({ sid, state }) => [sid, state])).toEqual([
      [first, 'missing'],
      [second, 'running'],
    ]);
    const { stdout } = await kosmo(['agora:recordings'], { env });
    expect(stdout).toMatch(new RegExp(`^${first} {2}missing {2}room {2}uid \\d+ {2}mix {2}default {2}20.*\n${second} {2}running`));
  });

  test('stops one, those that are old, or all', async () => {
    const [first, second] = [await start(), await start()];
    expect(await kosmo(['agora:recordings', 'stop', first, '--force'], { env })).toMatchObject({
      stdout: `stopped ${first} (room)\n`,
      code: 0,
    });
    expect(await kosmo(['agora:recordings', 'stop', '--older-than', '1h', '--force'], { env })).toMatchObject({
      stderr: 'nothing to stop\n',
      code: 0,
    });
    const { stdout } = await kosmo(['agora:recordings', 'stop', '--all', '--force', '--json'], { env });
    expect(JSON.parse(stdout)).toMatchObject({ success: true, recordings: [{ sid: second, cname: 'room', stopped: true }] });
    expect(await list()).toEqual([]);
  });

  test('asks before it stops, and says what to do without a terminal to ask on', async () => {
    const sid = await start();
    const { stdout, stderr, code } = await kosmo(['agora:recordings', 'stop', sid], { env });
    expect(code).toBe(4);
    expect(stdout).toContain(`not stopped: ${sid}`);
    expect(stderr).toContain('--force');
    const { stdout: json } = await kosmo(['agora:recordings', 'stop', sid, '--json'], { env });
    expect(JSON.parse(json)).toMatchObject({
      success: false,
      error_detail: { code: 'APPROVAL_REQUIRED', recordings: [{ sid, stopped: false }] },
    });
    expect(await list()).toMatchObject([{ sid }]);
  });

  test.each([
    [['stop'], 'say what to stop: sids, or --all, or --older-than 2h'],
    [['stop', 'nope'], "no open recording has the sid 'nope'"],
    [['stop', '--older-than', 'soon'], "--older-than takes a time such as 90s, 30m, 2h or 1d, not 'soon'"],
    [['start'], "unknown action 'start': there are list, stop and forget"],
    [['--all'], '--all goes with stop'],
  ])('%j is refused', async (args, message) => {
    const { stderr, code } = await kosmo(['agora:recordings', ...args], { env });
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  });
});

test.each([
  ['a file', () => path.join(env.KOSMO_HOME as string, 'file')],
  // Node's own way of making folders never ends there.
  ['a file system without folders', () => '/proc/kosmo'],
])('a start that cannot be written down, because its place is %s, is not sent', async (_what, place) => {
  const file = place();
  if (!file.startsWith('/proc')) writeFileSync(file, '');
  const before = emulator.recordings().length;
  const { code, error_detail } = await lua(['--force', '-e', START()], { env: { ...env, KOSMO_HOME: file } });
  expect(code).toBe(3);
  expect(error_detail).toMatchObject({ code: 'INVALID_CONFIGURATION', message: expect.stringContaining('ledger') });
  expect(emulator.recordings()).toHaveLength(before);
});

test.each(['SIGKILL', 'SIGHUP'] as const)(
  'ended by %s at any moment, no run leaves a recording that the ledger does not know',
  async (signal) => {
    // npm run soak: 200 and 50 runs.
    expect(await killRuns({ runs: 10, atOnce: 5, signal })).toMatchObject({ lost: 0, claimed: 0, silent: 0 });
  },
);

test('what a reset start left behind is named by stop, which cannot stop it', async () => {
  const ledger = openLedger(path.join(env.KOSMO_HOME as string, 'agora'));
  ledger.starting({ account: 'default', appId: 'a', resourceId: 'R', mode: 'mix', cname: 'lost', uid: '1' });
  const { stdout, stderr, code } = await kosmo(['agora:recordings', 'stop', '--all', '--force', '--json'], { env });
  expect(JSON.parse(stdout)).toMatchObject({ recordings: [{ sid: null, cname: 'lost', stopped: false }] });
  expect([stderr, code]).toEqual([expect.stringContaining('the recording of lost cannot be stopped: its sid is not known'), 0]);
});

describe('forget', () => {
  const lost = (cname: string, startedAt: Date): void => {
    const facts = { account: 'default', appId: 'a', resourceId: `R-${cname}`, mode: 'mix', cname, uid: '1' };
    openLedger(path.join(env.KOSMO_HOME as string, 'agora'), () => startedAt).starting(facts);
  };
  const forget = (...args: string[]) => kosmo(['agora:recordings', 'forget', ...args], { env });
  const DAY_MS = 86_400_000;

  test('clears a start whose sid was lost, by cname or resource id', async () => {
    for (const cname of ['one', 'two', 'three']) lost(cname, new Date(Date.now() - 2 * DAY_MS));
    expect(await forget('one')).toMatchObject({ stdout: expect.stringMatching(/^forgotten: one \(resource R-one, started /), code: 0 });
    const { stdout } = await forget('R-two', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ success: true, forgotten: [{ cname: 'two', resource_id: 'R-two' }] });
    expect((await list()).map(({ resource_id }) => resource_id)).toEqual(['R-three']);
  });

  test('of one that may be running needs --force', async () => {
    lost('young', new Date());
    const { stderr, code } = await forget('young');
    expect({ code, stderr }).toEqual({ code: 4, stderr: expect.stringContaining('may be running; nothing was forgotten') });
    expect(stderr).toContain('kosmo agora:recordings forget young --force');
    expect(await list()).toHaveLength(1);
    expect((await forget('young', '--force')).code).toBe(0);
    expect(await list()).toEqual([]);
  });

  test('never takes what can be stopped, and forgets nothing when one name is wrong', async () => {
    const ledger = openLedger(path.join(env.KOSMO_HOME as string, 'agora'));
    ledger.started(ledger.starting({ account: 'default', appId: 'a', resourceId: 'R', mode: 'mix', cname: 'known', uid: '1' }), 'S1');
    lost('old', new Date(Date.now() - 2 * DAY_MS));
    for (const [args, message] of [
      [['known', '--force'], 'kosmo agora:recordings stop S1'],
      [['S1', '--force'], 'can be stopped, so it is not forgotten'],
      [['old', 'nope'], "no open recording has the cname or resource id 'nope'"],
      [[], 'say what to forget'],
      [['old', '--all'], '--all goes with stop'],
    ] as const) {
      expect(await forget(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
    }
    expect(await list()).toHaveLength(2);
  });
});

test('a home that is no folder is a configuration error', async () => {
  const file = path.join(env.KOSMO_HOME as string, 'file');
  writeFileSync(file, '');
  expect(await kosmo(['agora:recordings'], { env: { ...env, KOSMO_HOME: file } })).toMatchObject({
    stderr: expect.stringContaining('set KOSMO_HOME to a folder'),
    code: 3,
  });
});
