import type { JsonValue } from '../json/index.ts';
import { isObject } from '../json/index.ts';

/** The canonical JSON text of a value (RFC 8785): equal values have equal texts. */
export function canonical(value: JsonValue): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name] as JsonValue)}`);
  return `{${members.join(',')}}`;
}
