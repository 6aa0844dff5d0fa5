import { luaL_traceback, luaL_where } from 'fengari/src/lauxlib.js';
import {
  LUA_YIELD,
  type LuaState,
  lua_concat,
  lua_Debug,
  lua_error,
  lua_getinfo,
  lua_getstack,
  lua_pop,
  lua_pushstring,
  lua_status,
  lua_tolstring,
} from 'fengari/src/lua.js';
import { internBytes, toBytes, toDisplayText } from '../values/string.ts';
import type { ScriptPosition } from './script-position.ts';

const MAX_STACK_LEVEL = 200;

/** The innermost line of Lua in `L`, or undefined where none runs. Skips a call that was cut off while it was being made. */
export function locate(L: LuaState): ScriptPosition | undefined {
  const ar = new lua_Debug();
  for (let level = 0; level < MAX_STACK_LEVEL && lua_getstack(L, level, ar); level++) {
    // A frame that the hook suspended has its function elsewhere, where lua_getinfo finds it.
    if (lua_status(L) !== LUA_YIELD && !ar.i_ci.func.ttisfunction()) continue;
    lua_getinfo(L, internBytes('Sl'), ar);
    if (ar.currentline > 0) return { chunk: toDisplayText(cString(ar.short_src)), line: ar.currentline };
  }
  return undefined;
}

/** The stack of `thread` from `level` on, one line a level, without the host's own frames. `L` lends its stack for the work. */
export function traceback(L: LuaState, thread: LuaState, level = 0): Uint8Array {
  luaL_traceback(L, thread, null, level);
  const text = Buffer.from(lua_tolstring(L, -1) ?? []).toString('latin1');
  lua_pop(L, 1);
  const lines = text.split('\n').filter((line) => !line.startsWith('\t[JS]'));
  return Buffer.from(lines.join('\n'), 'latin1');
}

/** Raises `message` with the position of the calling line, as Lua's own libraries do; `level` 2 is the line that calls the caller. */
export function raiseText(L: LuaState, message: string, level = 1): never {
  luaL_where(L, level);
  lua_pushstring(L, toBytes(message));
  lua_concat(L, 2);
  return lua_error(L);
}

/** A text of Fengari without the zero bytes that pad `short_src`. */
export function cString(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(0);
  return end === -1 ? bytes : bytes.subarray(0, end);
}
