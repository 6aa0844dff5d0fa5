import { HALF_PAIR, type JsonValue } from './parse-exactly.ts';

/** As deep as scripts may nest. */
const MAX_DEPTH = 512;

/**
 * A program's value as plain JSON data. Members that are undefined are left out, `toJSON` counts (a Date becomes text). Throws a `TypeError`
 * that says where something is that JSON has no form for: a function, a bigint, a Map, half of a surrogate pair; `name` is what the value is called.
 */
export function toJsonValue(value: unknown, name: string): JsonValue {
  return convert(value, name, '', 0);
}

function convert(value: unknown, name: string, path: string, depth: number): JsonValue {
  if (typeof value === 'string') return wellFormed(value, `${name}${path}`);
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (value === undefined) return null;
  if (typeof value !== 'object') throw new TypeError(`${name}${path} is a ${typeof value}, which JSON has no form for`);
  if (depth > MAX_DEPTH) throw new TypeError(`${name} is nested more than ${MAX_DEPTH} levels deep`);
  if ('toJSON' in value && typeof value.toJSON === 'function') return convert(value.toJSON(), name, path, depth + 1);
  if (Array.isArray(value)) return value.map((item: unknown, index) => convert(item, name, `${path}[${index}]`, depth + 1));
  if (!isPlain(value))
    throw new TypeError(`${name}${path} is a ${value.constructor?.name || 'object of a class'}, which JSON has no form for`);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => [
        wellFormed(key, `the key ${JSON.stringify(key)} of ${name}${path}`),
        convert(member, name, `${path}.${key}`, depth + 1),
      ]),
  );
}

// Lua's strings are bytes: as UTF-8 it would be another text, U+FFFD, without a word.
function wellFormed(text: string, place: string): string {
  if (text.isWellFormed()) return text;
  throw new TypeError(`${place} has ${HALF_PAIR} at index ${text.search(/\p{Cs}/u)}, which no text can hold`);
}

// Also one of another realm, whose Object.prototype is another.
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
