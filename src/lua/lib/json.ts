import { TString } from 'fengari/src/lstring.js';
import { Table } from 'fengari/src/ltable.js';
import {
  LUA_TSTRING,
  LUA_TTABLE,
  type LuaState,
  lua_gettop,
  lua_newtable,
  lua_pushvalue,
  lua_tolstring,
  lua_type,
  lua_typename,
} from 'fengari/src/lua.js';
import { isKosmoError } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { raiseText } from '../engine/position.ts';
import { decodeJson } from '../values/decode-json.ts';
import { encodeJson } from '../values/encode-json.ts';
import { toJson } from '../values/from-lua.ts';
import { JsonSyntaxError } from '../values/json-reader.ts';
import { markTable, pushRaw, TAG, type TableMark, topValue } from '../values/raw-value.ts';
import { toDisplayText } from '../values/string.ts';
import type { LibraryNamespace } from './library-entry.ts';

/** `json.decode/encode/array/object/null`. */
export function jsonLibrary(nullValue: object, reserve: (L: LuaState, bytes: number) => void): LibraryNamespace {
  return {
    kind: 'namespace',
    entries: () => ({
      array: { kind: 'lua', fn: (L) => mark(L, 'array') },
      decode: { kind: 'lua', fn: (L) => decode(L, nullValue, reserve) },
      encode: { kind: 'lua', fn: (L) => encode(L, nullValue, reserve) },
      null: { kind: 'value', raw: { type: TAG.userdata, value: nullValue } },
      object: { kind: 'lua', fn: (L) => mark(L, 'object') },
    }),
  };
}

// json.decode(text [, {null = true}]): with `null` a null becomes json.null, without it a null member is absent.
function decode(L: LuaState, nullValue: object, reserve: (L: LuaState, bytes: number) => void): number {
  if (lua_type(L, 1) !== LUA_TSTRING) return raiseText(L, `json.decode: expected string, got ${typeNameAt(L, 1)}`);
  const bytes = lua_tolstring(L, 1) ?? new Uint8Array(0);
  const options = optionsAt(L, 2, 'json.decode', nullValue);
  try {
    const reserveBytes = (size: number): void => reserve(L, size);
    pushRaw(L, decodeJson(L, bytes, { reserve: reserveBytes, ...(options.null === true ? { nullValue } : {}) }));
  } catch (thrown) {
    if (thrown instanceof JsonSyntaxError) return raiseText(L, `json.decode: invalid JSON at ${thrown.message}`);
    if (isKosmoError(thrown) && thrown.code === 'INVALID_ARGUMENTS') return raiseText(L, `json.decode: ${thrown.message}`);
    throw thrown;
  }
  return 1;
}

// json.encode(value [, {pretty = true}])
function encode(L: LuaState, nullValue: object, reserve: (L: LuaState, bytes: number) => void): number {
  if (lua_gettop(L) === 0) return raiseText(L, 'json.encode: a value is needed');
  const options = optionsAt(L, 2, 'json.encode', nullValue);
  try {
    const raw = topValue(L, -lua_gettop(L));
    const bytes = encodeJson(raw, { root: 'the value', nullValue, pretty: options.pretty === true, reserve: (size) => reserve(L, size) });
    pushRaw(L, { type: TAG.string, value: new TString(L, bytes) });
  } catch (thrown) {
    if (isKosmoError(thrown) && thrown.code === 'INVALID_ARGUMENTS') return raiseText(L, `json.encode: ${thrown.message}`);
    throw thrown;
  }
  return 1;
}

function mark(L: LuaState, kind: TableMark): number {
  if (lua_gettop(L) === 0) lua_newtable(L);
  if (lua_type(L, 1) !== LUA_TTABLE) return raiseText(L, `json.${kind}: expected table, got ${typeNameAt(L, 1)}`);
  lua_pushvalue(L, 1);
  const table = topValue(L, -1).value;
  if (table instanceof Table) markTable(table, kind);
  return 1;
}

function optionsAt(L: LuaState, index: number, who: string, nullValue: object): Readonly<Record<string, JsonValue>> {
  if (lua_gettop(L) < index) return {};
  const options = toJson(topValue(L, index - 1 - lua_gettop(L)), `the options of ${who}`, nullValue, () => undefined);
  if (options === null) return {};
  if (typeof options !== 'object' || Array.isArray(options)) return raiseText(L, `${who}: the options must be a table`);
  return options as Readonly<Record<string, JsonValue>>;
}

/** Lua's name for the type of an argument; `nil` also for one that is not there. */
export function typeNameAt(L: LuaState, index: number): string {
  return lua_gettop(L) < index ? 'nil' : toDisplayText(lua_typename(L, lua_type(L, index)));
}
