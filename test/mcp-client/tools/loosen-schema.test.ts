import { Ajv2020 } from 'ajv/dist/2020.js';
import { beforeAll, expect, test } from 'vitest';
import { schemaLoosener } from '../../../src/mcp-client/tools/loosen-schema.ts';
import type { ObjectSchema } from '../../../src/schema/index.ts';

let loosen: Awaited<ReturnType<typeof schemaLoosener>>;

beforeAll(async () => {
  loosen = await schemaLoosener();
});

const inObject = (properties: object, more: object = {}): ObjectSchema =>
  ({ type: 'object', properties, required: [], ...more }) as unknown as ObjectSchema;

const compile = (schema: unknown) => new Ajv2020({ strict: false, validateFormats: false }).compile(schema as object);

test.each([
  ['a type that does not exist', { type: 'int' }, 'properties/x/type', 'type: "int"'],
  ['a type that does not exist, in a list', { type: ['string', 'int'] }, 'properties/x/type', 'type: ["string","int"]'],
  ['a reference that leads nowhere', { $ref: '#/$defs/gone' }, 'properties/x/$ref', '$ref: "#/$defs/gone"'],
  ['a reference to another file', { $ref: 'https://example.com/a.json' }, 'properties/x/$ref', '$ref: "https://example.com/a.json"'],
  ['a pattern of another language', { type: 'string', pattern: '(?P<x>a)' }, 'properties/x/pattern', 'pattern: "(?P<x>a)"'],
  ['an empty enum', { enum: [] }, 'properties/x/enum', 'enum: []'],
  ['an enum that is no list', { enum: 'a' }, 'properties/x/enum', 'enum: "a"'],
  ['a limit that is a text', { type: 'integer', minimum: 'one' }, 'properties/x/minimum', 'minimum: "one"'],
  [
    'a limit of an older dialect',
    { type: 'integer', minimum: 1, exclusiveMinimum: true },
    'properties/x/exclusiveMinimum',
    'exclusiveMinimum: true',
  ],
  ['required as a boolean', { type: 'string', required: true }, 'properties/x/required', 'required: true'],
  ['nullable without a type', { nullable: true }, 'properties/x/nullable', 'nullable: true'],
  ['a fault in an alternative', { anyOf: [{ type: 'string' }, { type: 'none' }] }, 'properties/x/anyOf/1/type', 'type: "none"'],
  ['a fault in items', { type: 'array', items: { type: 'str' } }, 'properties/x/items/type', 'type: "str"'],
])('%s is removed, and its text kept', (_name, property, place, text) => {
  const { schema, removed } = loosen(inObject({ x: { description: 'An x', ...property }, good: { type: 'string' } }));
  compile(schema);
  expect(removed).toEqual([place]);
  expect(JSON.stringify(schema)).toContain(JSON.stringify(text).slice(1, -1));
  expect(schema.properties.good).toEqual({ type: 'string' });
});

test('a list of types for positions is read as prefixItems, and another dialect is not named', () => {
  const { schema, removed } = loosen(
    inObject({ pair: { type: 'array', items: [{ type: 'string' }] } }, { $schema: 'http://json-schema.org/draft-07/schema#' }),
  );
  compile(schema);
  expect([removed, schema.properties.pair, schema]).toEqual([
    [],
    { type: 'array', prefixItems: [{ type: 'string' }] },
    expect.not.objectContaining({ $schema: expect.anything() }),
  ]);
});

test('a good schema stays as it is', () => {
  const good = inObject(
    { me: { $ref: '#' }, at: { $ref: '#/$defs/a~1b' }, there: { $ref: '#here' }, any: true },
    { $schema: 'https://json-schema.org/draft/2020-12/schema', $defs: { 'a/b': { $anchor: 'here', type: 'string' } } },
  );
  expect(loosen(good)).toEqual({ schema: good, removed: [] });
});

test('a schema that no repair helps becomes one of any object', () => {
  const { schema, removed } = loosen(inObject({ a: { $id: 'x:a' }, b: { $id: 'x:a', type: 'string' } }, { $async: true }));
  compile(schema);
  expect([removed, Object.keys(schema.properties)]).toEqual([[''], ['a', 'b']]);
});
