import { luaL_argerror, luaL_checkinteger, luaL_checktype, luaL_optinteger, luaL_optlstring } from 'fengari/src/lauxlib.js';
import {
  LUA_TFUNCTION,
  LUA_TNIL,
  type LuaFunction,
  type LuaState,
  lua_Debug,
  lua_getinfo,
  lua_getlocal,
  lua_getstack,
  lua_getupvalue,
  lua_insert,
  lua_iscfunction,
  lua_newtable,
  lua_pop,
  lua_pushboolean,
  lua_pushinteger,
  lua_pushnil,
  lua_pushstring,
  lua_pushvalue,
  lua_setfield,
  lua_tolstring,
  lua_tothread,
  lua_type,
} from 'fengari/src/lua.js';
import { cString, traceback } from '../engine/position.ts';
import { internBytes, toBytes, toDisplayText } from '../values/string.ts';

/**
 * The part of Lua's debug library (5.3 manual 6.10) that only reads, and only what belongs to the script. A function of the host shows
 * what a C function shows in Lua. What changes upvalues, metatables, locals or hooks does not exist.
 */
export const debugLibrary: Readonly<Record<string, LuaFunction>> = {
  traceback: debugTraceback,
  getinfo: getInfo,
  getlocal: getParameterName,
  getupvalue: getUpvalue,
  gethook(L) {
    lua_pushnil(L);
    return 1;
  },
};

// Without the host's own frames.
function debugTraceback(L: LuaState): number {
  const thread = lua_tothread(L, 1);
  const first = thread === null ? 1 : 2;
  const message = lua_tolstring(L, first);
  if (message === null && lua_type(L, first) > LUA_TNIL) {
    lua_pushvalue(L, first);
    return 1;
  }
  const stack = traceback(L, thread ?? L, luaL_optinteger(L, first + 1, thread === null ? 1 : 0));
  lua_pushstring(L, Buffer.concat(message === null ? [stack] : [message, toBytes('\n'), stack]));
  return 1;
}

/** Options of `getinfo`: those of Lua except `L`, the lines that have code. */
const OPTIONS = 'Slnutf';

function getInfo(L: LuaState): number {
  const thread = lua_tothread(L, 1);
  const first = thread === null ? 1 : 2;
  const what = toDisplayText(luaL_optlstring(L, first + 1, internBytes(OPTIONS)));
  if ([...what].some((option) => !OPTIONS.includes(option))) luaL_argerror(L, first + 1, toBytes('invalid option'));
  const ar = new lua_Debug();
  if (lua_type(L, first) === LUA_TFUNCTION) {
    lua_pushvalue(L, first);
    lua_pushvalue(L, first);
    lua_getinfo(L, internBytes('>Slnut'), ar);
  } else {
    const level = luaL_checkinteger(L, first);
    const owner = thread ?? L;
    // A call that a limit cut off while it was being made has no function.
    if (level < 0 || !lua_getstack(owner, level, ar) || lua_getinfo(owner, internBytes('Slnut'), ar) === 0) {
      lua_pushnil(L);
      return 1;
    }
    lua_pushnil(L);
    const { func } = ar.i_ci;
    if (owner === L && func.ttisLclosure()) L.stack[L.top - 1]?.setfrom(func);
  }
  lua_newtable(L);
  lua_insert(L, -2);
  setInfo(L, what, ar);
  return 1;
}

// Fills the table below the function (or nil) on top, which it takes.
function setInfo(L: LuaState, what: string, ar: lua_Debug): void {
  const isHost = ar.linedefined === -1;
  const text = (bytes: Uint8Array | null): Uint8Array => cString(bytes ?? new Uint8Array(0));
  const fields: Record<string, Readonly<Record<string, Uint8Array | number | boolean | null>>> = {
    S: {
      source: isHost ? toBytes('=[C]') : text(ar.source),
      short_src: isHost ? toBytes('[C]') : text(ar.short_src),
      what: isHost ? toBytes('C') : text(ar.what),
      linedefined: ar.linedefined,
      lastlinedefined: ar.lastlinedefined,
    },
    l: { currentline: isHost ? -1 : ar.currentline },
    n: { name: ar.name, namewhat: text(ar.namewhat) },
    u: { nups: isHost ? 0 : ar.nups, nparams: isHost ? 0 : ar.nparams, isvararg: isHost || Boolean(ar.isvararg) },
    t: { istailcall: Boolean(ar.istailcall) },
  };
  if (what.includes('f')) lua_setfield(L, -2, internBytes('func'));
  else lua_pop(L, 1);
  for (const option of what) {
    for (const [name, value] of Object.entries(fields[option] ?? {})) {
      if (value === null) continue;
      if (typeof value === 'number') lua_pushinteger(L, value);
      else if (typeof value === 'boolean') lua_pushboolean(L, value);
      else lua_pushstring(L, cString(value));
      lua_setfield(L, -2, internBytes(name));
    }
  }
}

// The names of a function's parameters. The locals of a running function are not shown.
function getParameterName(L: LuaState): number {
  const first = lua_tothread(L, 1) === null ? 1 : 2;
  luaL_checktype(L, first, LUA_TFUNCTION);
  const index = luaL_checkinteger(L, first + 1);
  lua_pushvalue(L, first);
  const name = lua_getlocal(L, null, index);
  if (name === null) lua_pushnil(L);
  else lua_pushstring(L, name);
  return 1;
}

function getUpvalue(L: LuaState): number {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  const index = luaL_checkinteger(L, 2);
  const name = lua_iscfunction(L, 1) || index !== (index | 0) ? null : lua_getupvalue(L, 1, index);
  if (name === null) return 0;
  lua_pushstring(L, name);
  lua_insert(L, -2);
  return 2;
}
