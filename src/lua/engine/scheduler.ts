import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  LUA_OK,
  LUA_YIELD,
  type LuaFunction,
  type LuaState,
  lua_gettop,
  lua_isyieldable,
  lua_newthread,
  lua_pop,
  lua_resume,
  lua_settop,
  lua_yield,
  lua_yieldk,
} from 'fengari/src/lua.js';
import { KosmoError, toKosmoError } from '../../errors/index.ts';
import { onAbort } from '../../platform/abort-listeners.ts';
import { monotonicNow } from '../../platform/clock.ts';
import type { ErrorValues } from '../values/error.ts';
import { pushRaw, type RawValue, TAG, topValue } from '../values/raw-value.ts';
import type { Allowance, Limits, ScriptPosition } from './limits.ts';
import { locate } from './position.ts';
import { createWatchdog } from './watchdog.ts';

/** Puts what a call ended with on the stack of the script that waits for it, and returns how many values that are; or raises. */
export type Answer = (L: LuaState) => number;

/** A call that a suspended script waits for. It stays outside Lua: only its answer goes in. */
interface PendingCall {
  readonly start: (signal: AbortSignal) => Promise<Answer>;
  answer?: Answer;
}

/** How a function ended that ran as a task: the first of its results, or the error that it raised. */
export type TaskOutcome = { readonly value: RawValue } | { readonly error: RawValue };

export interface Scheduler {
  /**
   * Suspends the script in `L` until the call has an answer; for use as the last step of a function that Lua calls. A rejection is
   * raised in the script. The signal is aborted when the task is cancelled or the run ends.
   */
  readonly suspend: (L: LuaState, start: PendingCall['start']) => number;
  /** A function that does the same under the watchdog; for library functions that can run long without executing Lua. */
  readonly guarded: (fn: LuaFunction) => LuaFunction;
  /** The same for a function that can be begun anew: it changes nothing and calls nobody. Ctrl-C is not lost around its short calls. */
  readonly guardedRestartable: (fn: LuaFunction) => LuaFunction;
  /**
   * A function that ends at the CPU limit, whatever else the machine does. For one that can begin again and never asks the limits itself,
   * because JavaScript's own code is at work, such as a regular expression.
   */
  readonly repeatable: (fn: LuaFunction) => LuaFunction;
  /** Call from the count hook: a script that has run for a while is paused, so that signals and timers have their turn. */
  readonly pauseLongSlice: (L: LuaState) => void;
  /** Where the script is in `L`, or was a moment ago. */
  readonly position: (L: LuaState | undefined) => ScriptPosition | undefined;
  /** Resumes coroutine `co` from `L`; a host call inside is passed outward, and `finish` is called with the status of a real end or yield. */
  readonly resume: (L: LuaState, co: LuaState, args: number, finish: (L: LuaState, status: number) => number) => number;
  /** Whether `co` waits for a host call somewhere inside, so that to Lua it is "normal" and not "suspended"; or waited for one that was cancelled: it is dead. */
  readonly waitState: (co: LuaState) => 'waiting' | 'cancelled' | undefined;
  /** Whether `L` is the script itself or a task, and not a coroutine that a script made: it cannot yield. */
  readonly isTask: (L: LuaState) => boolean;
  /** Whether `L` is the script itself. */
  readonly isMain: (L: LuaState) => boolean;
  /** Runs the function on the stack of `L`, the script itself, to its end. Returns the final status; throws when a limit or the signal ended it. */
  readonly runMain: (L: LuaState, signal: AbortSignal) => Promise<number>;
  /**
   * Runs a function on a thread of its own, beside whatever else runs. Throws when a limit or the signal ended it. `waits` is called each
   * time that it waits for a call.
   */
  readonly runTask: (fn: RawValue, args: readonly RawValue[], signal: AbortSignal, waits?: () => void) => Promise<TaskOutcome>;
  /** What runs under `signal` uses up this allowance. */
  readonly allot: (signal: AbortSignal, allowance: Allowance | undefined) => void;
  readonly allotted: (signal: AbortSignal) => Allowance | undefined;
  /** Runs work of the host on the script's values, as part of the script's time. */
  readonly runCounted: <Result>(work: () => Result) => Result;
}

export interface SchedulerOptions {
  /** The state that threads are made in. */
  readonly state: LuaState;
  readonly limits: Limits;
  readonly errors: ErrorValues;
  /** Let Ctrl-C stop a tight loop; for a process that belongs to the script. */
  readonly breakOnSigint: boolean;
}

/** Scripts that never wait for anything outside let timers and signals have their turn this often. */
const TURN_MS = 50;

/** A library call that takes longer is begun anew where Ctrl-C can cut it off: it is worth that something may be lost around it. */
const FIRST_ATTEMPT_MS = 300;

const NIL: RawValue = { type: TAG.nil, value: null };

/** What a script is suspended for in the middle of something, besides calls: to go on under the watchdog; to give signals their turn. */
const WATCH = Symbol('watch');
const PAUSE = Symbol('pause');

/**
 * Runs Lua on the calling thread in slices: a host call suspends the coroutine it is made from, the answer resumes it (Lua 5.3 manual
 * 4.7, `lua_yieldk`). The count hook bounds what executes Lua. The watchdog, which takes some 0.2 ms to set up, bounds the rest: a
 * slice gets it when it calls a library function that can run long, or goes on after a while. Ctrl-C and SIGTERM are handled between
 * slices; inside a library function that runs long, Ctrl-C alone is, by the watchdog.
 */
export function createScheduler({ state, limits, errors, breakOnSigint }: SchedulerOptions): Scheduler {
  /** Coroutines that wait for a host call, with the task that they belong to. */
  const waiting = new WeakMap<LuaState, LuaState>();
  const cancelled = new WeakSet<LuaState>();
  const tasks = new WeakSet<LuaState>();
  const allowances = new WeakMap<AbortSignal, Allowance>();
  let main: LuaState | undefined;
  let running: LuaState | undefined;
  let runningTask: LuaState | undefined;
  let pending: PendingCall | typeof WATCH | typeof PAUSE | undefined;
  /** The task that was suspended in the middle of something: to the others it still runs. */
  let suspendedTask: LuaState | undefined;
  const releaseQueue: (() => void)[] = [];
  /** How many coroutines below the running one were resumed from a place that cannot be suspended. */
  let unyieldableDepth = 0;
  let lastTurn = monotonicNow();
  /** Where a pause found the script last, for moments in which it is nowhere: a call that is being made has no line yet. */
  let lastKnown: ScriptPosition | undefined;
  const position: Scheduler['position'] = (L) => (L === undefined ? undefined : locate(L)) ?? lastKnown;
  const watchdog = createWatchdog(limits, () => position(running));

  const canSuspend = (L: LuaState): boolean => lua_isyieldable(L) && unyieldableDepth === 0;

  const suspend: Scheduler['suspend'] = (L, start) => {
    if (!canSuspend(L)) {
      return errors.raise(
        L,
        new KosmoError('SCRIPT_ERROR', 'a function that waits cannot be called from here, because Lua cannot suspend its caller', {
          hint: 'a library function that cannot be suspended is in between, such as os.time where it reads a field through __index; collect what it needs first, then call it',
        }),
      );
    }
    const call: PendingCall = { start };
    pending = call;
    return lua_yieldk(L, 0, call, continueCall);
  };

  const continueCall = (L: LuaState, _status: number, call: PendingCall): number => {
    if (call.answer === undefined) throw new Error('resumed before the call had an answer');
    return call.answer(L);
  };

  const guarded: Scheduler['guarded'] = (fn) => (L) => {
    if (watchdog.isWatching()) return fn(L);
    if (!canSuspend(L)) return watchdog.watch(() => fn(L), breakOnSigint);
    pending = WATCH;
    return lua_yieldk(L, 0, undefined, (state) => fn(state));
  };

  const repeatable: Scheduler['repeatable'] = (fn) => (L) => {
    const top = lua_gettop(L);
    return watchdog.repeat(
      () => fn(L),
      () => lua_settop(L, top),
    );
  };

  const guardedRestartable: Scheduler['guardedRestartable'] = (fn) => {
    const slow = guarded(fn);
    return (L) => {
      if (!breakOnSigint || watchdog.isWatching() || limits.remainingMs() <= FIRST_ATTEMPT_MS) return slow(L);
      const top = lua_gettop(L);
      const results = watchdog.attempt(() => fn(L), FIRST_ATTEMPT_MS);
      if (results !== undefined) return results;
      lua_settop(L, top);
      return slow(L);
    };
  };

  const pauseLongSlice: Scheduler['pauseLongSlice'] = (L) => {
    if (!canSuspend(L)) return;
    if (limits.sliceMs() < TURN_MS && (watchdog.isWatching() || !limits.hasLargeStrings())) return;
    pending = PAUSE;
    lua_yield(L, 0);
  };

  const resume: Scheduler['resume'] = (L, co, args, finish) => {
    const blocks = lua_isyieldable(L) ? 0 : 1;
    unyieldableDepth += blocks;
    waiting.delete(co);
    running = co;
    const status = lua_resume(co, L, args);
    running = L;
    unyieldableDepth -= blocks;
    const ended = limits.limitError();
    if (ended !== undefined) return errors.raise(L, ended);
    if (status !== LUA_YIELD || pending === undefined) return finish(L, status);
    waiting.set(co, runningTask as LuaState);
    return lua_yieldk(L, 0, undefined, () => resume(L, co, 0, finish));
  };

  const run = async (L: LuaState, args: number, signal: AbortSignal, waits?: () => void): Promise<number> => {
    tasks.add(L);
    let given = args;
    let reason: typeof pending;
    try {
      for (;;) {
        if (monotonicNow() - lastTurn > TURN_MS) await yieldToEventLoop();
        while (suspendedTask !== undefined && suspendedTask !== L) await new Promise<void>((resolve) => releaseQueue.push(resolve));
        throwIfEnded(signal);
        const status = runSlice(L, given, reason);
        given = 0;
        // The hook never sees many short slices, each of which leaves something behind.
        limits.check(() => locate(L) ?? position(main));
        throwIfEnded(signal);
        if (status !== LUA_YIELD) return status;
        reason = pending;
        pending = undefined;
        if (reason === undefined) throw new Error('the script yielded without a call');
        if (reason === WATCH || reason === PAUSE) {
          suspendedTask = L;
          lastKnown = locate(L);
          await yieldToEventLoop();
        } else {
          release(L);
          const call = reason;
          waits?.();
          call.answer = await unlessAborted(() => call.start(signal), signal);
        }
        throwIfEnded(signal);
      }
    } catch (thrown) {
      cancelled.add(L);
      throw thrown;
    } finally {
      release(L);
    }
  };

  const release = (L: LuaState): void => {
    if (suspendedTask !== L) return;
    suspendedTask = undefined;
    for (const resolve of releaseQueue.splice(0)) resolve();
  };

  const runMain: Scheduler['runMain'] = (L, signal) => {
    main = L;
    pending = undefined;
    lastKnown = undefined;
    unyieldableDepth = 0;
    return run(L, 0, signal);
  };

  const runTask: Scheduler['runTask'] = async (fn, args, signal, waits) => {
    throwIfEnded(signal);
    const L = lua_newthread(state);
    lua_pop(state, 1);
    for (const raw of [fn, ...args]) pushRaw(L, raw);
    const status = await run(L, args.length, signal, waits);
    if (status !== LUA_OK) return { error: { ...topValue(L, -1) } };
    return { value: lua_gettop(L) === 0 ? NIL : { ...topValue(L, -lua_gettop(L)) } };
  };

  const runSlice = (L: LuaState, args: number, reason: typeof pending): number => {
    limits.startSlice();
    running = L;
    runningTask = L;
    try {
      if (reason !== WATCH && reason !== PAUSE && !limits.hasLargeStrings()) return lua_resume(L, null, args);
      // Where the hook comes round often, Ctrl-C waits for the end of the slice.
      return watchdog.watch(() => lua_resume(L, null, args), breakOnSigint && (reason === WATCH || limits.hasLargeStrings()));
    } catch (thrown) {
      // Fengari's own bookkeeping can break when an error comes in the middle of another; the limit came first.
      throw limits.limitError() ?? thrown;
    } finally {
      limits.endSlice();
    }
  };

  const runAccounted: Scheduler['runCounted'] = (work) => {
    limits.startSlice();
    try {
      return limits.hasLargeStrings() ? watchdog.watch(work, breakOnSigint) : work();
    } finally {
      limits.endSlice();
    }
  };

  // Signals are handled in the event loop's poll phase, which the second turn has behind it.
  const yieldToEventLoop = async (): Promise<void> => {
    await nextTurn();
    await nextTurn();
    lastTurn = monotonicNow();
  };

  const unlessAborted = (start: () => Promise<Answer>, signal: AbortSignal): Promise<Answer> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const forget = onAbort(signal, () => reject(signal.reason));
      start().then(
        (answer) => {
          forget();
          resolve(answer);
        },
        (thrown: unknown) => {
          forget();
          resolve((L) => errors.raise(L, toKosmoError(thrown)));
        },
      );
    });

  const throwIfEnded = (signal: AbortSignal): void => {
    limits.enter(allowances.get(signal));
    const ended = limits.limitError();
    if (ended !== undefined) throw ended;
    if (signal.aborted) throw signal.reason;
  };

  return {
    suspend,
    guarded,
    guardedRestartable,
    repeatable,
    pauseLongSlice,
    position,
    resume,
    runMain,
    runTask,
    runCounted: runAccounted,
    waitState(co) {
      const task = waiting.get(co);
      return task === undefined ? undefined : cancelled.has(task) ? 'cancelled' : 'waiting';
    },
    allot(signal, allowance) {
      if (allowance !== undefined) allowances.set(signal, allowance);
    },
    allotted: (signal) => allowances.get(signal),
    isTask: (L) => tasks.has(L),
    isMain: (L) => L === main,
  };
}
