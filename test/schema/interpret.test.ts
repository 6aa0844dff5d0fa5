import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { JsonValue } from '../../src/json/index.ts';
import { interpretSchema, type JsonSchema } from '../../src/schema/index.ts';

const ajv = new Ajv2020({ allErrors: true, strict: false });

const name = fc.constantFrom('a', 'b', 'c/d', '~', 'd e');
const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

const { schema } = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc
    .record(
      {
        type: fc.constantFrom('object', 'array', 'string', 'integer', 'number', 'boolean') as fc.Arbitrary<NonNullable<JsonSchema['type']>>,
        enum: optional(fc.uniqueArray(fc.constantFrom<string | number>('x', 'yy', '', 1, 2.5, 0), { minLength: 1 })),
        pattern: optional(fc.constantFrom('^x', '[0-9]+$', '.', '^\\p{L}*$')),
        minLength: optional(fc.integer({ min: 0, max: 4 })),
        maxLength: optional(fc.integer({ min: 0, max: 4 })),
        minimum: optional(fc.constantFrom(-1, 0, 1.5)),
        maximum: optional(fc.constantFrom(0, 2, 3.5)),
        minItems: optional(fc.integer({ min: 0, max: 2 })),
        maxItems: optional(fc.integer({ min: 0, max: 2 })),
        items: optional(tie('schema')),
        properties: optional(fc.dictionary(name, tie('schema'), { maxKeys: 3 })),
        required: optional(fc.uniqueArray(name, { maxLength: 2 })),
        additionalProperties: optional(fc.boolean()),
      },
      { requiredKeys: [] },
    )
    .map((record) => JSON.parse(JSON.stringify(record)) as JsonSchema),
}));

const value = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<JsonValue>('x', 'yy', '', 'x12', '😀😀', '12', 1, 2.5, 0, -1, 4, true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3 }),
  ),
})).value;

test('the walking validator and ajv give the same verdict on every schema of the subset', () => {
  fc.assert(
    fc.property(schema, value, (given, data) => {
      const compiled = ajv.compile(given);
      const walked = interpretSchema(given);
      expect(walked(data)).toBe(compiled(data));
      const places = (errors: readonly { instancePath: string; keyword: string }[] | null | undefined) =>
        (errors ?? []).map(({ instancePath, keyword }) => `${instancePath} ${keyword}`).sort();
      expect(places(walked.errors)).toEqual(places(compiled.errors));
    }),
    { numRuns: 150 },
  );
});

test('a pattern that backtracks for ever ends as one that does not match', () => {
  const walked = interpretSchema({ type: 'string', pattern: '^(a+)+$' });
  expect(walked(`${'a'.repeat(60)}!`)).toBe(false);
});
