import { luaS_hashlongstr, type TString } from 'fengari/src/lstring.js';
import { luaH_find, Table } from 'fengari/src/ltable.js';
import type { JsonValue } from '../../json/index.ts';
import { PathTracker } from './path-tracker.ts';
import { isArray, isStringTag, type RawValue, TAG } from './raw-value.ts';
import { toText } from './string.ts';
import { MAX_CACHED_BYTES, rememberKey } from './string-cache.ts';

/** Strings from this length on are looked through for what makes them longer in JSON. */
const LARGE_STRING = 4096;

/**
 * A Lua value as JSON. A table with the keys 1…n is an array, one with string keys an object, an empty one `{}` unless it was marked as
 * an array. Holes, mixed keys, cycles, functions, NaN and infinities, invalid UTF-8 throw `INVALID_ARGUMENTS` that names `path`.
 * `reserve` is called with the number of bytes of strings and tables, so that the memory limit holds.
 */
export function toJson(raw: RawValue, path: string, nullValue: object, reserve: (bytes: number) => void): JsonValue {
  const trail = new PathTracker(path);

  const convert = ({ type, value }: RawValue): JsonValue => {
    switch (type) {
      case TAG.nil:
        return null;
      case TAG.boolean:
        return value === true;
      case TAG.integer:
      case TAG.float:
        if (!Number.isFinite(value)) throw trail.numberError(value as number);
        return value as number;
      case TAG.string:
      case TAG.shortString: {
        const bytes = (value as TString).getstr();
        reserve(encodedSize(bytes));
        return toText(bytes, () => trail.path());
      }
      default:
        if (value === nullValue) return null;
        if (!(value instanceof Table)) throw trail.typeError({ type, value });
        return toContainer(value);
    }
  };

  const toContainer = (table: Table): JsonValue => {
    trail.enter(table);
    reserve(table.size * 16);
    const container = isArray(table) ? toArray(table) : toObject(table);
    trail.leave();
    return container;
  };

  const toArray = (table: Table): JsonValue[] => {
    const array: JsonValue[] = [];
    const { size } = table;
    for (let index = 1; index <= size; index++) {
      const entry = luaH_find(table, index);
      if (entry === undefined) throw trail.keysError(table);
      trail.at(index);
      array.push(convert(entry));
    }
    return array;
  };

  const toObject = (table: Table): JsonValue => {
    const entries: [string, JsonValue][] = [];
    for (let entry = table.f; entry !== undefined; entry = entry.n) {
      if (!isStringTag(entry.ktype)) throw trail.keysError(table);
      const name = entry.kvalue as TString;
      trail.at(undefined);
      const key = keyText(name, trail);
      trail.at(name);
      entries.push([key, convert(entry)]);
    }
    // Not by assignment: a key `__proto__` must stay data.
    return Object.fromEntries(entries);
  };

  return convert(raw);
}

/** Texts of keys by their hashes: they occur in one call after the other. */
const keyTexts = new Map<string, string>();

function keyText(name: TString, trail: PathTracker): string {
  const bytes = name.getstr();
  if (bytes.length > MAX_CACHED_BYTES) return toText(bytes, () => `a key of ${trail.path()}`);
  const hash = luaS_hashlongstr(name);
  const known = keyTexts.get(hash);
  if (known !== undefined) return known;
  const text = toText(bytes, () => `a key of ${trail.path()}`);
  return rememberKey(keyTexts, hash, text);
}

// Control characters become six characters each in JSON, quotation marks and backslashes two.
function encodedSize(bytes: Uint8Array): number {
  if (bytes.length < LARGE_STRING) return bytes.length;
  let size = bytes.length;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index] as number;
    if (byte < 0x20) size += 5;
    else if (byte === 0x22 || byte === 0x5c) size += 1;
  }
  return size;
}
