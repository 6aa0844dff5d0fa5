import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cleanEnvironment, KOSMO, kosmo as kosmoProcess } from '../helpers/cli.ts';
import { runCli as kosmo, runLuaCli as lua } from '../helpers/run-cli.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'kosmo-input-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const file = (name: string, content: string | Uint8Array): string => {
  const full = path.join(folder, name);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, content);
  return full;
};

describe('the bytes of a script', () => {
  test('a byte order mark and a first line with # are no code, and lines keep their numbers', async () => {
    expect((await lua([file('mark.lua', '\ufeffprint("on")')])).output).toBe('on');
    expect((await lua([file('both.lua', '\ufeff#!/usr/bin/env kosmo\nerror("x")')])).error).toMatch(/both\.lua:2: x$/);
  });

  test('reach Lua as they are', async () => {
    const script = Buffer.concat([
      Buffer.from('print(#"'),
      Buffer.from([0xff, 0xc3]),
      Buffer.from('", ("'),
      Buffer.from([0xff]),
      Buffer.from('"):byte())'),
    ]);
    expect((await lua([file('bytes.lua', script)])).output).toBe('2\t255');
    expect((await kosmo(['integrations:lua'], { stdin: 'print(#"é")' })).stdout).toBe('2\n');
  });

  test('of a script with a long path, messages show the end of the path', async () => {
    const long = file(`${'folder/'.repeat(12)}script.lua`, 'error("x")');
    const { error, error_detail } = await lua([long]);
    expect(error).toMatch(/^\.\.\..*folder\/script\.lua:1: x$/);
    expect(error_detail).toMatchObject({ line: 1 });
    writeFileSync(long, '\n\nx = = 1');
    expect((await lua([long])).error_detail).toMatchObject({ code: 'SYNTAX_ERROR', line: 3 });
  });
});

describe('a command line that is wrong', () => {
  test.each([
    ['two scripts', ['integrations:lua', '-e', '1', '-e', '2'], 'give --eval once'],
    ['help of nothing', ['help', 'nope'], "unknown command 'nope'"],
    ['no command', ['nope'], "unknown command 'nope'"],
  ])('%s, for people and for machines', async (_what, args, message) => {
    const plain = await kosmo(args);
    expect(plain).toMatchObject({ stdout: '', code: 2 });
    expect(plain.stderr).toMatch(new RegExp(`^error: ${message}\nhint: .+\n$`));
    const { stdout, code } = await kosmo([...args, '--json']);
    expect({ code, ...(JSON.parse(stdout) as object) }).toMatchObject({ code: 2, success: false, error: message });
  });

  test.each([
    [
      'an account name that cannot be one',
      ['integrations:call', 'agora.get_notification_ips', '--account', '../x'],
      2,
      /^error: --account takes a name of .*not '\.\.\/x'\n$/,
    ],
    ['an empty script', ['integrations:lua', 'EMPTY'], 2, /^error: Lua file is empty: .*empty\.lua\n$/],
    [
      'an input file that is not there',
      ['integrations:lua', '-e', '1', '--input', '@none.json'],
      2,
      /^error: --input file not found: none\.json\nhint: a path begins in the folder that you are in, .+\n$/,
    ],
    [
      'a function without its integration',
      ['integrations:call', 'agora'],
      1,
      /^error: Unknown integration function: agora\nhint: write <integration>\.<function>/,
    ],
    [
      'an integration that is not there',
      ['integrations:call', 'agra.query_recording'],
      1,
      /^error: Unknown integration function: agra\.query_recording\nhint: did you mean agora\.query_recording/,
    ],
  ])('%s is told in one line', async (_what, args, code, message) => {
    const empty = file('empty.lua', ' \n');
    const result = await kosmo(args.map((word) => (word === 'EMPTY' ? empty : word)));
    expect(result).toMatchObject({ stdout: '', code });
    expect(result.stderr).toMatch(message);
  });

  test.each([
    [['integrations:types', '--json'], "unknown option '--json'"],
    [['agora:emulator', '--bogus', '--json'], "unknown option '--bogus'"],
    [['agora:notifications', 'frob', '--json'], expect.any(String)],
  ])('%j is answered in JSON, though the command has no --json', async (args, message) => {
    const { stdout, stderr, code } = await kosmo(args);
    expect({ stderr, code }).toEqual({ stderr: '', code: 2 });
    expect(JSON.parse(stdout)).toMatchObject({ success: false, error: message, error_detail: { code: 'USAGE' } });
  });

  test('--json as the value of an option of a command without --json is no wish for JSON', async () => {
    expect(await kosmo(['agora:emulator', '--port', '--json'])).toMatchObject({ stdout: '', code: 2 });
  });

  test('--json where an option lacks its value is still a wish for JSON', async () => {
    const { stdout, stderr } = await kosmo(['integrations:lua', '-e', 'print(1)', '--arg', '--json']);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({ success: false, error: "--arg takes key=value, not '--json'" });
  });

  test('--json that is clearly the value of another option is not an option', async () => {
    const { stdout, stderr } = await kosmo(['integrations:lua', '-e', 'print(1)', '--arg=--json']);
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: "error: --arg takes key=value, not '--json'\n" });
    const comment = await kosmo(['integrations:lua', '-e', '--json']);
    expect(comment).toEqual({ stdout: '', stderr: '', code: 0 });
  });

  test('--input with the name of a file says how to read it', async () => {
    const input = file('in.json', '{}');
    const { error_detail } = await lua(['-e', 'print(1)', '--input', input]);
    expect(error_detail).toMatchObject({ code: 'USAGE', hint: `to read the file, write --input @${input}` });
  });

  test('a function that does not exist has the envelope of every call', async () => {
    const { stdout, code } = await kosmo(['integrations:call', 'agora.query_recordng', '--json']);
    const report = JSON.parse(stdout) as Record<string, unknown>;
    expect(code).toBe(1);
    expect(Object.keys(report)).toEqual(['function', 'success', 'data', 'error', 'error_detail', 'meta', 'duration_ms']);
    expect(report).toMatchObject({
      function: 'agora.query_recordng',
      error_detail: { hint: expect.stringMatching(/^did you mean agora\.query_recording\b/) },
    });
  });
});

describe('an account that cannot work names the variable to change', () => {
  const account = { AGORA_CUSTOMER_ID: 'cid', AGORA_CUSTOMER_SECRET: 'csec-S3CRET', AGORA_APP_ID: 'app1' };

  test.each([
    ['AGORA_APP_ID', '..', 'app_id must be letters, digits, - and _'],
    ['AGORA_URL', 'http://example.com', 'url must use https'],
    ['AGORA_REGION', 'mars', 'region must be one of us, eu, ap, cn'],
  ])('%s=%s', async (name, value, message) => {
    const { code, error_detail } = await lua(['-e', 'app.integrations.agora.get_notification_ips()'], {
      env: { ...account, [name]: value },
    });
    expect(code).toBe(3);
    expect(error_detail).toMatchObject({
      code: 'INVALID_CONFIGURATION',
      message: expect.stringContaining(message),
      hint: expect.stringMatching(new RegExp(`read from ${name}$`)),
    });
  });

  test('of an account with a name, too', async () => {
    const env = {
      ...account,
      AGORA_PRODUCTION_URL: 'ftp://x',
      AGORA_PRODUCTION_CUSTOMER_ID: 'cid',
      AGORA_PRODUCTION_CUSTOMER_SECRET: 'csec-S3CRET',
      AGORA_PRODUCTION_APP_ID: 'a',
    };
    const { error_detail } = await lua(['-e', 'app.integrations.agora.production.get_notification_ips()'], { env });
    expect(error_detail?.hint).toMatch(/read from AGORA_PRODUCTION_URL$/);
  });
});

test
  .skipIf(process.platform !== 'linux')
  .each([
    "integrations:lua -e 'print(1)'",
    'integrations:list',
    'integrations:list --json',
    'integrations:types',
    'completion bash',
    'docs overview',
    'introspect --json',
  ])('output of %s that cannot be written is an error', (words) => {
  const command = `"${process.execPath}" "${KOSMO}" ${words} > /dev/full`;
  const { status, stderr } = spawnSync('sh', ['-c', command], { env: cleanEnvironment({}), encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('error: the output cannot be written: ENOSPC') });
});

test('control characters of others are shown, not obeyed', async () => {
  const { stderr } = await kosmo(['integrations:lua', '-e', 'error("a\\27[2Jb\\u{202e}c\\u{9b}1m\\nd", 0)']);
  expect(stderr).toBe('error: a\\u001b[2Jb\\u202ec\\u009b1m\\nd\n');
});

describe('KOSMO_DEBUG=1 shows the cause of a fault of kosmo itself', () => {
  let bin: string;
  beforeAll(() => {
    // A package without its documentation pages.
    symlinkSync(path.join(path.dirname(KOSMO), '../dist'), path.join(folder, 'dist'));
    bin = file('bin/kosmo.js', readFileSync(KOSMO));
  });

  test.each([
    ['a script', ['integrations:lua', '-e', 'docs.list()']],
    ['a command', ['integrations:agora']],
  ])('in %s, for people and for machines, and only then', async (_what, args) => {
    const debug = { bin, env: { KOSMO_DEBUG: '1' } };
    const plain = await kosmoProcess(args, { bin });
    expect(plain).toMatchObject({ code: 1, stderr: expect.stringContaining('KOSMO_DEBUG=1') });
    expect(plain.stderr).not.toMatch(/\n +at /);
    expect((await kosmoProcess(args, debug)).stderr).toMatch(/Error: ENOENT.*\n +at /);
    const { error_detail } = JSON.parse((await kosmoProcess([...args, '--json'], debug)).stdout) as { error_detail: object };
    expect(error_detail).toMatchObject({ code: 'INTERNAL_ERROR', stack: expect.stringMatching(/^Error: ENOENT.*\n +at /) });
  });

  test('and shows it to no script', async () => {
    const code = 'local _, err = pcall(docs.list) return err.code, err.stack == nil';
    const { stdout } = await kosmoProcess(['integrations:lua', '-e', code], { bin, env: { KOSMO_DEBUG: '1' } });
    expect(stdout).toBe('INTERNAL_ERROR\ntrue\n');
  });
});
