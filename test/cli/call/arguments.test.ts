import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { readCallArguments } from '../../../src/cli/call/arguments.ts';
import type { JsonSchema, ObjectSchema } from '../../../src/schema/index.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-arguments-'));
afterAll(() => rmSync(folder, { recursive: true }));

const properties: Record<string, JsonSchema> = {
  list_id: { type: 'integer' },
  name: { type: 'string' },
  uid: { type: 'string' },
  priority: { type: 'integer' },
  ratio: { type: 'number' },
  archived: { type: 'boolean' },
  tags: { type: 'array' },
  recording_config: { type: 'object' },
  typed: { type: 'object', properties: { inner_text: { type: 'string' } } },
  camelCase: { type: 'string' },
  format: { type: 'string' },
  timeout: { type: 'number' },
  json: { type: 'boolean' },
  'with.dot': { type: 'string' },
};
const input: ObjectSchema = { type: 'object', properties, required: [] };
const fields = [
  { path: 'recording_config.maxIdleTime', type: 'integer' },
  { path: 'recording_config.secret', type: 'string' },
  { path: 'recording_config.subscribeAudioUids', type: 'array' },
  { path: 'recording_config.transcodingConfig', type: 'object' },
  { path: 'recording_config.transcodingConfig.width', type: 'integer' },
];
const read = (...words: string[]) => readCallArguments(words, [], { input, fields }, ['--json', '--force', '--account']);

describe('flags', () => {
  test('AC-070 take the type of their parameter', async () => {
    expect(await read('--list-id=123', '--name', 'Ship it', '--priority=2', '--archived=false', '--ratio', '-0.5')).toEqual({
      list_id: 123,
      name: 'Ship it',
      priority: 2,
      archived: false,
      ratio: -0.5,
    });
  });

  test.each(['527841', '007', '+1555', '1e5', '1.10', '12345678901234567890', 'true', 'null', '', '-7', '@x', '{"a":1}'])(
    'AC-076, AC-077 %j stays as it is in a text',
    async (text) => {
      expect(await read(`--uid=${text}`)).toEqual({ uid: text });
      if (text !== '') expect(await read('--uid', text)).toEqual({ uid: text });
    },
  );

  test('are named as they are, or with - for _', async () => {
    expect(await read('--list_id', '1', '--camelCase', 'x', '--with.dot=y')).toEqual({ list_id: 1, camelCase: 'x', 'with.dot': 'y' });
  });

  test('of booleans need no value', async () => {
    expect(await read('--archived', '--name', 'x')).toEqual({ archived: true, name: 'x' });
    expect(await read('--archived', '{"name":"x"}')).toEqual({ archived: true, name: 'x' });
    expect(await read('--archived', 'false')).toEqual({ archived: false });
  });

  test('set fields inside parameters, by their documented types', async () => {
    const width = '--recording-config.transcodingConfig.width=640';
    expect(await read('--recording-config.maxIdleTime=60', '--recording-config.secret', '007', width)).toEqual({
      recording_config: { maxIdleTime: 60, secret: '007', transcodingConfig: { width: 640 } },
    });
    expect(await read('--recording-config.subscribeAudioUids', '["1"]', '--typed.inner_text=5')).toEqual({
      recording_config: { subscribeAudioUids: ['1'] },
      typed: { inner_text: '5' },
    });
  });

  test.each<[string, unknown]>([
    ['60', 60],
    ['-1.5', -1.5],
    ['true', true],
    ['{"a":[1]}', { a: [1] }],
    ['"60"', '60'],
    ['007', '007'],
    ['1e5', '1e5'],
    ['1.10', '1.10'],
    ['+1', '+1'],
    ['12345678901234567890', '12345678901234567890'],
    ['Infinity', 'Infinity'],
    ['{not json', '{not json'],
    ['null', 'null'],
    ['room', 'room'],
  ])('read %s as %j where the type of a field is not documented', async (text, value) => {
    expect(await read(`--recording-config.unheardOf=${text}`)).toEqual({ recording_config: { unheardOf: value } });
  });

  test('win over the payload, field by field, whatever the order', async () => {
    const payload = '{"list_id":"abc","name":"Original","recording_config":{"a":1,"secret":"x"}}';
    expect(await read('--name=Override', payload, '--recording-config.secret=y')).toEqual({
      list_id: 'abc',
      name: 'Override',
      recording_config: { a: 1, secret: 'y' },
    });
    expect(await read('--recording-config.maxIdleTime=5', '--recording-config', '{"maxIdleTime":1,"b":2}')).toEqual({
      recording_config: { maxIdleTime: 5, b: 2 },
    });
  });

  test('read objects and lists from a file', async () => {
    const file = path.join(folder, 'list.json');
    writeFileSync(file, '\ufeff["a", 12345678901234567890]');
    expect(await read('--tags', `@${file}`)).toEqual({ tags: ['a', '12345678901234567890'] });
    await expect(read('--tags', '@nowhere.json')).rejects.toThrow('file not found: nowhere.json');
    writeFileSync(file, '{\n  "secretKey": "S3CRET" oops');
    await expect(read('--recording-config', `@${file}`)).rejects.toThrow(`the file ${file} is not valid JSON: line 2, column 25`);
  });

  test('AC-072, AC-078 --arg sets any parameter, also one named like an option', async () => {
    const args = ['list_id=123', 'name=Ship it = now', 'format=x', 'recording-config.maxIdleTime=5', 'json=true'];
    expect(await readCallArguments([], args, { input, fields }, [])).toEqual({
      list_id: 123,
      name: 'Ship it = now',
      format: 'x',
      recording_config: { maxIdleTime: 5 },
      json: true,
    });
  });

  test('a field named __proto__ stays a field', async () => {
    const args = await read('--recording-config.__proto__.x=1');
    expect(JSON.stringify(args)).toBe('{"recording_config":{"__proto__":{"x":1}}}');
    expect(Object.getPrototypeOf({})).not.toHaveProperty('x');
  });
});

test.each<[string[], string]>([
  [['--lst-id=1'], 'unknown flag --lst-id; did you mean --list-id?'],
  [['--recordng-config.maxIdleTime=1'], 'unknown flag --recordng-config.maxIdleTime; did you mean --recording-config.maxIdleTime?'],
  [['--forc'], 'unknown flag --forc; did you mean --force'],
  [['--name'], '--name needs a value'],
  [['--name', '--uid', '1'], '--name needs a value'],
  [['--uid=1', '--uid=1'], '--uid is given twice'],
  [['--list-id=1', '--list_id=1'], '--list_id is given twice'],
  [['-x'], '-x is no flag'],
  [['-5'], '-5 is no flag'],
  [['{"a":1}', 'stray'], 'more than one JSON payload, or a stray word'],
  [['--name', 'Ship', 'it'], 'JSON payload must decode to an object.'],
  [['"x"'], 'JSON payload must decode to an object.'],
  [['{bad'], 'JSON payload must decode to an object. It is not valid JSON: line 1, column 2'],
  [['[{"name":"x"}]'], 'JSON payload must decode to an object.'],
  [['[]'], 'JSON payload must decode to an object.'],
  [['--uid.x=1'], '--uid.x: uid is a string, without fields'],
  [['--tags.0=1'], '--tags.0: tags is a list: give it whole, as JSON'],
  [['--recording-config..x=1'], 'unknown flag --recording-config..x'],
  [['--recording-config={"secretKey":"S3CRET" oops'], '--recording-config is not valid JSON: line 1, column 23'],
  [['--recording-config.a=1', '--recording-config.a.b=1'], '--recording-config.a.b: a is given as something without fields'],
])('%j is a usage error', async (words, message) => {
  const error = await read(...words).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'USAGE', message: expect.stringContaining(message) });
  expect(JSON.stringify(error)).not.toContain('S3CRET');
});

test('key=value is a flag without its dashes', async () => {
  expect(await read('name=Ship it', 'list-id=5', 'typed.inner_text=7', 'json=true')).toEqual({
    name: 'Ship it',
    list_id: 5,
    typed: { inner_text: '7' },
    json: true,
  });
  await expect(read('nmae=x')).rejects.toMatchObject({ message: 'unknown flag --nmae; did you mean --name?' });
  await expect(read('name=x', '--name', 'y')).rejects.toMatchObject({ message: '--name is given twice' });
});

test.each<[string, object]>([
  ['(name: "hi, (you)", priority: 2)', { name: 'hi, (you)', priority: 2 }],
  ["(5, 'Ship \\'it\\'')", { list_id: 5, name: "Ship 'it'" }],
  ['(tags: ["a", 1.5, {x: null, "y": [true]}], name=plain)', { tags: ['a', 1.5, { x: null, y: [true] }], name: 'plain' }],
  ['(list_id: 725653563933458432)', { list_id: '725653563933458432' }],
  ['()', {}],
])('the function form %s', async (form, expected) => {
  expect(await read(form)).toEqual(expected);
});

test.each([
  ['(nothing: 1)', "there is no parameter 'nothing'"],
  ['(name: "a" "b")', 'the values in parentheses are not valid at character 11'],
  ['(name: [1)', 'the values in parentheses are not valid at character 9'],
])('the function form %s is a usage error', async (form, message) => {
  await expect(read(form)).rejects.toMatchObject({ code: 'USAGE', message });
});

test('a stray word gets the flag that it may be meant for', async () => {
  const tool = {
    input: { ...input, properties: { limit: { type: 'integer' }, message: { type: 'string' } }, required: ['message'] } as const,
  };
  await expect(readCallArguments(['hi'], [], tool, [])).rejects.toMatchObject({
    hint: 'did you mean --message hi? There are --message, --limit',
  });
  await expect(readCallArguments(['{}', 'hi'], [], tool, [])).rejects.toMatchObject({ hint: expect.stringContaining('--message hi') });
  await expect(readCallArguments(['[1]'], [], tool, [])).rejects.toMatchObject({ hint: expect.stringContaining('{"message":…}') });
});

test('a file in the place of the payload is refused with the ways to give one', async () => {
  const hint = expect.stringContaining('kosmo integrations:call … - < nope.json');
  await expect(read('@nope.json')).rejects.toMatchObject({ code: 'USAGE', message: 'a payload is no @file: @nope.json', hint });
});

test('at most three names are suggested', async () => {
  const names = ['abc1', 'abc2', 'abc3', 'abc4', 'abc5'];
  const many: ObjectSchema = { ...input, properties: Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])) };
  await expect(readCallArguments(['--abc=1'], [], { input: many }, [])).rejects.toThrow(/; did you mean --abc1, --abc2, --abc3\?$/);
});

test.each(['list_id', '=x', ''])('--arg %j is a usage error', async (assignment) => {
  await expect(readCallArguments([], [assignment], { input }, [])).rejects.toThrow('--arg values must use key=value syntax.');
});
