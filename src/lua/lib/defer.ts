import { luaL_checktype } from 'fengari/src/lauxlib.js';
import { LUA_TFUNCTION, type LuaFunction, lua_gettop } from 'fengari/src/lua.js';
import { type KosmoError, toKosmoError } from '../../errors/index.ts';
import { graceError, type Limits } from '../limits.ts';
import type { Scheduler } from '../scheduler.ts';
import type { RawValue } from '../values/kinds.ts';
import { topValue } from '../values/kinds.ts';

/** What all deferred functions of a run together may take, waiting included. */
const GRACE_MS = 5000;

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

/** Runs the functions given to `defer`, last first, within a grace time of their own. Returns what went wrong in them. */
export async function runDeferred(
  deferred: Deferred,
  scheduler: Scheduler,
  limits: Limits,
  describe: (error: RawValue, signal: AbortSignal) => Promise<KosmoError>,
): Promise<readonly KosmoError[]> {
  const failures: KosmoError[] = [];
  let fn = deferred.take();
  if (fn === undefined) return failures;
  limits.startGrace(GRACE_MS);
  const grace = new AbortController();
  const timer = setTimeout(() => grace.abort(graceError(GRACE_MS)), GRACE_MS);
  try {
    for (; fn !== undefined; fn = deferred.take()) {
      const outcome = await scheduler.runTask(fn, [], grace.signal);
      if ('error' in outcome) failures.push(await describe(outcome.error, grace.signal));
    }
  } catch (thrown) {
    failures.push(toKosmoError(thrown));
  } finally {
    clearTimeout(timer);
  }
  return failures;
}
