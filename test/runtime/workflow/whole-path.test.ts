import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/json/index.ts';
import { createHost, type Host } from '../../../src/runtime/index.ts';
import { readScriptDeclaration } from '../../../src/runtime/workflow/catalog.ts';
import { prepareInput } from '../../../src/runtime/workflow/check-input.ts';
import { coerceArguments, type JsonSchema } from '../../../src/schema/index.ts';

let host: Host;
beforeAll(async () => {
  host = await createHost({ env: {}, guideFolder: path.join(import.meta.dirname, '../../../lua-docs') });
});
afterAll(() => host.close());

const ajv = new Ajv2020({ allErrors: true, strict: false });

/** A field of a declaration, with the schema that it stands for, written without the code under test. */
interface Field {
  readonly declared: JsonObject;
  readonly schema: JsonSchema;
  readonly isRequired: boolean;
}

type Keywords = fc.Arbitrary<JsonObject>;
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });
const keywords = (model: Record<string, fc.Arbitrary<unknown>>): Keywords =>
  fc.record(model).map((record) => JSON.parse(JSON.stringify(record)) as JsonObject);

const text = keywords({
  type: fc.constant('string'),
  pattern: optional(fc.constantFrom('^x', '[0-9]+$', '.', '^\\p{L}*$')),
  minLength: optional(fc.constantFrom(0, 1, 2)),
  maxLength: optional(fc.constantFrom(3, 4)),
});
const words = keywords({ type: fc.constant('string'), enum: fc.constantFrom(['x', 'yy'], ['12', 'x']) });
const number = keywords({
  type: fc.constantFrom('integer', 'number'),
  minimum: optional(fc.constantFrom(-1, 0, 1)),
  maximum: optional(fc.constantFrom(2, 3.5)),
});
const flag = keywords({ type: fc.constant('boolean') });

const name = fc.constantFrom('a', 'b', 'c_d', 'end', 'd e');
const fieldOf = (declared: JsonObject, schema: JsonSchema, isOptional: boolean): Field => ({
  declared: isOptional ? { ...declared, optional: true } : declared,
  schema,
  isRequired: !isOptional,
});
const objectOf = (fields: Readonly<Record<string, Field>>): JsonSchema => ({
  type: 'object',
  properties: Object.fromEntries(Object.entries(fields).map(([key, { schema }]) => [key, schema])),
  required: Object.entries(fields).flatMap(([key, { isRequired }]) => (isRequired ? [key] : [])),
  additionalProperties: false,
});
const declaredOf = (fields: Readonly<Record<string, Field>>): JsonObject =>
  Object.fromEntries(Object.entries(fields).map(([key, { declared }]) => [key, declared]));

const { field } = fc.letrec<{ field: Field }>((tie) => ({
  field: fc.oneof(
    { maxDepth: 2 },
    fc
      .tuple(fc.oneof(text, words, number, flag), fc.boolean())
      .map(([plain, isOptional]) => fieldOf(plain, plain as JsonSchema, isOptional)),
    fc.tuple(tie('field'), fc.constantFrom(0, 1), fc.boolean()).map(([item, minItems, isOptional]) => {
      const { optional: _optional, ...items } = item.declared;
      return fieldOf({ type: 'array', items, minItems }, { type: 'array', items: item.schema, minItems }, isOptional);
    }),
    fc
      .tuple(fc.dictionary(name, tie('field'), { minKeys: 1, maxKeys: 3, noNullPrototype: true }), fc.boolean())
      .map(([fields, isOptional]) => fieldOf({ type: 'object', properties: declaredOf(fields) }, objectOf(fields), isOptional)),
  ),
}));

// Half of the values fit, so that both verdicts are seen.
function fitting({ type, enum: values, properties, items }: JsonSchema): fc.Arbitrary<JsonValue> {
  if (values !== undefined) return fc.constantFrom(...(values as JsonValue[]));
  switch (type) {
    case 'string':
      return fc.constantFrom<JsonValue>('x', 'x1', '12', 'xyz', 12);
    case 'integer':
    case 'number':
      return fc.constantFrom<JsonValue>(0, 1, 2, '1', '2', 1.5);
    case 'boolean':
      return fc.constantFrom<JsonValue>(true, false, 'true');
    case 'array':
      return fc.array(fitting(items ?? {}), { minLength: 1, maxLength: 2 });
    default:
      return fc.record(Object.fromEntries(Object.entries(properties ?? {}).map(([key, schema]) => [key, fitting(schema)])), {
        noNullPrototype: true,
      }) as fc.Arbitrary<JsonValue>;
  }
}
const anything = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom<JsonValue>('x', 'yy', '', 'x12', '😀😀', '12', '1e3', '{}', '[1]', 1, 2.5, 0, -1, 4, true, null),
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const cases = fc.dictionary(name, field, { maxKeys: 3, noNullPrototype: true }).chain((fields) => {
  const schema = objectOf(fields);
  const broken = fc.tuple(fitting(schema), fc.dictionary(name, anything, { maxKeys: 2, noNullPrototype: true }));
  const input = fc.oneof(
    fitting(schema),
    broken.map(([good, bad]) => ({ ...(good as JsonObject), ...bad })),
    anything,
  );
  return fc.record({ fields: fc.constant(fields), schema: fc.constant(schema), input });
});

function toLua(value: JsonValue): string {
  if (value === null) return 'nil';
  if (typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `{ ${(value as readonly JsonValue[]).map(toLua).join(', ')} }`;
  return `{ ${Object.entries(value)
    .map(([key, member]) => `["${key}"] = ${toLua(member as JsonValue)}`)
    .join(', ')} }`;
}

test('workflow and ajv give the same verdict on every declaration and input, after the conversion', async () => {
  const seen = { accepted: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(cases, async ({ fields, schema, input }) => {
      const script = `return workflow { input = ${toLua(declaredOf(fields))} }`;
      const { declaration, problem } = readScriptDeclaration(Buffer.from(script), []);
      expect(problem).toBeUndefined();
      expect(declaration?.input).toEqual(schema);
      const { error_detail: error, result } = await host.run(script, { chunk: 'test', policy: { force: false }, input });
      const given = Array.isArray(input) && input.length === 0 ? {} : input;
      const { value } = coerceArguments(schema, prepareInput(schema, given));
      // Text is not parsed as the whole input, only as a field of it.
      const verdict = typeof given === 'object' && ajv.compile(schema)(value);
      if (verdict) seen.accepted++;
      else seen.refused++;
      expect(error === null ? 'accepted' : error.code).toBe(verdict ? 'accepted' : 'INVALID_INPUT');
      // A script sees an empty object as a table without fields, as it sees an empty list.
      if (verdict) expect(JSON.stringify(result?.[0]).replaceAll('[]', '{}')).toBe(JSON.stringify(value).replaceAll('[]', '{}'));
    }),
    { numRuns: 200 },
  );
  expect(Math.min(seen.accepted, seen.refused)).toBeGreaterThan(20);
});

test('a default and a text of the command line give the same input as the value itself', async () => {
  const script = 'return workflow { input = { n = { type = "integer", default = 5 }, flag = { type = "boolean", default = true } } }';
  const run = async (input: JsonValue) => (await host.run(script, { chunk: 'test', policy: { force: false }, input })).result?.[0];
  for (const input of [{}, { n: null }, { n: '5', flag: 'true' }, { n: 5 }]) expect(await run(input)).toEqual({ n: 5, flag: true });
});
