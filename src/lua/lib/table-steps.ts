import { luaL_len } from 'fengari/src/lauxlib.js';
import { type LuaState, lua_pop, lua_pushinteger, lua_pushvalue, lua_tointegerx } from 'fengari/src/lua.js';
import { raiseText } from '../engine/position.ts';
import { getTable, metamethod, type Steps, valueAt } from '../engine/resumable.ts';
import { pushRaw } from '../values/raw-value.ts';

export type Reserve = (L: LuaState, bytes: number) => void;

/** Steps between two checks of the limits. */
const STEPS = 2 ** 16;

/** Returns a function to call in each step of a loop that executes no Lua, which the count hook would see. It raises the error of a limit. */
export function createLimitCheck(L: LuaState, reserve: Reserve): () => void {
  let left = STEPS;
  return () => {
    if (--left > 0) return;
    left = STEPS;
    reserve(L, 0);
  };
}

/** The length of the table at index 1, by `__len` if it has one. */
export function* length(L: LuaState): Steps<number> {
  const len = metamethod(valueAt(L, 1), L, '__len');
  if (len === undefined) return luaL_len(L, 1);
  pushRaw(L, len);
  lua_pushvalue(L, 1);
  yield 1;
  const result = lua_tointegerx(L, -1);
  if (result === false) return raiseText(L, 'object length is not an integer');
  lua_pop(L, 1);
  return result;
}

/** Pushes an item of the table at index 1. */
export function* pushItem(L: LuaState, index: number): Steps<void> {
  lua_pushinteger(L, index);
  yield* getTable(L, 1);
}
