import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../src/json/index.ts';
import { checkArguments, type ObjectSchema } from '../../src/schema/index.ts';
import type { CheckedArguments } from '../../src/schema/validate.ts';

const REGION = {
  type: 'object',
  properties: { uid: { type: 'string' }, width: { type: 'number', minimum: 0, maximum: 1 } },
  required: ['width'],
  additionalProperties: false,
} as const;

const INPUT: ObjectSchema = {
  type: 'object',
  properties: {
    cname: { type: 'string' },
    uid: { type: 'string', maxLength: 10 },
    mode: { type: 'string', enum: ['individual', 'mix', 'web'], aliases: { composite: 'mix' } },
    scene: { type: 'integer', minimum: 0, maximum: 2 },
    async_stop: { type: 'boolean' },
    layout_config: { type: 'array', items: REGION, maxItems: 3 },
    client_request: { type: 'object' },
    secretKey: { type: 'string', pattern: '^[a-z]+$' },
  },
  required: ['cname', 'uid'],
  additionalProperties: false,
};

const ajv = new Ajv2020({ allErrors: true, strict: false });
const validator = ajv.compile(INPUT);
const check = (...args: JsonValue[]): CheckedArguments => checkArguments(INPUT, validator, args);
const messages = (...args: JsonValue[]): string[] => {
  const checked = check(...args);
  return checked.ok ? [] : checked.problems.map(({ message }) => message);
};
const GOOD = { cname: 'c', uid: '1' };

describe('binds', () => {
  test.each<[string, JsonValue[], unknown]>([
    ['a table of names', [{ cname: 'c', uid: 527841 }], { cname: 'c', uid: '527841' }],
    ['values by position', ['c', 5, 'MIX'], { cname: 'c', uid: '5', mode: 'mix' }],
    ['positions with a gap', ['c', '5', null, 1], { cname: 'c', uid: '5', scene: 1 }],
    ['nothing that is null', [{ ...GOOD, scene: null }], GOOD],
  ])('%s', (_title, args, expected) => {
    expect(check(...args)).toEqual({ ok: true, args: expected });
  });

  test('too many positions are refused, but not for nulls', () => {
    expect(messages('c', '1', 'mix', 0, true, {}, {}, 'k', 9)).toEqual([
      'too many arguments: the function takes at most 8 (cname, uid, mode, scene, async_stop, layout_config, client_request, secretKey), 9 given.',
    ]);
    expect(check('c', '1', null, null, null, null, null, null, null, null).ok).toBe(true);
    const none: ObjectSchema = { type: 'object', properties: {}, required: [], additionalProperties: false };
    expect(checkArguments(none, ajv.compile(none), [1])).toEqual({
      ok: false,
      problems: [{ path: '', message: 'too many arguments: the function takes none, 1 given.' }],
    });
    expect(checkArguments(none, ajv.compile(none), [])).toEqual({ ok: true, args: {} });
  });
});

describe('says', () => {
  test.each<[JsonValue, string[]]>([
    [{}, ['cname is required.', 'uid is required.']],
    [{ cname: '  ', uid: null }, ['cname is required.', 'uid is required.']],
    [{ cname: {}, uid: true }, ['cname must be a string.', 'uid must be a string.']],
    [{ ...GOOD, client_request: 'example' }, ['client_request must be an object or valid JSON object.']],
    [{ ...GOOD, client_request: 5 }, ['client_request must be an object or valid JSON object.']],
    [{ ...GOOD, layout_config: 'x' }, ['layout_config must be an array or valid JSON array.']],
    [{ ...GOOD, layout_config: [1] }, ['layout_config[1] must be an object or valid JSON object.']],
    [
      { ...GOOD, layout_config: [{ width: 1 }, { width: 2, x: 0 }, {}] },
      ['layout_config[2].width must be at most 1.', "unknown field 'x' in layout_config[2].", 'layout_config[3].width is required.'],
    ],
    [{ ...GOOD, layout_config: [{ width: 1, widht: 1 }] }, ["unknown field 'widht' in layout_config[1]; did you mean 'width'?"]],
    [{ ...GOOD, layout_config: '[{"width":1},{"width":1},{"width":1},{"width":1}]' }, ['layout_config must have at most 3 items.']],
    [{ ...GOOD, mode: 'mixed' }, ['mode must be one of individual, mix, web.']],
    [{ ...GOOD, mode: {} }, ['mode must be one of individual, mix, web.']],
    [{ ...GOOD, scene: 1.5 }, ['scene must be an integer.']],
    [{ ...GOOD, scene: 'x' }, ['scene must be an integer.']],
    [{ ...GOOD, scene: '1' }, ['scene must be an integer; write 1 without quotes.']],
    [{ ...GOOD, scene: -1 }, ['scene must be at least 0.']],
    [{ ...GOOD, scene: 3 }, ['scene must be at most 2.']],
    [{ ...GOOD, async_stop: 1 }, ['async_stop must be a boolean.']],
    [{ ...GOOD, uid: '12345678901' }, ['uid must have at most 10 characters.']],
    [{ cnam: 'c', uid: '1' }, ['cname is required.', "unknown parameter 'cnam'; did you mean 'cname'?"]],
    [{ ...GOOD, zzzzzz: 1 }, ["unknown parameter 'zzzzzz'."]],
    [{ ...GOOD, secretKey: 'S3CRET' }, ['secretKey must match the pattern ^[a-z]+$.']],
    [
      { zzzzzz: 1, mode: 'x', scene: -1, uid: '1' },
      ['cname is required.', 'mode must be one of individual, mix, web.', 'scene must be at least 0.', "unknown parameter 'zzzzzz'."],
    ],
  ])('of %j', (args, expected) => {
    expect(messages(args)).toEqual(expected);
  });

  test('where, as Lua counts', () => {
    expect(check({ ...GOOD, layout_config: [{ width: 1 }, { width: 1, uid: {} }] })).toEqual({
      ok: false,
      problems: [{ path: 'layout_config[2].uid', message: 'layout_config[2].uid must be a string.' }],
    });
  });
});

test('names with __proto__, and very long ones, are reported and cut', () => {
  expect(messages(JSON.parse('{"cname":"c","uid":"1","__proto__":{}}'))).toEqual(["unknown parameter '__proto__'."]);
  expect(messages({ ...GOOD, ['x'.repeat(1000)]: 1 })[0]?.length).toBeLessThan(100);
});

test('never throws, and what is refused is refused with words', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue() as fc.Arbitrary<JsonValue>, { maxLength: 3 }), (args) => {
      const checked = check(...args);
      if (!checked.ok) expect(checked.problems.every(({ message }) => message.endsWith('.') || message.endsWith('?'))).toBe(true);
    }),
  );
});
