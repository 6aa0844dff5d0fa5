import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { RunReport } from '../../src/runtime/index.ts';
import { type RunCliOptions, runCli } from '../helpers/run-cli.ts';
import { problemsWith } from '../helpers/schemas.ts';

const root = path.join(import.meta.dirname, '../..');
const base = mkdtempSync(path.join(tmpdir(), 'kosmo-run-'));
afterAll(() => rmSync(base, { recursive: true }));

let project: string;
let home: string;
beforeEach(() => {
  const folder = mkdtempSync(path.join(base, 'one-'));
  project = path.join(folder, 'project');
  home = path.join(folder, 'home');
  for (const each of ['project/.git', 'project/workflows/lib', 'project/.kosmo/workflows', 'home/workflows'])
    mkdirSync(path.join(folder, each), { recursive: true });
  write('workflows/greet.lua', GREET);
});

const write = (name: string, text: string): void => writeFileSync(path.join(project, name), text);

const GREET = `
local input = workflow {
  description = "Greet someone.",
  input = {
    name = { type = "string", minLength = 1, description = "Whom to greet." },
    times = { type = "integer", minimum = 1, maximum = 5, default = 1, description = "How often." },
    loud = { type = "boolean", default = false },
    mode = { type = "string", enum = { "short", "long" }, optional = true },
    recording = { type = "object", optional = true, properties = { maxIdleTime = { type = "integer" }, note = { type = "string", optional = true } } },
    token = { type = "string", secret = true, optional = true },
    storage = { type = "object", secret = true, optional = true },
    timeout = { type = "number", optional = true },
  },
  calls = { "agora.get_notification_ips", ["agora.stop_recording"] = 1 },
}
return input
`;

const kosmo = (args: readonly string[], options: RunCliOptions = {}) =>
  runCli(args, { cwd: project, ...options, env: { KOSMO_HOME: home, ...options.env } });

/** `kosmo run … --json`: its document. */
const run = async (args: readonly string[], options: RunCliOptions = {}): Promise<RunReport & { readonly code: number | null }> => {
  const { stdout, code } = await kosmo(['run', '--json', ...args], options);
  expect(stdout).toMatch(/^[^\n]+\n$/);
  const document = JSON.parse(stdout) as RunReport;
  expect(problemsWith(document, 'lua-run')).toBeNull();
  return { ...document, code };
};
const inputOf = async (...args: readonly string[]): Promise<unknown> => {
  const { error, result } = await run(args);
  expect(error).toBeNull();
  return result?.[0];
};

describe('each field of the input is a flag', () => {
  test.each<[readonly string[], object]>([
    [['--name', 'Ada'], { name: 'Ada' }],
    [['--name=Ada', '--times', '3'], { name: 'Ada', times: 3 }],
    [['name=Ada', 'times=3'], { name: 'Ada', times: 3 }],
    [['--name', '007'], { name: '007' }],
    [['--name', 'Ada', '--loud'], { name: 'Ada', loud: true }],
    [['--name', 'Ada', '--loud', 'false'], { name: 'Ada', loud: false }],
    [['--name', 'Ada', '--recording.maxIdleTime', '60'], { recording: { maxIdleTime: 60 } }],
    [['--name', 'Ada', '--recording', '{"maxIdleTime": 60}', '--recording.note', 'x'], { recording: { maxIdleTime: 60, note: 'x' } }],
    [['--input', '{"name": "Ada", "times": 2}', '--times', '4'], { name: 'Ada', times: 4 }],
    [
      ['--input', '{"name": "Ada", "recording": {"maxIdleTime": 9}}', '--recording.note', 'x'],
      { recording: { maxIdleTime: 9, note: 'x' } },
    ],
    [['--arg', 'name=Ada', '--arg', 'times=2'], { name: 'Ada', times: 2 }],
    [['--name', 'Ada', '--arg', 'timeout=7'], { timeout: 7 }],
    [['--name', 'Ada', '--', '--timeout', '7'], { timeout: 7 }],
  ])('%j', async (args, expected) => {
    expect(await inputOf('greet', ...args)).toMatchObject({ times: expect.any(Number), loud: expect.any(Boolean), ...expected });
  });

  test('an object comes from a file', async () => {
    write('s3.json', '{"bucket": "b"}');
    expect(await inputOf('greet', '--name', 'Ada', '--storage', '@s3.json')).toMatchObject({ storage: { bucket: 'b' } });
  });

  test.each<[readonly string[], string]>([
    [['--nam', 'Ada'], 'unknown flag --nam; did you mean --name'],
    [['--name'], '--name needs a value'],
    [['--name', 'A', '--name', 'B'], '--name is given twice'],
    [['Ada'], 'the input is given in flags or with --input'],
    [['{"name": "Ada"}'], 'the input is given in flags or with --input'],
    [['--name', 'Ada', '--recording', '{'], '--recording is not valid JSON'],
    [['--name', 'Ada', '--name.first', 'x'], '--name.first: name is a string, without fields'],
    [['--input', '[1]', '--name', 'x'], 'flags need an --input that is a JSON object'],
    [['--input', '@-', '--token', '@-'], 'stdin can be read once'],
    [['--token', '@env:KOSMO_TEST_NOT_SET'], 'the environment variable KOSMO_TEST_NOT_SET is not set'],
  ])('%j is refused before anything runs', async (args, message) => {
    expect(await run(['greet', ...args])).toMatchObject({
      code: 2,
      error_detail: { code: 'USAGE' },
      error: expect.stringContaining(message),
    });
  });

  test.each<[readonly string[], string]>([
    [[], 'input.name is required.'],
    [['--name', ''], 'input.name must not be empty.'],
    [['--name', 'Ada', '--times', '9'], 'input.times must be at most 5.'],
    [['--name', 'Ada', '--times', 'many'], 'input.times must be an integer.'],
    [['--name', 'Ada', '--mode', 'tall'], 'input.mode must be one of short, long.'],
    [['--name', 'Ada', '--recording.maxIdle', '5'], 'input.recording.maxIdle is not declared. Did you mean maxIdleTime?'],
    [['--input', '5'], 'input must be a JSON object, not a number.'],
  ])('%j is input that the declaration refuses', async (args, message) => {
    expect(await run(['greet', ...args])).toMatchObject({
      code: 2,
      error_detail: { code: 'INVALID_INPUT' },
      error: expect.stringContaining(message),
      call_log: [],
    });
  });
});

describe('a secret', () => {
  const SECRET = 'S3CRET-t0ken-of-the-channel';

  test.each<[string, readonly string[], RunCliOptions]>([
    ['a file', ['--token', '@token.txt'], {}],
    ['stdin', ['--token', '@-'], { stdin: `${SECRET}\n` }],
    ['a variable', ['--token', '@env:RTC_TOKEN'], { env: { RTC_TOKEN: SECRET } }],
    ['an object on stdin', ['--storage', '@-'], { stdin: `{"secretKey": "${SECRET}"}` }],
    ['an object in a variable', ['--storage=@env:STORAGE'], { env: { STORAGE: `{"secretKey": "${SECRET}"}` } }],
  ])('comes from %s, and is hidden everywhere', async (_where, args, options) => {
    write('token.txt', `${SECRET}\n`);
    write(
      'workflows/tell.lua',
      GREET.replace('return input', 'local s = input.token or input.storage.secretKey print(s) log(s) print(#s) return s'),
    );
    const { stdout, stderr, code } = await kosmo(['run', 'tell', '--name', 'Ada', ...args], options);
    expect(code).toBe(0);
    expect(stdout).toContain(String(SECRET.length));
    expect(stdout + stderr).not.toContain(SECRET);
  });

  test('inside an object is a text, also if it looks like a number', async () => {
    write('key.txt', '0123\n');
    write('workflows/tell.lua', GREET.replace('return input', 'return type(input.storage.a) .. #input.storage.a, #input.storage.b'));
    const args = ['tell', '--name', 'Ada', '--storage', '{"a": "x"}', '--storage.a', '@env:KEY', '--storage.b', '@key.txt'];
    expect((await run(args, { env: { KEY: '12345' } })).result).toEqual(['string5', 4]);
  });

  test('is read from a file for a secret text only', async () => {
    expect(await inputOf('greet', '--name', '@home')).toMatchObject({ name: '@home' });
  });
});

describe('the script', () => {
  test('is found in the project, then in .kosmo, then in the home folder', async () => {
    const returns = (text: string): string => `return "${text}"`;
    write('.kosmo/workflows/one.lua', returns('kosmo'));
    writeFileSync(path.join(home, 'workflows/one.lua'), returns('home'));
    writeFileSync(path.join(home, 'workflows/two.lua'), returns('home'));
    expect(await inputOf('one')).toBe('kosmo');
    expect(await inputOf('two')).toBe('home');
    write('workflows/one.lua', returns('project'));
    expect(await inputOf('one')).toBe('project');
    expect(await inputOf('one.lua')).toBe('project');
    mkdirSync(path.join(project, 'deep/er'), { recursive: true });
    expect((await run(['one'], { cwd: path.join(project, 'deep/er') })).result).toEqual(['project']);
    expect(await inputOf('./.kosmo/workflows/one.lua')).toBe('kosmo');
  });

  test('finds its modules beside it', async () => {
    write('workflows/lib/words.lua', 'return { hello = "hello" }');
    write('workflows/uses.lua', 'return require("lib.words").hello');
    expect(await inputOf('uses')).toBe('hello');
  });

  test('without a declaration takes --input and --arg, and no flags', async () => {
    write('plain.lua', 'return input');
    expect(await inputOf('plain.lua', '--arg', 'a=1', '--input', '{"b": 2}')).toEqual({ a: '1', b: 2 });
    expect(await run(['plain.lua', '--a', '1'])).toMatchObject({
      code: 2,
      error: expect.stringContaining('plain.lua has no declared input'),
    });
  });

  test('whose declaration is computed runs with --input, and says why it has no flags', async () => {
    write('workflows/computed.lua', 'local text = "x"\nreturn workflow { description = text, input = { a = { type = "integer" } } }');
    expect(await inputOf('computed', '--arg', 'a=1')).toEqual({ a: 1 });
    expect((await run(['computed', '--a', '1'])).error).toContain('line 2: the declaration is not made of literals');
  });

  test.each([
    ['gret', "unknown workflow 'gret'", 'did you mean greet?'],
    ['missing.lua', "unknown workflow 'missing'", 'kosmo workflows lists them'],
    ['./missing.lua', 'Lua file not found: ./missing.lua', 'a path begins in the folder'],
    ['-', 'a workflow is a file or a name', 'kosmo integrations:lua -'],
  ])('%s is unknown, with what to do', async (word, message, hint) => {
    const { stderr, code } = await kosmo(['run', word]);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
  });

  test('with a wrong declaration fails before it calls anything', async () => {
    write('workflows/wrong.lua', 'workflow { calls = { "agora.stop_recordin" } }');
    expect(await run(['wrong'])).toMatchObject({
      code: 1,
      error_detail: { code: 'INVALID_ARGUMENTS' },
      error: expect.stringContaining('agora.stop_recording'),
    });
  });
});

test('without a name the error leads to the help', async () => {
  const { stderr, code } = await kosmo(['run']);
  expect({ stderr, code }).toEqual({ stderr: "error: missing required argument 'workflow'\nhint: kosmo run --help\n", code: 2 });
});

test('--help shows description, input, calls and examples, with kosmo’s own names as --arg', async () => {
  write('workflows/greet.example.json', '{}');
  const { stdout, code } = await kosmo(['run', 'greet', '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('Greet someone.');
  expect(stdout).toMatch(/--name +string +required +Whom to greet\./);
  expect(stdout).toMatch(/--times +integer +default 1 +How often\. At least 1, at most 5\./);
  expect(stdout).toMatch(/--mode +string +optional +Values: short, long\./);
  expect(stdout).toMatch(/--token +string +optional +Secret\./);
  expect(stdout).toMatch(/--arg timeout=… +number +optional/);
  expect(stdout).toMatch(/agora\.get_notification_ips +read +any number of times/);
  expect(stdout).toMatch(/agora\.stop_recording +write +at most once/);
  expect(stdout).toContain('kosmo run greet --emulator --force --input @workflows/greet.example.json');
  expect(stdout).toContain('kosmo run greet --name TEXT');
});

test('every shipped workflow runs by its name with its example', async () => {
  const names = readdirSync(path.join(root, 'workflows')).flatMap((file) => (file.endsWith('.lua') ? [file.slice(0, -4)] : []));
  expect(names).toHaveLength(7);
  for (const name of names) {
    const args = ['run', name, '--emulator', '--force', '--input', `@workflows/${name}.example.json`, '--json'];
    const short = name.startsWith('record_') ? ['--seconds', '0.1'] : [];
    const { stdout, code } = await runCli([...args, ...short], { cwd: root, env: { KOSMO_HOME: home } });
    expect({ name, code, error: (JSON.parse(stdout) as RunReport).error }).toEqual({ name, code: 0, error: null });
  }
});

describe('kosmo workflows', () => {
  test('lists name, input and description, and never loses one to a broken file', async () => {
    write('workflows/broken.lua', 'return {');
    write('workflows/plain.lua', 'return 1');
    const { stdout, code } = await kosmo(['workflows']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Name +Input +Approved +Description\n/);
    expect(stdout).toMatch(/^broken +no +cannot be used: line 1 is not valid Lua$/m);
    expect(stdout).toMatch(/^greet +name, \[times, loud, mode, recording, token, storage, timeout\] +no +Greet someone\.$/m);
    expect(stdout).toMatch(/^plain +no +a script without a declaration$/m);
  });

  test('as JSON have the input as JSON Schema, the calls with their caps, and hidden ones', async () => {
    writeFileSync(path.join(home, 'workflows/greet.lua'), 'workflow {}');
    const { stdout } = await kosmo(['workflows', '--json']);
    const document = JSON.parse(stdout);
    expect(problemsWith(document, 'workflows')).toBeNull();
    expect(document).toMatchObject({
      success: true,
      workflows: [
        {
          name: 'greet',
          path: 'workflows/greet.lua',
          scope: 'project',
          description: 'Greet someone.',
          input: { type: 'object', required: ['name'], properties: { times: { type: 'integer', maximum: 5, default: 1 } } },
          secrets: ['token', 'storage'],
          calls: [
            { function: 'agora.get_notification_ips', operation: 'read', max: null },
            { function: 'agora.stop_recording', operation: 'write', max: 1 },
          ],
          hidden: false,
          problem: null,
        },
        { name: 'greet', path: path.join(home, 'workflows/greet.lua'), scope: 'user', calls: null, hidden: true },
      ],
    });
  });

  test('says where it looked for the first one', async () => {
    rmSync(path.join(project, 'workflows'), { recursive: true });
    const { stdout, stderr, code } = await kosmo(['workflows']);
    expect({ stdout, code }).toEqual({ stdout: '', code: 0 });
    expect(stderr).toContain(`note: no workflow is in workflows, .kosmo/workflows, ${home}/workflows`);
  });
});

describe('completion', () => {
  const candidates = async (...words: readonly string[]): Promise<readonly string[]> => {
    const { stdout } = await kosmo(['__complete', 'fish', '--', 'run', ...words]);
    return stdout.split('\n').flatMap((line) => line.split('\t')[0] || []);
  };
  test.each<[readonly string[], readonly string[]]>([
    [[''], ['greet']],
    [['gr'], ['greet']],
    [['./workflows/g'], ['./workflows/greet.lua']],
    [['greet', '--na'], ['--name']],
    [
      ['greet', '--mode', ''],
      ['short', 'long'],
    ],
    [
      ['greet', '--recording.'],
      ['--recording.maxIdleTime=', '--recording.note='],
    ],
    [['greet', '--emu'], ['--emulator']],
    [['greet', '--timeo'], ['--timeout']],
    [['nothing', '--na'], []],
  ])('of %j', async (words, expected) => {
    expect(await candidates(...words)).toEqual(expected);
  });
});
