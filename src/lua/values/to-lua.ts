import { luaD_inctop } from 'fengari/src/ldo.js';
import { TValue } from 'fengari/src/lobject.js';
import { luaS_bless, type TString } from 'fengari/src/lstring.js';
import { luaH_new, luaH_setfrom, luaH_setint, type Table } from 'fengari/src/ltable.js';
import type { LuaState } from 'fengari/src/lua.js';
import type { JsonValue } from '../../json/index.ts';
import { markTable, TAG } from './kinds.ts';
import { toBytes } from './string.ts';

export interface ToLuaOptions {
  /** The value that stands for null; without it a null member is absent. A null element of an array always needs a place: it becomes this or `false`. */
  readonly nullValue?: object;
}

/** Pushes a JSON value as plain Lua data: arrays are marked, `null` members are absent unless `nullValue` is given. */
export function pushJson(L: LuaState, value: JsonValue, options: ToLuaOptions = {}): void {
  luaD_inctop(L);
  const slot = L.stack[L.top - 1];
  const converted = toTValue(L, value, new Map(), options.nullValue);
  if (slot !== undefined) {
    slot.type = converted.type;
    slot.value = converted.value;
  }
}

function toTValue(L: LuaState, value: JsonValue, keys: Map<string, TString>, nullValue: object | undefined): TValue {
  switch (typeof value) {
    case 'string':
      return new TValue(TAG.string, luaS_bless(L, toBytes(value)));
    case 'number':
      return new TValue((value | 0) === value && !Object.is(value, -0) ? TAG.integer : TAG.float, value);
    case 'boolean':
      return new TValue(TAG.boolean, value);
    default:
      if (value === null) return nullValue === undefined ? new TValue(TAG.nil, null) : new TValue(TAG.userdata, nullValue);
      return new TValue(TAG.table, toTable(L, value, keys, nullValue));
  }
}

function toTable(
  L: LuaState,
  value: readonly JsonValue[] | { readonly [key: string]: JsonValue },
  keys: Map<string, TString>,
  nullValue: object | undefined,
): Table {
  const table = luaH_new(L);
  if (Array.isArray(value)) {
    markTable(table, 'array');
    let index = 0;
    for (const item of value as readonly JsonValue[]) {
      const converted = toTValue(L, item, keys, nullValue);
      luaH_setint(table, ++index, converted.type === TAG.nil ? new TValue(TAG.boolean, false) : converted);
    }
    return table;
  }
  const object = value as { readonly [key: string]: JsonValue };
  for (const key of Object.keys(object)) {
    let name = keys.get(key);
    if (name === undefined) {
      name = luaS_bless(L, toBytes(key));
      keys.set(key, name);
    }
    const converted = toTValue(L, object[key] as JsonValue, keys, nullValue);
    if (converted.type !== TAG.nil) luaH_setfrom(L, table, new TValue(TAG.string, name), converted);
  }
  return table;
}
