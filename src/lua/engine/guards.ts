import { type LuaFunction, type LuaState, lua_gettop, lua_settop } from 'fengari/src/lua.js';
import type { Limits } from './limits.ts';
import type { Guard } from './resumable.ts';
import type { Watchdog } from './watchdog.ts';

/** A library call that takes longer restarts under the watchdog, so that Ctrl-C can stop it. */
const FIRST_ATTEMPT_MS = 300;

/** The ways in which a library function that can run long without executing Lua is stopped in time. */
export interface Guards {
  /** Suspends the script, so that the function runs under the watchdog. */
  readonly guarded: Guard;
  /**
   * Like `guarded`, for a pure function. It first runs with a short timeout, and runs again under the watchdog only if that expires. Ctrl-C
   * therefore works around short calls.
   */
  readonly guardedRestartable: Guard;
  /**
   * Ends the function at the CPU limit, even if other processes compete for the processor. For a pure function that never asks the limits
   * itself, because JavaScript's own code is at work, such as a regular expression.
   */
  readonly repeatable: Guard;
}

export interface GuardOptions {
  readonly watchdog: Watchdog;
  readonly limits: Limits;
  readonly breakOnSigint: boolean;
  /** Runs `fn` under the watchdog, in a slice of its own if the script can be suspended. */
  readonly runWatched: (L: LuaState, fn: LuaFunction) => number;
}

/** The guards of one scheduler. */
export function createGuards({ watchdog, limits, breakOnSigint, runWatched }: GuardOptions): Guards {
  const guarded: Guard = (fn) => (L) => (watchdog.isWatching() ? fn(L) : runWatched(L, fn));
  return {
    guarded,
    guardedRestartable(fn) {
      const slow = guarded(fn);
      return (L) => {
        if (!breakOnSigint || watchdog.isWatching() || limits.remainingMs() <= FIRST_ATTEMPT_MS) return slow(L);
        const top = lua_gettop(L);
        const results = watchdog.attempt(() => fn(L), FIRST_ATTEMPT_MS);
        if (results !== undefined) return results;
        lua_settop(L, top);
        return slow(L);
      };
    },
    repeatable: (fn) => (L) => {
      const top = lua_gettop(L);
      return watchdog.repeat(
        () => fn(L),
        () => lua_settop(L, top),
      );
    },
  };
}
