import { constant_types } from 'fengari/src/defs.js';
import type { Table } from 'fengari/src/ltable.js';
import { type LuaState, lua_newuserdata, lua_pop, lua_pushnil } from 'fengari/src/lua.js';

/** Fengari's type tags, by the names used in this room. */
export const TAG = {
  nil: constant_types.LUA_TNIL,
  boolean: constant_types.LUA_TBOOLEAN,
  table: constant_types.LUA_TTABLE,
  float: constant_types.LUA_TNUMFLT,
  integer: constant_types.LUA_TNUMINT,
  string: constant_types.LUA_TLNGSTR,
  shortString: constant_types.LUA_TSHRSTR,
  userdata: constant_types.LUA_TUSERDATA,
} as const;

/** A value as Fengari holds it: a tag and what it stands for. */
export interface RawValue {
  readonly type: number;
  readonly value: unknown;
}

export function isNumberTag(type: number): boolean {
  return type === TAG.integer || type === TAG.float;
}

export function isStringTag(type: number): boolean {
  return type === TAG.string || type === TAG.shortString;
}

export function isString(raw: RawValue): boolean {
  return isStringTag(raw.type);
}

/** Levels of tables inside tables that a value may have on its way into Lua and out. */
export const MAX_DEPTH = 512;

/** What a table was made as, where its content cannot tell: an empty table is an array or an object. */
export type TableMark = 'array' | 'object';

interface MarkedTable extends Table {
  kosmoMark?: TableMark;
  kosmoHostPath?: string;
}

/** Marks a table of the host, which is empty to Lua, with how scripts reach it. */
export function markHostTable(table: Table, path: string): void {
  (table as MarkedTable).kosmoHostPath = path;
}

/** How scripts reach a table of the host; undefined for every other table. */
export function hostPath(table: Table): string | undefined {
  return table.f === undefined ? (table as MarkedTable).kosmoHostPath : undefined;
}

export function markTable(table: Table, mark: TableMark): void {
  (table as MarkedTable).kosmoMark = mark;
}

/** Whether a table is an array or an object to JSON: its first key tells, of an empty one its mark. */
export function isArray(table: Table): boolean {
  const first = table.f;
  return first === undefined ? (table as MarkedTable).kosmoMark === 'array' : isNumberTag(first.ktype);
}

/** Reads the raw value at `index` of the stack, counted from the top: -1 is the top. */
export function topValue(L: LuaState, index: number): { type: number; value: unknown } {
  const slot = L.stack[L.top + index];
  if (slot === undefined) throw new Error('stack slot is empty');
  return slot;
}

/** Pushes a value that was taken from another stack of the same state. */
export function pushRaw(L: LuaState, raw: RawValue): void {
  lua_pushnil(L);
  const slot = topValue(L, -1);
  slot.type = raw.type;
  slot.value = raw.value;
}

/** Makes the one value that stands for JSON's null in this state. */
export function newNullValue(L: LuaState): object {
  lua_newuserdata(L, 0);
  const udata = topValue(L, -1).value as object;
  lua_pop(L, 1);
  return udata;
}
