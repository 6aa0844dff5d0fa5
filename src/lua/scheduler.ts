import vm from 'node:vm';
import { LUA_YIELD, type LuaState, lua_isyieldable, lua_resume, lua_yieldk } from 'fengari/src/lua.js';
import { isKosmoError, KosmoError, toKosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { Limits } from './limits.ts';
import { locate } from './position.ts';
import type { ErrorValues } from './values/error.ts';
import { pushJson } from './values/to-lua.ts';

/** A host call that a suspended script waits for. It stays outside Lua: only its settled value or error goes in. */
interface PendingCall {
  readonly start: () => JsonValue | Promise<JsonValue>;
  settled?: { readonly value: JsonValue } | { readonly error: KosmoError };
}

export interface Scheduler {
  /** Suspends the script in `L` until the call is settled; for use as the last step of a function that Lua calls. */
  readonly suspend: (L: LuaState, start: PendingCall['start']) => number;
  /** Resumes coroutine `co` from `L`; a host call inside is passed outward, and `finish` is called with the status of a real end or yield. */
  readonly resume: (L: LuaState, co: LuaState, args: number, finish: (L: LuaState, status: number) => number) => number;
  /** Whether `co` waits for a host call somewhere inside: to Lua it is "normal", not "suspended". */
  readonly isWaiting: (co: LuaState) => boolean;
  /** Whether `L` is the script itself and not a coroutine that it made. */
  readonly isMain: (L: LuaState) => boolean;
  /** Runs the function on the stack of `L` to its end. Returns the final status; throws when a limit or the signal ended the run. */
  readonly run: (L: LuaState) => Promise<number>;
  /** Runs `fn`, which may run Lua or its parser but not wait, under the limits. */
  readonly slice: <Result>(fn: () => Result) => Result;
}

export interface SchedulerOptions {
  readonly limits: Limits;
  readonly errors: ErrorValues;
  readonly signal: AbortSignal;
  /** Let Ctrl-C stop a running slice; for a process that belongs to the script. */
  readonly breakOnSigint: boolean;
}

/** Milliseconds that the count hook has to raise its error, which knows the line, before the slice is cut off. */
const HOOK_GRACE_MS = 100;

/**
 * Runs Lua on the calling thread in slices: a host call suspends the coroutine it is made from, the answer resumes it (Lua 5.3 manual
 * 4.7, `lua_yieldk`). Every slice runs under `vm`'s timeout, which also stops what no hook can see.
 */
export function createScheduler({ limits, errors, signal, breakOnSigint }: SchedulerOptions): Scheduler {
  const waiting = new WeakSet<LuaState>();
  let main: LuaState | undefined;
  let running: LuaState | undefined;
  let pending: PendingCall | undefined;
  /** How many coroutines below the running one were resumed from a place that cannot be suspended. */
  let blocked = 0;

  const suspend: Scheduler['suspend'] = (L, start) => {
    if (!lua_isyieldable(L) || blocked > 0) {
      return errors.raise(
        L,
        new KosmoError('SCRIPT_ERROR', 'a function that waits cannot be called from here, because Lua cannot suspend its caller', {
          hint: 'callers that cannot be suspended: __tostring, a message handler of xpcall, comparators of table.sort, callbacks of string.gsub; make the call before and use its result there',
        }),
      );
    }
    pending = { start };
    return lua_yieldk(L, 0, pending, continueCall);
  };

  const continueCall = (L: LuaState, _status: number, call: PendingCall): number => {
    const settled = call.settled;
    if (settled === undefined) throw new Error('resumed before the host call was settled');
    if ('error' in settled) return errors.raise(L, settled.error);
    pushJson(L, settled.value);
    return 1;
  };

  const resume: Scheduler['resume'] = (L, co, args, finish) => {
    const blocks = lua_isyieldable(L) ? 0 : 1;
    blocked += blocks;
    waiting.delete(co);
    running = co;
    const status = lua_resume(co, L, args);
    running = L;
    blocked -= blocks;
    if (limits.exceeded() !== undefined) return errors.raise(L, limits.exceeded() as KosmoError);
    if (status !== LUA_YIELD || pending === undefined) return finish(L, status);
    waiting.add(co);
    return lua_yieldk(L, 0, undefined, () => resume(L, co, 0, finish));
  };

  const run: Scheduler['run'] = async (L) => {
    main = L;
    for (;;) {
      running = L;
      const status = runSlice(() => lua_resume(L, null, 0));
      throwIfEnded();
      if (status !== LUA_YIELD) return status;
      if (pending === undefined) throw new Error('the script yielded without a host call');
      const call = pending;
      pending = undefined;
      call.settled = await settle(call);
      throwIfEnded();
    }
  };

  const runSlice = <Result>(fn: () => Result): Result => {
    const budget = limits.startSlice();
    try {
      return runWithTimeout(fn, Math.ceil(budget) + HOOK_GRACE_MS, breakOnSigint);
    } catch (thrown) {
      const { code } = thrown as { code?: unknown };
      if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT')
        throw limits.end(limits.overdue(() => (running === undefined ? undefined : locate(running))));
      if (code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw limits.end(new KosmoError('INTERRUPTED', 'interrupted'));
      throw thrown;
    } finally {
      limits.endSlice();
    }
  };

  const settle = async (call: PendingCall): Promise<NonNullable<PendingCall['settled']>> => {
    try {
      return { value: await unlessAborted(call.start()) };
    } catch (thrown) {
      return { error: toKosmoError(thrown) };
    }
  };

  const unlessAborted = (result: JsonValue | Promise<JsonValue>): Promise<JsonValue> =>
    new Promise((resolve, reject) => {
      const abort = (): void => reject(signal.reason);
      if (signal.aborted) return abort();
      signal.addEventListener('abort', abort, { once: true });
      Promise.resolve(result)
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', abort));
    });

  const throwIfEnded = (): void => {
    if (signal.aborted) limits.end(isKosmoError(signal.reason) ? signal.reason : toKosmoError(signal.reason));
    const ended = limits.exceeded();
    if (ended !== undefined) throw ended;
  };

  return { suspend, resume, run, slice: runSlice, isWaiting: (co) => waiting.has(co), isMain: (L) => L === main };
}

const SLICE = Symbol.for('kosmo.slice');
const sliceScript = new vm.Script(`globalThis[Symbol.for('kosmo.slice')]()`, { filename: 'kosmo-slice' });

function runWithTimeout<Result>(fn: () => Result, timeout: number, breakOnSigint: boolean): Result {
  const scope = globalThis as { [SLICE]?: () => Result };
  const outer = scope[SLICE];
  scope[SLICE] = fn;
  try {
    return sliceScript.runInThisContext({ timeout, breakOnSigint }) as Result;
  } finally {
    if (outer === undefined) delete scope[SLICE];
    else scope[SLICE] = outer;
  }
}
