import type { JsonValue } from './parse-exactly.ts';

export type JsonObject = { readonly [name: string]: JsonValue };

/** Whether a JSON value is an object: not null, not a list. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** How messages call the kind of a value: `null`, `a list`, `a number`. */
export function kindOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  return typeof value === 'string' ? 'a text' : `a ${typeof value}`;
}

/** Returns the value at a path of own keys, or `undefined`. */
export function valueAt(values: JsonValue | undefined, keys: readonly string[]): JsonValue | undefined {
  let value = values;
  for (const key of keys) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}
