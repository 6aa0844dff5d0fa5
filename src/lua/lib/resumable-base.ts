import { luaL_addvalue, luaL_Buffer, luaL_buffinit, luaL_checkinteger, luaL_getmetafield, luaL_pushresult } from 'fengari/src/lauxlib.js';
import { Table } from 'fengari/src/ltable.js';
import {
  LUA_OK,
  LUA_TFUNCTION,
  LUA_TNIL,
  LUA_YIELD,
  type LuaFunction,
  type LuaState,
  lua_callk,
  lua_gettop,
  lua_insert,
  lua_isstring,
  lua_pcallk,
  lua_pushcfunction,
  lua_pushinteger,
  lua_pushnil,
  lua_pushstring,
  lua_pushvalue,
  lua_replace,
  lua_settop,
  lua_tolstring,
  lua_type,
} from 'fengari/src/lua.js';
import { COMPILED_BYTES } from '../engine/load.ts';
import { raiseText } from '../engine/position.ts';
import { getTable, hasMetatable, resumable } from '../engine/resumable.ts';
import { hostPath, topValue } from '../values/raw-value.ts';
import { internBytes } from '../values/string.ts';

type Reserve = (L: LuaState, bytes: number, inPieces?: boolean) => void;

/** `pairs`, `ipairs` and `load` with metamethods and readers that may wait, and a `rawset` that leaves tables of the host unchanged. */
export function resumableBase(stock: (name: string) => LuaFunction, reserve: Reserve): Record<string, LuaFunction> {
  return {
    pairs: createPairs(stock('pairs')),
    ipairs: createIpairs(stock('ipairs')),
    load: createLoad(stock('load'), reserve),
    rawset: createRawset(stock('rawset')),
  };
}

function createPairs(pairs: LuaFunction): LuaFunction {
  return (L) => {
    if (!hasMetatable(L, 1) || luaL_getmetafield(L, 1, internBytes('__pairs')) === LUA_TNIL) return pairs(L);
    lua_pushvalue(L, 1);
    lua_callk(L, 1, 3, undefined, () => 3);
    return 3;
  };
}

function createIpairs(ipairs: LuaFunction): LuaFunction {
  const nextItem = resumable(function* (L) {
    const index = luaL_checkinteger(L, 2) + 1;
    lua_pushinteger(L, index);
    lua_pushvalue(L, -1);
    yield* getTable(L, 1);
    return lua_type(L, -1) === LUA_TNIL ? 1 : 2;
  });
  return (L) => {
    const count = ipairs(L);
    if (!hasMetatable(L, 1)) return count;
    lua_pushcfunction(L, nextItem);
    lua_replace(L, -1 - count);
    return count;
  };
}

const LETTER_T = 0x74;

/** The first byte of a binary chunk. */
const BINARY_START = 0x1b;

function createLoad(load: LuaFunction, reserve: Reserve): LuaFunction {
  // Only text: a binary chunk can corrupt the machine it runs on (Lua 5.3 manual 6.1, `load`).
  const loadText = (L: LuaState): number => {
    const mode = lua_tolstring(L, 3);
    if (mode === null || mode.includes(LETTER_T) || lua_tolstring(L, 1)?.[0] === BINARY_START) {
      lua_pushstring(L, internBytes('t'));
      lua_replace(L, 3);
    }
    reserve(L, (lua_tolstring(L, 1)?.length ?? 0) * COMPILED_BYTES, true);
    return load(L);
  };
  // Reads all pieces before it parses, because the parser cannot be suspended. The rest of a binary chunk is not read: it is refused.
  const readAll = resumable(function* (L) {
    const buffer = new luaL_Buffer();
    luaL_buffinit(L, buffer);
    for (let first: number | undefined; first !== BINARY_START; ) {
      lua_pushvalue(L, 1);
      yield 0;
      if (lua_type(L, -1) === LUA_TNIL) break;
      if (!lua_isstring(L, -1)) raiseText(L, 'reader function must return a string', 2);
      const piece = lua_tolstring(L, -1) as Uint8Array;
      if (piece.length === 0) break;
      first ??= piece[0];
      luaL_addvalue(buffer);
    }
    luaL_pushresult(buffer);
    return 1;
  });
  const loadRead = (L: LuaState, status: number): number => {
    if (status !== LUA_OK && status !== LUA_YIELD) {
      lua_pushnil(L);
      lua_insert(L, -2);
      return 2;
    }
    lua_replace(L, 1);
    if (lua_type(L, 2) === LUA_TNIL) {
      lua_pushstring(L, internBytes('=(load)'));
      lua_replace(L, 2);
    }
    return loadText(L);
  };
  return (L) => {
    lua_settop(L, Math.max(lua_gettop(L), 3));
    if (lua_type(L, 1) !== LUA_TFUNCTION) return loadText(L);
    lua_pushcfunction(L, readAll);
    lua_pushvalue(L, 1);
    return loadRead(L, lua_pcallk(L, 1, 1, 0, undefined, loadRead));
  };
}

// Tables of the host are read-only, for `rawset` as well.
function createRawset(rawset: LuaFunction): LuaFunction {
  return (L) => {
    const table = lua_gettop(L) === 0 ? undefined : topValue(L, -lua_gettop(L)).value;
    const path = table instanceof Table ? hostPath(table) : undefined;
    return path === undefined ? rawset(L) : raiseText(L, `${path} is read-only`);
  };
}
