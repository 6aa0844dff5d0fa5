import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { CallReport } from '../../src/runtime/index.ts';
import { cleanEnvironment, KOSMO } from '../helpers/cli.ts';
import { runCli as kosmo } from '../helpers/run-cli.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-input-'));
afterAll(() => rmSync(folder, { recursive: true }));

const env = { AGORA_CUSTOMER_ID: 'cid', AGORA_CUSTOMER_SECRET: 'csec-S3CRET', AGORA_APP_ID: 'app1', AGORA_URL: 'http://127.0.0.1:9' };
const ACQUIRE = 'agora.acquire_recording_resource';

/** The body that would be sent. */
const body = async (args: readonly string[], stdin = ''): Promise<unknown> => {
  const { stdout } = await kosmo(['integrations:call', '--dry-run', '--force', '--json', ...args], { env, stdin });
  const { error, meta } = JSON.parse(stdout) as CallReport;
  return error ?? meta.request?.body;
};

const ROOM = { cname: 'room', uid: '5', clientRequest: {} };

describe('the payload', () => {
  test('AC-074 as argument, by -, piped in, and of the shortcut, is the same call', async () => {
    const payload = '{"cname":"room","uid":"5"}';
    expect(await body([ACQUIRE, payload])).toEqual(ROOM);
    expect(await body([ACQUIRE, '-'], payload)).toEqual(ROOM);
    expect(await body([ACQUIRE], payload)).toEqual(ROOM);
    expect(await body([ACQUIRE, '--', payload])).toEqual(ROOM);
    const { stdout } = await kosmo(['integrations:agora', 'acquire_recording_resource', payload, '--dry-run', '--force', '--json'], {
      env,
    });
    expect((JSON.parse(stdout) as CallReport).meta.request?.body).toEqual(ROOM);
  });

  test('AC-071, AC-089 may stand behind the flags, which win', async () => {
    expect(await body([ACQUIRE, '--uid=5', '--force', '{"cname":"room","uid":"6"}'])).toEqual(ROOM);
    expect(await body([ACQUIRE, '--uid=5', '-'], '{"cname":"room","uid":"6"}')).toEqual(ROOM);
  });

  test('AC-073 options of kosmo never reach the function', async () => {
    expect(await body(['--account=default', ACQUIRE, '--cname', 'room', '--pretty', '--uid', '5', '--quiet', '--emulator'])).toEqual(ROOM);
    expect(await body(['--arg', 'cname=room', ACQUIRE, '--arg', 'uid=5'])).toEqual(ROOM);
  });

  test('behind -- every flag is one of the function', async () => {
    expect(await body([ACQUIRE, '--', '--force=1'])).toContain('unknown flag --force');
  });

  test('AC-075 is an object', async () => {
    for (const payload of ['"x"', '{bad', '[]', '[{"cname":"room"}]', 'room', 'null'])
      expect(await body([ACQUIRE, payload])).toContain('JSON payload must decode to an object.');
    expect(await body([ACQUIRE], '[1]')).toContain('JSON payload must decode to an object.');
  });
});

describe('stdin', () => {
  const run = (args: readonly string[], stdin: 'pipe' | number) =>
    spawn(process.execPath, [KOSMO, 'integrations:call', ...args], { env: cleanEnvironment(env), stdio: [stdin, 'pipe', 'pipe'] });

  test.each([
    ['flags', [ACQUIRE, '--cname=room', '--uid=5']],
    ['--arg', [ACQUIRE, '--arg', 'cname=room', '--arg', 'uid=5']],
    ['a payload', [ACQUIRE, '{"cname":"room","uid":"5"}']],
    ['no parameters to give', ['agora.get_notification_ips']],
  ])('AC-088 that never ends does not hold up a call with %s', async (_what, args) => {
    // Nobody closes the pipe: a call that read it would never end.
    const child = run([...args, '--dry-run', '--force', '--json'], 'pipe');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
    child.stdin?.end();
  });

  test('is waited for when there is nothing else, which is said', async () => {
    const child = run([ACQUIRE, '--dry-run', '--force', '--json'], 'pipe');
    const [note] = (await once(child.stderr as NodeJS.ReadableStream, 'data')) as [Buffer];
    expect(String(note)).toBe('note: waiting for a JSON object on stdin; without one: </dev/null\n');
    child.stdin?.end('{"cname":"room","uid":"5"}');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(0);
  });

  test('of a file or nothing ends by itself', async () => {
    const file = path.join(folder, 'payload.json');
    writeFileSync(file, '\ufeff{"cname":"room","uid":"5"}');
    const read = run([ACQUIRE, '--dry-run', '--force'], openSync(file, 'r'));
    expect((await once(read, 'exit'))[0]).toBe(0);
    const nothing = run([ACQUIRE, '--dry-run', '--force'], openSync('/dev/null', 'r'));
    expect((await once(nothing, 'exit'))[0]).toBe(1);
  });

  test('that was left alone is mentioned where something is missing', async () => {
    const { stderr } = await kosmo(['integrations:call', ACQUIRE, '--uid=5'], { env, stdin: '{"cname":"room"}' });
    expect(stderr).toContain('Missing required parameter(s): cname.');
    expect(stderr).toContain('note: stdin was not read, since there were arguments; - reads a JSON object from it');
  });
});

test('AC-079 what is missing is named in the order of the parameters', async () => {
  expect(await body([ACQUIRE, '{"cname":"","uid":null}'])).toBe(`${ACQUIRE}: Missing required parameter(s): cname, uid. Nothing was sent.`);
});

test('AC-086, AC-230 success and every failure have the same keys', async () => {
  const keys = async (args: readonly string[]): Promise<unknown> => {
    const { stdout, code } = await kosmo(['integrations:call', ...args, '--json'], { env });
    expect(stdout).toMatch(/^[^\n]+\n$/);
    const report = JSON.parse(stdout) as CallReport;
    expect(code === 0).toBe(report.success);
    return [Object.keys(report), Object.keys(report.meta)];
  };
  const expected = await keys([ACQUIRE, '--cname=a', '--uid=1', '--emulator', '--force']);
  for (const args of [
    [ACQUIRE, '--cname=a', '--uid=1'],
    [ACQUIRE, '--cname=a'],
    [ACQUIRE, '--cname=a', '--uid=1', '--force'],
    [ACQUIRE, '--nope'],
    [ACQUIRE, '--account'],
    [ACQUIRE, '--account=Bad-Name', '{}'],
    [ACQUIRE, '--account=nope', '--cname=a', '--uid=1'],
    [ACQUIRE, '--force=yes'],
    [ACQUIRE, '-x'],
    ['agora.nothing'],
    ['nothing'],
    ['--cname=a', ACQUIRE],
    [],
  ])
    expect(await keys(args)).toEqual(expected);
});

test('the help of a function lists its flags', async () => {
  const { stdout, code } = await kosmo(['integrations:call', ACQUIRE, '--help']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^--cname +string +required /m);
  expect(stdout).toContain('--dry-run');
  expect((await kosmo(['integrations:agora', 'get_notification_ips', '-h'])).stdout).toContain('It takes no parameters.');
});
