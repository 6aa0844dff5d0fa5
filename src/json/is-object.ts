import type { JsonValue } from './parse-exactly.ts';

export type JsonObject = { readonly [name: string]: JsonValue };

/** Whether a JSON value is an object: not null, not a list. */
export function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the value at a path of own keys, or `undefined`. */
export function valueAt(values: JsonValue | undefined, keys: readonly string[]): JsonValue | undefined {
  let value = values;
  for (const key of keys) value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  return value;
}
