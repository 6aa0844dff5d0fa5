import type { JsonValue } from '../json/index.ts';
import type { JsonSchema } from './json-schema.ts';
import type { ObjectSchema } from './object-schema.ts';

/** Returns a sample value for generated documentation: the first of an enum, 123 for numbers and ids, true for booleans, otherwise `value`. */
function sampleValue(name: string, schema: JsonSchema): JsonValue {
  const [first] = schema.enum ?? [];
  if (first !== undefined) return first;
  if (schema.type === 'integer' || schema.type === 'number') return 123;
  if (schema.type === 'boolean') return true;
  if (!name.endsWith('_id')) return 'value';
  return schema.type === 'string' ? '123' : 123;
}

/** Returns sample values for the required parameters of a tool, in the order of its schema. */
export function sampleArguments(input: ObjectSchema): Record<string, JsonValue> {
  const required = Object.entries(input.properties).filter(([name]) => input.required.includes(name));
  return Object.fromEntries(required.map(([name, schema]) => [name, sampleValue(name, schema)]));
}
