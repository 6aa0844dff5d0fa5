import {
  luaL_addchar,
  luaL_addlstring,
  luaL_addvalue,
  luaL_Buffer,
  luaL_buffinit,
  luaL_optinteger,
  luaL_pushresult,
} from 'fengari/src/lauxlib.js';
import { MatchState, match, prepstate, push_captures, push_onecapture, reprepstate } from 'fengari/src/lstrlib.js';
import {
  LUA_TFUNCTION,
  LUA_TSTRING,
  type LuaFunction,
  type LuaState,
  lua_gettop,
  lua_isstring,
  lua_pop,
  lua_pushinteger,
  lua_pushstring,
  lua_pushvalue,
  lua_replace,
  lua_toboolean,
  lua_tolstring,
  lua_type,
  lua_typename,
} from 'fengari/src/lua.js';
import { raiseText } from '../engine/position.ts';
import { type Guard, getTable, hasMetatable, pushTostring, resumable, type Steps } from '../engine/resumable.ts';
import { toDisplayText } from '../values/string.ts';

/** `string.gsub` and `string.format` (5.3 manual 6.4) whose callbacks may wait. `stock` are Fengari's, which do the rest. */
export function resumableString(
  stock: (name: string) => LuaFunction,
  guarded: Guard,
  textAt: (L: LuaState, index: number) => string,
): Record<string, LuaFunction> {
  const plainGsub = stock('gsub');
  const slowGsub = resumable(gsub, guarded);
  const plainFormat = stock('format');
  const slowFormat = resumable((L) => format(L, plainFormat, textAt));
  return {
    gsub(L) {
      const callsBack = lua_type(L, 3) === LUA_TFUNCTION || hasMetatable(L, 3);
      return callsBack && lua_isstring(L, 1) && lua_isstring(L, 2) ? slowGsub(L) : plainGsub(L);
    },
    format(L) {
      for (let index = 2; index <= lua_gettop(L); index++) if (lua_type(L, index) > LUA_TSTRING) return slowFormat(L);
      return plainFormat(L);
    },
  };
}

const CARET = 0x5e;

// The loop of Fengari's own (lstrlib.js).
function* gsub(L: LuaState): Steps<number> {
  const subject = lua_tolstring(L, 1) as Uint8Array;
  const pattern = lua_tolstring(L, 2) as Uint8Array;
  const most = luaL_optinteger(L, 4, subject.length + 1);
  const isFunction = lua_type(L, 3) === LUA_TFUNCTION;
  const anchored = pattern[0] === CARET;
  const state = new MatchState(L);
  prepstate(state, L, subject, subject.length, anchored ? pattern.subarray(1) : pattern, pattern.length - (anchored ? 1 : 0));
  const buffer = new luaL_Buffer();
  luaL_buffinit(L, buffer);
  const add = (from: number, to: number): void => luaL_addlstring(buffer, subject.subarray(from, to), to - from);
  let count = 0;
  let at = 0;
  let lastEnd = -1;
  while (count < most) {
    reprepstate(state);
    const end = match(state, at, 0);
    if (end !== null && end !== lastEnd) {
      count++;
      if (isFunction) {
        lua_pushvalue(L, 3);
        yield push_captures(state, at, end);
      } else {
        push_onecapture(state, 0, at, end);
        yield* getTable(L, 3);
      }
      if (!lua_toboolean(L, -1)) {
        lua_pop(L, 1);
        add(at, end);
      } else if (lua_isstring(L, -1)) luaL_addvalue(buffer);
      else raiseText(L, `invalid replacement value (a ${toDisplayText(lua_typename(L, lua_type(L, -1)))})`);
      at = lastEnd = end;
    } else if (at < subject.length) luaL_addchar(buffer, subject[at++] as number);
    else break;
    if (anchored) break;
  }
  add(at, subject.length);
  luaL_pushresult(buffer);
  lua_pushinteger(L, count);
  return 2;
}

const DIRECTIVE = /%[-+ #0]*\d*(?:\.\d*)?([\s\S])/g;

// What `%s` shows of tables, functions and the like is what `tostring` gives; it takes their place.
function* format(L: LuaState, plainFormat: LuaFunction, textAt: (L: LuaState, index: number) => string): Steps<number> {
  if (lua_type(L, 1) === LUA_TSTRING) {
    let index = 1;
    for (const [directive, conversion] of Buffer.from(lua_tolstring(L, 1) as Uint8Array)
      .toString('latin1')
      .matchAll(DIRECTIVE)) {
      if (directive === '%%') continue;
      index++;
      if (conversion !== 's' || index > lua_gettop(L) || lua_type(L, index) <= LUA_TSTRING) continue;
      if (!(yield* pushTostring(L, index))) lua_pushstring(L, Buffer.from(textAt(L, index), 'latin1'));
      lua_replace(L, index);
    }
  }
  return plainFormat(L);
}
