import type { JsonValue } from '../json/index.ts';
import type { ObjectSchema } from './object-schema.ts';
import { type Parameter, readParameters } from './parameters.ts';

/** Returns a sample value for generated documentation: the first of an enum, 123 for numbers and ids, true for booleans, otherwise `value`. */
function sampleValue({ name, type, values }: Parameter): JsonValue {
  const [first] = values ?? [];
  if (first !== undefined) return first;
  if (type === 'integer' || type === 'number') return 123;
  if (type === 'boolean') return true;
  if (!name.endsWith('_id')) return 'value';
  return type === 'string' ? '123' : 123;
}

/** Returns sample values for the required parameters of a tool, in the order of its schema. */
export function sampleArguments(input: ObjectSchema): Record<string, JsonValue> {
  const required = readParameters(input).filter((parameter) => parameter.required);
  return Object.fromEntries(required.map((parameter) => [parameter.name, sampleValue(parameter)]));
}
