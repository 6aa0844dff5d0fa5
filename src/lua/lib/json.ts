import { Table } from 'fengari/src/ltable.js';
import {
  LUA_TSTRING,
  LUA_TTABLE,
  type LuaState,
  lua_gettop,
  lua_newtable,
  lua_pushstring,
  lua_pushvalue,
  lua_tolstring,
  lua_type,
  lua_typename,
} from 'fengari/src/lua.js';
import { type JsonValue, parseJsonExactly } from '../../json/index.ts';
import { raiseText } from '../position.ts';
import { toJson } from '../values/from-lua.ts';
import { markTable, TAG, type TableMark, topValue } from '../values/kinds.ts';
import { toBytes, toDisplayText, toText } from '../values/string.ts';
import { pushJson } from '../values/to-lua.ts';
import type { LibraryNamespace } from './host-tables.ts';

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
  reserve(L, bytes.length >= LARGE_TEXT ? parsedSize(bytes) : bytes.length * 4);
  let value: JsonValue;
  try {
    value = parseJsonExactly(toText(bytes, 'json.decode: the text'));
  } catch (thrown) {
    return raiseText(L, thrown instanceof SyntaxError ? `json.decode: invalid JSON: ${thrown.message}` : (thrown as Error).message);
  }
  pushJson(L, value, { reserve: (size) => reserve(L, size), ...(options.null === true ? { nullValue } : {}) });
  return 1;
}

/** A smaller text is not worth looking through before it is parsed. */
const LARGE_TEXT = 1024 * 1024;

// What JavaScript takes for a parsed text before Lua gets it: the characters, and an object or array for each opening bracket.
function parsedSize(bytes: Uint8Array): number {
  let size = bytes.length * 2;
  for (let index = 0; index < bytes.length; index++) {
    const byte = bytes[index];
    if (byte === 0x7b) size += 56;
    else if (byte === 0x5b) size += 32;
    else if (byte === 0x2c) size += 8;
  }
  return size;
}

// json.encode(value [, {pretty = true}])
function encode(L: LuaState, nullValue: object, reserve: (L: LuaState, bytes: number) => void): number {
  if (lua_gettop(L) === 0) return raiseText(L, 'json.encode: a value is needed');
  const options = optionsAt(L, 2, 'json.encode', nullValue);
  let text: string;
  try {
    let size = 0;
    const value = toJson(topValue(L, -lua_gettop(L)), 'the value', nullValue, (bytes) => {
      size += bytes;
      reserve(L, bytes);
    });
    // The text as characters and as bytes.
    reserve(L, size * 2);
    text = JSON.stringify(value, null, options.pretty === true ? 2 : 0);
  } catch (thrown) {
    return raiseText(L, `json.encode: ${(thrown as Error).message}`);
  }
  lua_pushstring(L, toBytes(text));
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
