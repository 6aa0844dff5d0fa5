import { luaL_checktype } from 'fengari/src/lauxlib.js';
import { LUA_TFUNCTION, type LuaFunction, lua_gettop } from 'fengari/src/lua.js';
import type { RawValue } from '../values/from-lua.ts';
import { topValue } from '../values/kinds.ts';

/** The functions that a script wants run when it ends, in the order in which they were given. */
export interface Deferred {
  /** `defer(fn)`: runs `fn` at the end of the script, last given first, also after an error, a limit or Ctrl-C. */
  readonly defer: LuaFunction;
  /** Takes the function that is to run next. */
  readonly take: () => RawValue | undefined;
}

export function createDeferred(): Deferred {
  const functions: RawValue[] = [];
  return {
    defer(L) {
      luaL_checktype(L, 1, LUA_TFUNCTION);
      const { type, value } = topValue(L, -lua_gettop(L));
      functions.push({ type, value });
      return 0;
    },
    take: () => functions.pop(),
  };
}
