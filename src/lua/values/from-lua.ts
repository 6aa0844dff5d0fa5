import type { TString } from 'fengari/src/lstring.js';
import { Table } from 'fengari/src/ltable.js';
import { KosmoError } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { TAG, tableMark } from './kinds.ts';
import { toText } from './string.ts';

const DEPTH_AT_MOST = 512;

/** Strings from this length on are looked through for what makes them longer in JSON. */
const LARGE_STRING = 4096;

export interface RawValue {
  readonly type: number;
  readonly value: unknown;
}

interface Conversion {
  readonly nullValue: object;
  /** Called with the number of bytes of each string, so that the memory limit holds. */
  readonly reserve: (bytes: number) => void;
  /** Tables between the root and here: one met again is a cycle. */
  readonly open: Set<Table>;
}

/**
 * A Lua value as JSON. A table with the keys 1…n is an array, one with string keys an object, an empty one `{}` unless it was marked as
 * an array. Holes, mixed keys, cycles, functions, NaN and infinities, invalid UTF-8 throw `INVALID_ARGUMENTS` that names `path`.
 */
export function toJson(raw: RawValue, path: string, nullValue: object, reserve: (bytes: number) => void): JsonValue {
  return convert(raw, path, { nullValue, reserve, open: new Set() });
}

function convert(raw: RawValue, path: string, conversion: Conversion): JsonValue {
  switch (raw.type) {
    case TAG.nil:
      return null;
    case TAG.boolean:
      return raw.value === true;
    case TAG.integer:
    case TAG.float:
      return toNumber(raw.value as number, path);
    case TAG.string:
    case TAG.shortString: {
      const bytes = (raw.value as TString).getstr();
      conversion.reserve(encodedSize(bytes));
      return toText(bytes, path);
    }
    default:
      if (raw.value === conversion.nullValue) return null;
      if (raw.value instanceof Table) return toContainer(raw.value, path, conversion);
      throw refused(`${path} is a ${typeName(raw)}; only strings, numbers, booleans and tables can be passed on.`);
  }
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

function toNumber(value: number, path: string): number {
  if (Number.isFinite(value)) return value;
  throw refused(`${path} is ${Number.isNaN(value) ? 'NaN' : 'infinite'}, which JSON cannot hold.`);
}

function toContainer(table: Table, path: string, conversion: Conversion): JsonValue {
  if (conversion.open.has(table)) throw refused(`${path} refers back to a table that contains it (a cycle).`);
  if (conversion.open.size >= DEPTH_AT_MOST) throw refused(`${path} is nested more than ${DEPTH_AT_MOST} levels deep.`);
  conversion.open.add(table);
  const size = table.strong.size;
  conversion.reserve(size * 16);
  const first = table.f;
  const isArray = first === undefined ? tableMark(table) === 'array' : isNumber(first.key);
  const value = isArray ? toArray(table, size, path, conversion) : toObject(table, path, conversion);
  conversion.open.delete(table);
  return value;
}

function toArray(table: Table, size: number, path: string, conversion: Conversion): JsonValue[] {
  const array: JsonValue[] = [];
  for (let index = 1; index <= size; index++) {
    const entry = table.strong.get(index);
    if (entry === undefined) throw refused(describeIrregularKeys(table, path));
    array.push(convert(entry.value, `${path}[${index}]`, conversion));
  }
  return array;
}

function toObject(table: Table, path: string, conversion: Conversion): JsonValue {
  const entries: [string, JsonValue][] = [];
  for (let entry = table.f; entry !== undefined; entry = entry.n) {
    if (entry.key.type !== TAG.string && entry.key.type !== TAG.shortString) throw refused(describeIrregularKeys(table, path));
    const key = toText((entry.key.value as TString).getstr(), `a key of ${path}`);
    entries.push([key, convert(entry.value, path === '' ? key : `${path}.${key}`, conversion)]);
  }
  // Not by assignment: a key `__proto__` must stay data.
  return Object.fromEntries(entries);
}

function describeIrregularKeys(table: Table, path: string): string {
  let hasOther = false;
  for (let entry = table.f; entry !== undefined; entry = entry.n) if (!isNumber(entry.key)) hasOther = true;
  const where = path === '' ? 'the table' : path;
  return hasOther
    ? `${where} mixes array items with named fields; JSON has arrays or objects, not both.`
    : `${where} is an array with holes: its keys are not 1, 2, 3 … without a gap.`;
}

function isNumber(raw: RawValue): boolean {
  return raw.type === TAG.integer || raw.type === TAG.float;
}

function typeName(raw: RawValue): string {
  if (raw.type === TAG.userdata) return 'userdata';
  return typeof raw.value === 'function'
    ? 'function'
    : raw.value !== null && typeof raw.value === 'object' && 'stack' in raw.value
      ? 'thread'
      : 'function';
}

function refused(message: string): KosmoError {
  return new KosmoError('INVALID_ARGUMENTS', message);
}
