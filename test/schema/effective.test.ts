import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonValue } from '../../src/json/index.ts';
import { type CompiledValidator, checkArguments, coerceArguments, type JsonSchema, readParameters } from '../../src/schema/index.ts';

const NULL = { type: 'null' };
const F = { type: 'object', properties: { labels: { type: 'array' }, ref: { type: 'string' }, next: { $ref: '#/$defs/F' } } };
const DOCUMENT = {
  $defs: { F, Loop: { $ref: '#/$defs/Loop' }, Or: { anyOf: [{ $ref: '#/$defs/Or' }, { type: 'array' }] } },
  definitions: { L: { type: 'array' } },
};

function remote(properties: object): JsonSchema {
  return { type: 'object', remote: true, ...DOCUMENT, properties } as unknown as JsonSchema;
}

function check(schema: JsonSchema, args: JsonValue): unknown {
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false, logger: false });
  const validate = ajv.compile(schema) as unknown as CompiledValidator;
  const input = { ...schema, properties: schema.properties ?? {}, required: schema.required ?? [] } as Parameters<typeof checkArguments>[0];
  return checkArguments(input, validate, [args]);
}

describe('an argument is converted as by the plain schema', () => {
  test.each<[string, object, JsonValue, JsonValue]>([
    ['anyOf with null, $ref', { anyOf: [{ $ref: '#/$defs/F' }, NULL] }, { labels: {} }, { labels: [] }],
    ['oneOf with null', { oneOf: [{ type: 'array' }, NULL] }, {}, []],
    ['allOf', { allOf: [{ type: 'array' }, { minItems: 0 }] }, {}, []],
    ['allOf of a text', { allOf: [{ type: 'string' }] }, 7, '7'],
    ['an enum without a type', { anyOf: [{ enum: ['asc', 'desc'] }, NULL] }, 'DESC', 'desc'],
    ['several consts', { oneOf: [{ const: 'asc' }, { const: 'desc' }] }, 'DESC', 'desc'],
    ['JSON text', { anyOf: [{ type: 'object' }, NULL] }, '{"a":1}', { a: 1 }],
    ['additionalProperties', { type: 'object', additionalProperties: { type: 'array' } }, { x: {} }, { x: [] }],
    ['patternProperties', { type: 'object', patternProperties: { '^x': { type: 'array' } } }, { x1: {}, y: {} }, { x1: [], y: {} }],
    ['items', { type: 'array', items: { $ref: '#/$defs/F' } }, [{ labels: {} }], [{ labels: [] }]],
    ['prefixItems', { type: 'array', prefixItems: [{ type: 'string' }, { type: 'array' }] }, [1, {}], ['1', []]],
    ['a definition of draft 7', { $ref: '#/definitions/L' }, {}, []],
    ['a schema that calls itself', { $ref: '#/$defs/F' }, { next: { next: { labels: {} } } }, { next: { next: { labels: [] } } }],
    ['an alternative that is the union itself', { $ref: '#/$defs/Or' }, {}, []],
    ['a list of types', { type: ['string', 'null'] }, 7, '7'],
    ['unions in unions', { anyOf: [{ anyOf: [{ type: 'array' }, NULL] }, NULL] }, {}, []],
    ['a reference to nothing', { $ref: '#/$defs/None' }, {}, {}],
    ['a reference to itself', { $ref: '#/$defs/Loop' }, {}, {}],
    ['a type that takes the value unchanged', { anyOf: [{ type: 'array' }, { type: 'object' }] }, {}, {}],
    ['a text that is valid', { anyOf: [{ type: 'object' }, { type: 'string' }] }, '{"a":1}', '{"a":1}'],
    ['no guess between two', { anyOf: [{ enum: ['Asc'] }, { enum: ['aSC'] }] }, 'asc', 'asc'],
    [
      'the alternative that a field names',
      {
        anyOf: [
          { type: 'object', properties: { kind: { const: 'a' }, x: { type: 'string' } }, required: ['kind'] },
          { type: 'object', properties: { kind: { const: 'b' }, x: { type: 'array' } }, required: ['kind'] },
        ],
      },
      { kind: 'b', x: {} },
      { kind: 'b', x: [] },
    ],
  ])('%s', (_title, schema, value, expected) => {
    expect(coerceArguments(remote({ a: schema }), { a: value })).toEqual({ value: { a: expected }, problems: [] });
  });

  test('null stays where the schema takes it, and is absent elsewhere', () => {
    const schema = remote({ a: { anyOf: [{ type: 'string' }, NULL] }, b: { allOf: [{ type: 'string' }] } });
    expect(coerceArguments(schema, { a: null, b: null }).value).toEqual({ a: null });
  });
});

describe('a message names the alternative that was meant', () => {
  test.each<[object, JsonValue, string]>([
    [{ anyOf: [{ $ref: '#/$defs/F' }, NULL] }, { labels: 5 }, 'a.labels must be an array or valid JSON array.'],
    [{ anyOf: [{ type: 'integer', minimum: 3 }, NULL] }, 2, 'a must be at least 3.'],
    [{ type: ['integer', 'null'] }, 'x', 'a must be an integer.'],
    [{ anyOf: [{ const: 'x' }, { const: 'y' }, NULL] }, 'z', 'a must be one of x, y.'],
    [{ anyOf: [{ type: 'integer' }, { type: 'boolean' }] }, 'z', 'a must be an integer or a boolean.'],
    [{ anyOf: [{ type: 'integer' }, NULL] }, '5', 'a must be an integer; write 5 without quotes.'],
    [
      { oneOf: [{ type: 'integer' }, { type: 'number' }] },
      5,
      'a fits several of the alternatives of its schema, and must fit exactly one.',
    ],
    [{ anyOf: [{ ...F, additionalProperties: false }, NULL] }, { lables: [] }, "unknown field 'lables' in a; did you mean 'labels'?"],
  ])('%j given %j', (schema, value, message) => {
    expect(check(remote({ a: schema }), { a: value })).toMatchObject({ ok: false, problems: [{ message }] });
  });

  test('a misspelt name is reported with the close one, whatever else is wrong', () => {
    const schema = { ...remote({ message: { type: 'string' } }), required: ['message'] } as JsonSchema;
    const messages = ['message is required.', "there is no parameter 'msg'; did you mean message?"];
    expect(check(schema, { msg: 'x' })).toEqual({ ok: false, problems: messages.map((message) => expect.objectContaining({ message })) });
  });

  test('a misspelt name that the schema allows is a warning', () => {
    const warnings = ["There is no parameter 'limt'; did you mean limit? It is sent as it is."];
    expect(check(remote({ limit: { type: 'integer' } }), { limt: 5 })).toEqual({ ok: true, args: { limt: 5 }, warnings });
    expect(check({ ...remote({ limit: {} }), additionalProperties: true }, { limt: 5 })).toEqual({ ok: true, args: { limt: 5 } });
  });
});

describe('digits beyond 2^53 are an integer', () => {
  const id = '725653563933458432';
  test.each<[object, JsonValue]>([
    [{ type: 'integer' }, id],
    [{ type: 'number', minimum: 0 }, id],
    [{ anyOf: [{ type: 'integer', multipleOf: 2 }, NULL] }, id],
    [{ type: 'array', items: { type: 'integer' } }, [id, 5]],
    [{ type: 'integer', maximum: 2 ** 60, exclusiveMinimum: 2 ** 59 }, id],
    [{ anyOf: [{ type: 'integer', multipleOf: 5 }, NULL] }, '9007199254740995'],
    [{ type: 'integer', exclusiveMaximum: 2 ** 53 + 4 }, '9007199254740995'],
  ])('%j takes %j', (schema, value) => {
    expect(check(remote({ a: schema }), { a: value })).toEqual({ ok: true, args: { a: value } });
  });

  test.each<[object, JsonValue, string]>([
    [{ type: 'integer', maximum: 2 ** 53 }, '9007199254740993', 'a must be at most 9007199254740992.'],
    [{ anyOf: [{ type: 'integer', multipleOf: 5 }, NULL] }, id, 'a must be a multiple of 5.'],
    [{ type: 'integer' }, '5', 'a must be an integer; write 5 without quotes.'],
    [{ type: 'integer' }, '0725653563933458432', 'a must be an integer.'],
    [{ type: 'boolean' }, id, 'a must be a boolean.'],
  ])('%j refuses %j', (schema, value, message) => {
    expect(check(remote({ a: schema }), { a: value })).toMatchObject({ ok: false, problems: [{ message }] });
  });

  test('but not for a built-in function', () => {
    const { remote: _remote, ...schema } = remote({ a: { type: 'integer' } });
    expect(check(schema, { a: id })).toMatchObject({ ok: false });
  });
});

test('parameters are read with their types, values and descriptions', () => {
  const schema = {
    remote: true,
    $defs: { Args: { type: 'object', properties: { order: { anyOf: [{ enum: ['asc', 'desc'] }, NULL], description: 'How' } } } },
    allOf: [{ $ref: '#/$defs/Args' }, { properties: { n: { type: ['string', 'integer', 'null'] }, any: {} }, required: ['n'] }],
  } as unknown as JsonSchema;
  expect(readParameters(schema)).toEqual([
    { name: 'order', type: 'string', values: ['asc', 'desc'], required: false, description: 'How' },
    { name: 'n', type: 'string|integer', values: undefined, required: true, description: '' },
    { name: 'any', type: 'any', values: undefined, required: false, description: '' },
  ]);
});

test('a hostile schema is read in bounded time', () => {
  const $defs = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`D${i}`, { anyOf: [{ $ref: `#/$defs/D${i + 1}` }, { $ref: `#/$defs/D${i + 1}` }] }]),
  );
  const tree = {
    anyOf: [1, 2, 3].map((n) => ({ type: 'object', properties: { in: { $ref: '#/$defs/T' }, [`x${n}`]: { type: 'array' } } })),
  };
  const schema = { type: 'object', remote: true, $defs: { ...$defs, T: tree }, properties: { a: { $ref: '#/$defs/D0' }, t: tree } };
  let deep: JsonValue = { in: 5 };
  for (let level = 0; level < 60; level++) deep = { in: deep };
  expect(coerceArguments(schema as unknown as JsonSchema, { a: {}, t: deep }).value).toEqual({ a: {}, t: deep });
});

const plain: fc.Arbitrary<object> = fc.letrec<{ plain: object }>((tie) => ({
  plain: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<object>(
      { type: 'string' },
      { type: 'integer', minimum: 1 },
      { type: 'number' },
      { type: 'boolean' },
      { type: 'string', enum: ['asc', 'desc'] },
      { type: 'array' },
      { type: 'object' },
    ),
    fc.record({ type: fc.constant('array'), items: tie('plain') }),
    fc.record({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('plain'), { maxKeys: 3 }),
      additionalProperties: fc.boolean(),
    }),
  ),
})).plain;

/** The same meaning in another form: what `form` says for each schema in it, one number each. */
function rewrite(schema: object, forms: readonly number[], defs: Record<string, object>): object {
  const { properties, items, ...rest } = schema as { properties?: Record<string, object>; items?: object };
  const inner = {
    ...rest,
    ...(properties && {
      properties: Object.fromEntries(Object.entries(properties).map(([n, s]) => [n, rewrite(s, forms.slice(1), defs)])),
    }),
    ...(items && { items: rewrite(items, forms.slice(2), defs) }),
  };
  const name = `D${Object.keys(defs).length}`;
  switch ((forms[0] ?? 0) % 5) {
    case 1:
      return { anyOf: [inner, NULL] };
    case 2:
      defs[name] = inner;
      return { $ref: `#/$defs/${name}` };
    case 3:
      return { allOf: [inner, { description: 'd' }] };
    case 4:
      defs[name] = { oneOf: [NULL, inner] };
      return { anyOf: [{ $ref: `#/$defs/${name}` }] };
    default:
      return inner;
  }
}

const value = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<JsonValue>('x', 'ASC', '5', 'true', '{}', '[]', '{"a":1}', '725653563933458432', '', 0, 5, 1.5, true, {}, []),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3 }) as fc.Arbitrary<JsonValue>,
  ),
})).value;

test('every form of a schema gives the same conversion, verdict and messages', () => {
  fc.assert(
    fc.property(plain, value, fc.array(fc.nat(4), { maxLength: 6 }), (schema, argument, forms) => {
      const defs: Record<string, object> = {};
      const other = rewrite(schema, forms, defs);
      const document = { type: 'object', remote: true, $defs: defs, properties: { p: other } } as unknown as JsonSchema;
      expect(check(document, { p: argument })).toEqual(check(remote({ p: schema }), { p: argument }));
    }),
    { numRuns: 60 },
  );
});
