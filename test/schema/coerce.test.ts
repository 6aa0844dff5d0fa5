import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../src/json/index.ts';
import { coerceArguments, type JsonSchema } from '../../src/schema/index.ts';

const MODE: JsonSchema = {
  type: 'string',
  enum: ['individual', 'mix', 'web'],
  aliases: { composite: 'mix', web_page: 'web', webpage: 'web' },
};

describe('converts', () => {
  test.each<[string, JsonSchema, JsonValue, JsonValue]>([
    ['an empty table to an array', { type: 'array' }, {}, []],
    ['an empty table to an object', { type: 'object' }, {}, {}],
    ['a number to its digits', { type: 'string' }, 527841, '527841'],
    ['a number beyond 32 bits to its digits', { type: 'string' }, 4294967295, '4294967295'],
    ['the largest exact number to its digits', { type: 'string' }, 9007199254740991, '9007199254740991'],
    ['a fraction to its shortest form', { type: 'string' }, 0.1, '0.1'],
    ['JSON text to an object', { type: 'object' }, '{"region":"EU"}', { region: 'EU' }],
    ['JSON text to an array', { type: 'array' }, ' [1, 2] ', [1, 2]],
    ['JSON text and then its fields', { type: 'object', properties: { uid: { type: 'string' } } }, '{"uid":5}', { uid: '5' }],
    ['the case of an enum', MODE, 'INDIVIDUAL', 'individual'],
    ['an alias', MODE, 'Composite', 'mix'],
    ['another alias', MODE, 'web_page', 'web'],
    ['items', { type: 'array', items: { type: 'string' } }, [1, 'b'], ['1', 'b']],
    ['null to an absent property', { type: 'object', properties: { a: { type: 'string' } } }, { a: null }, {}],
    ['nothing below a silent schema', { type: 'object' }, { a: {}, b: null, c: 5 }, { a: {}, b: null, c: 5 }],
    ['nothing of an unknown name', { type: 'object', properties: {} }, { constructor: 5, b: null }, { constructor: 5, b: null }],
    ['no enum that it does not know', MODE, 'constructor', 'constructor'],
    ['no integral float', { type: 'integer' }, 1.0, 1],
  ])('%s', (_title, schema, value, expected) => {
    expect(coerceArguments(schema, value)).toEqual({ value: expected, problems: [] });
  });
});

describe('refuses', () => {
  test.each<[JsonSchema, JsonValue, string]>([
    [{ type: 'object' }, [], 'must be an object or valid JSON object.'],
    [{ type: 'object' }, '[]', 'must be an object or valid JSON object.'],
    [{ type: 'object' }, 'example_client_request', 'must be an object or valid JSON object.'],
    [{ type: 'array' }, { a: 1 }, 'must be an array or valid JSON array.'],
    [{ type: 'array' }, '{}', 'must be an array or valid JSON array.'],
    [{ type: 'string' }, 2 ** 53, 'has more digits than a number can hold exactly; write it in quotes.'],
    [{ type: 'string' }, 1e300, 'has more digits than a number can hold exactly; write it in quotes.'],
    [{ type: 'integer' }, '1', 'must be an integer; write 1 without quotes.'],
    [{ type: 'number' }, '0.5', 'must be a number; write 0.5 without quotes.'],
    [{ type: 'boolean' }, 'true', 'must be a boolean; write true without quotes.'],
  ])('%j given %j', (schema, value, predicate) => {
    expect(coerceArguments(schema, value)).toEqual({ value, problems: [{ at: [], predicate }] });
  });
});

test('a field named __proto__ stays a field', () => {
  const { value } = coerceArguments({ type: 'object', properties: {} }, JSON.parse('{"__proto__":{"polluted":1}}'));
  expect(JSON.stringify(value)).toBe('{"__proto__":{"polluted":1}}');
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
});

test('a secret number in quotes is not repeated', () => {
  const { problems } = coerceArguments({ type: 'object', properties: { token: { type: 'integer' } } }, { token: '12345678' });
  expect(problems).toEqual([{ at: ['token'], predicate: 'must be an integer.' }]);
});

const schema: fc.Arbitrary<JsonSchema> = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc.record(
    {
      type: fc.constantFrom('object', 'array', 'string', 'integer', 'number', 'boolean'),
      properties: fc.dictionary(fc.string(), tie('schema'), { maxKeys: 3 }),
      items: tie('schema'),
      enum: fc.array(fc.string(), { maxLength: 3 }),
      required: fc.array(fc.string(), { maxLength: 3 }),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<JsonSchema>,
})).schema;

test('never throws, and what it converted it leaves alone', () => {
  fc.assert(
    fc.property(schema, fc.jsonValue() as fc.Arbitrary<JsonValue>, (anySchema, value) => {
      const once = coerceArguments(anySchema, value);
      if (once.problems.length === 0) expect(coerceArguments(anySchema, once.value)).toEqual(once);
    }),
  );
});

test('a uid given as a number keeps its digits', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (uid) => {
      expect(coerceArguments({ type: 'string' }, uid).value).toBe(BigInt(uid).toString());
    }),
  );
});
