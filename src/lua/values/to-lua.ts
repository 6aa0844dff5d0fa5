import { luaD_inctop } from 'fengari/src/ldo.js';
import { TValue } from 'fengari/src/lobject.js';
import { luaS_bless, type TString } from 'fengari/src/lstring.js';
import { luaH_new, luaH_setfrom, luaH_setint, type Table } from 'fengari/src/ltable.js';
import type { LuaState } from 'fengari/src/lua.js';
import type { JsonValue } from '../../json/index.ts';
import { markTable, TAG } from './kinds.ts';
import { toBytes } from './string.ts';

/** What a table and one of its entries take in Fengari, measured: a `Map`, the list of entries, two `TValue`s. */
const TABLE_BYTES = 400;
const ENTRY_BYTES = 160;

export interface ToLuaOptions {
  /** The value that stands for null; without it a null member is absent. A null element of an array always needs a place: it becomes this or `false`. */
  readonly nullValue?: object;
  /** Called with the bytes that each table is going to take, so that the memory limit holds. */
  readonly reserve?: (bytes: number) => void;
}

/** Pushes a JSON value as plain Lua data: arrays are marked, `null` members are absent unless `nullValue` is given. */
export function pushJson(L: LuaState, value: JsonValue, options: ToLuaOptions = {}): void {
  luaD_inctop(L);
  const slot = L.stack[L.top - 1];
  const converted = toTValue(L, value, new Map(), options);
  if (slot !== undefined) {
    slot.type = converted.type;
    slot.value = converted.value;
  }
}

function toTValue(L: LuaState, value: JsonValue, keys: Map<string, TString>, options: ToLuaOptions): TValue {
  switch (typeof value) {
    case 'string':
      return new TValue(TAG.string, luaS_bless(L, toBytes(value)));
    case 'number':
      return new TValue((value | 0) === value && !Object.is(value, -0) ? TAG.integer : TAG.float, value);
    case 'boolean':
      return new TValue(TAG.boolean, value);
    default:
      if (value === null) return options.nullValue === undefined ? new TValue(TAG.nil, null) : new TValue(TAG.userdata, options.nullValue);
      return new TValue(TAG.table, toTable(L, value, keys, options));
  }
}

function toTable(
  L: LuaState,
  value: readonly JsonValue[] | { readonly [key: string]: JsonValue },
  keys: Map<string, TString>,
  options: ToLuaOptions,
): Table {
  const table = luaH_new(L);
  if (Array.isArray(value)) {
    options.reserve?.(TABLE_BYTES + value.length * ENTRY_BYTES);
    markTable(table, 'array');
    let index = 0;
    for (const item of value as readonly JsonValue[]) {
      const converted = toTValue(L, item, keys, options);
      luaH_setint(table, ++index, converted.type === TAG.nil ? new TValue(TAG.boolean, false) : converted);
    }
    return table;
  }
  const object = value as { readonly [key: string]: JsonValue };
  const names = Object.keys(object);
  options.reserve?.(TABLE_BYTES + names.length * ENTRY_BYTES);
  for (const key of names) {
    let name = keys.get(key);
    if (name === undefined) {
      name = luaS_bless(L, toBytes(key));
      keys.set(key, name);
    }
    const converted = toTValue(L, object[key] as JsonValue, keys, options);
    if (converted.type !== TAG.nil) luaH_setfrom(L, table, new TValue(TAG.string, name), converted);
  }
  return table;
}
