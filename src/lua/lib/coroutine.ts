import { luaL_argerror, luaL_checktype, luaL_where } from 'fengari/src/lauxlib.js';
import {
  LUA_ERRRUN,
  LUA_OK,
  LUA_TFUNCTION,
  LUA_TSTRING,
  LUA_YIELD,
  type LuaFunction,
  type LuaState,
  lua_checkstack,
  lua_concat,
  lua_Debug,
  lua_error,
  lua_getstack,
  lua_gettop,
  lua_insert,
  lua_isyieldable,
  lua_newthread,
  lua_pushboolean,
  lua_pushcclosure,
  lua_pushstring,
  lua_pushthread,
  lua_pushvalue,
  lua_status,
  lua_tothread,
  lua_type,
  lua_upvalueindex,
  lua_xmove,
  lua_yield,
} from 'fengari/src/lua.js';
import { raiseText } from '../engine/position.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import { pushRaw, type RawValue, topValue } from '../values/raw-value.ts';
import { internBytes, toBytes } from '../values/string.ts';

/**
 * Lua's coroutine library (5.3 manual 6.2) and `close` of 5.4, with one difference: a host call made inside a coroutine suspends the whole
 * script, and the coroutine's own `resume` never sees it.
 */
export function coroutineLibrary(scheduler: Scheduler): Record<string, LuaFunction> {
  return {
    ...resumingFunctions(scheduler),
    create,
    isyieldable(L) {
      lua_pushboolean(L, !scheduler.isTask(L) && lua_isyieldable(L));
      return 1;
    },
    running(L) {
      lua_pushthread(L);
      lua_pushboolean(L, scheduler.isMain(L));
      return 2;
    },
    status(L) {
      lua_pushstring(L, internBytes(coroutineStatus(scheduler, L, threadArgument(L))));
      return 1;
    },
    yield(L) {
      if (scheduler.isTask(L)) return raiseText(L, 'attempt to yield from outside a coroutine');
      return lua_yield(L, lua_gettop(L));
    },
  };
}

/** The functions that see how a coroutine ends. */
function resumingFunctions(scheduler: Scheduler): Record<'close' | 'resume' | 'wrap', LuaFunction> {
  /** What coroutines failed with. */
  const failures = new WeakMap<LuaState, RawValue>();

  const moveError = (co: LuaState, L: LuaState): void => {
    failures.set(co, { ...topValue(co, -1) });
    lua_xmove(co, L, 1);
  };

  const wrapped = (L: LuaState): number => {
    const co = lua_tothread(L, lua_upvalueindex(1)) as LuaState;
    const problem = whyNotResumable(scheduler, L, co);
    if (problem !== undefined) return raiseText(L, problem);
    const args = moveArguments(L, co, lua_gettop(L));
    return scheduler.resume(L, co, args, (state, status) => {
      if (status === LUA_OK || status === LUA_YIELD) return moveResults(state, co);
      moveError(co, state);
      if (lua_type(state, -1) === LUA_TSTRING) {
        luaL_where(state, 1);
        lua_insert(state, -2);
        lua_concat(state, 2);
      }
      return lua_error(state);
    });
  };

  return {
    // Of Lua 5.4: ends a suspended coroutine. Of a failed one it tells the error, once.
    close(L) {
      const co = threadArgument(L);
      const status = coroutineStatus(scheduler, L, co);
      if (status !== 'suspended' && status !== 'dead') return raiseText(L, `cannot close a ${status} coroutine`);
      const error = failures.get(co);
      failures.delete(co);
      co.status = LUA_ERRRUN;
      lua_pushboolean(L, error === undefined);
      if (error === undefined) return 1;
      pushRaw(L, error);
      return 2;
    },
    resume(L) {
      const co = threadArgument(L);
      const problem = whyNotResumable(scheduler, L, co);
      if (problem !== undefined) {
        lua_pushboolean(L, false);
        lua_pushstring(L, toBytes(problem));
        return 2;
      }
      const args = moveArguments(L, co, lua_gettop(L) - 1);
      return scheduler.resume(L, co, args, (state, status) => {
        if (status !== LUA_OK && status !== LUA_YIELD) {
          lua_pushboolean(state, false);
          moveError(co, state);
          return 2;
        }
        lua_pushboolean(state, true);
        return 1 + moveResults(state, co);
      });
    },
    wrap(L) {
      create(L);
      lua_pushcclosure(L, wrapped, 1);
      return 1;
    },
  };
}

function create(L: LuaState): number {
  luaL_checktype(L, 1, LUA_TFUNCTION);
  const co = lua_newthread(L);
  lua_pushvalue(L, 1);
  lua_xmove(L, co, 1);
  return 1;
}

function moveArguments(L: LuaState, co: LuaState, count: number): number {
  lua_checkstack(co, count);
  lua_xmove(L, co, count);
  return count;
}

function moveResults(L: LuaState, co: LuaState): number {
  const results = lua_gettop(co);
  lua_checkstack(L, results + 1);
  lua_xmove(co, L, results);
  return results;
}

function whyNotResumable(scheduler: Scheduler, L: LuaState, co: LuaState): string | undefined {
  const status = coroutineStatus(scheduler, L, co);
  return status === 'suspended' ? undefined : `cannot resume ${status === 'dead' ? 'dead' : 'non-suspended'} coroutine`;
}

function threadArgument(L: LuaState): LuaState {
  return lua_tothread(L, 1) ?? luaL_argerror(L, 1, toBytes('coroutine expected'));
}

function coroutineStatus(scheduler: Scheduler, L: LuaState, co: LuaState): 'running' | 'suspended' | 'normal' | 'dead' {
  if (L === co) return 'running';
  const wait = scheduler.waitState(co);
  if (wait !== undefined) return wait === 'waiting' ? 'normal' : 'dead';
  const status = lua_status(co);
  if (status === LUA_YIELD) return 'suspended';
  if (status !== LUA_OK) return 'dead';
  if (lua_getstack(co, 0, new lua_Debug()) > 0) return 'normal';
  return lua_gettop(co) === 0 ? 'dead' : 'suspended';
}
