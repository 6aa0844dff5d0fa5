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
  lua_yield,
  lua_yieldk,
} from 'fengari/src/lua.js';
import { KosmoError } from '../../errors/index.ts';
import { monotonicNow } from '../../platform/clock.ts';
import type { SandboxJournal } from '../host-call.ts';
import type { ErrorValues } from '../values/error.ts';
import { pushRaw, type RawValue, TAG, topValue } from '../values/raw-value.ts';
import { createGuards, type Guards } from './guards.ts';
import type { Allowance, Limits } from './limits.ts';
import { continueCall, type PendingCall, waitForAnswer } from './pending-call.ts';
import { locate } from './position.ts';
import type { ScriptPosition } from './script-position.ts';
import { ReadyTasks, type TaskOptions, type TaskOutcome } from './task.ts';
import { createWatchdog, type Watchdog } from './watchdog.ts';

export interface SchedulerOptions {
  /** The state that threads are made in. */
  readonly state: LuaState;
  readonly limits: Limits;
  readonly errors: ErrorValues;
  /** Let Ctrl-C stop a tight loop; for a process that belongs to the script. */
  readonly breakOnSigint: boolean;
  /** @default undefined (answers enter Lua as they come) */
  readonly journal?: SandboxJournal | undefined;
}

/** A script that waits for nothing outside is paused this often, so that timers and signals are handled. */
const TURN_MS = 50;

const NIL: RawValue = { type: TAG.nil, value: null };

/** Reasons besides calls for which a script is suspended: to go on under the watchdog; to let signals be handled. */
const WATCH = Symbol('watch');
const PAUSE = Symbol('pause');

type SuspendReason = PendingCall | typeof WATCH | typeof PAUSE | undefined;

/**
 * Runs Lua on the calling thread in slices: a host call suspends the coroutine it is made from, the answer resumes it (Lua 5.3 manual
 * 4.7, `lua_yieldk`). The count hook bounds what executes Lua. The watchdog, which takes some 0.2 ms to set up, bounds the rest: a
 * slice gets it when it calls a library function that can run long, or goes on after a while. Ctrl-C and SIGTERM are handled between
 * slices; inside a library function that runs long, Ctrl-C alone is, by the watchdog.
 */
export class Scheduler {
  /** For library functions that can run long without executing Lua. */
  readonly guards: Guards;
  readonly #options: SchedulerOptions;
  readonly #limits: Limits;
  readonly #ready: ReadyTasks;
  readonly #watchdog: Watchdog;
  /** Coroutines that wait for a host call, with the task that they belong to. */
  readonly #waiting = new WeakMap<LuaState, LuaState>();
  readonly #cancelled = new WeakSet<LuaState>();
  readonly #tasks = new WeakMap<LuaState, { readonly name: string; crossings: number }>();
  readonly #allowances = new WeakMap<AbortSignal, Allowance>();
  #main: LuaState | undefined;
  #running: LuaState | undefined;
  #runningTask: LuaState | undefined;
  #pending: SuspendReason;
  /** The task that was suspended in the middle of something: to the others it still runs. */
  #suspendedTask: LuaState | undefined;
  readonly #releaseQueue: (() => void)[] = [];
  /** How many coroutines below the running one were resumed from a place that cannot be suspended. */
  #unyieldableDepth = 0;
  #lastTurn = monotonicNow();
  /** Where a pause found the script last, for moments in which it is nowhere: a call that is being made has no line yet. */
  #lastKnown: ScriptPosition | undefined;

  constructor(options: SchedulerOptions) {
    const { limits, breakOnSigint } = options;
    this.#options = options;
    this.#limits = limits;
    this.#ready = new ReadyTasks(options.journal);
    this.#watchdog = createWatchdog(limits, () => this.position(this.#running));
    this.guards = createGuards({ watchdog: this.#watchdog, limits, breakOnSigint, runWatched: (L, fn) => this.#runWatched(L, fn) });
  }

  /**
   * Suspends the script in `L` until the call has an answer; for use as the last step of a function that Lua calls. A rejection is
   * raised in the script. The signal is aborted when the task is cancelled or the run ends.
   */
  suspend(L: LuaState, start: PendingCall['start']): number {
    if (!this.canSuspend(L)) {
      return this.#options.errors.raise(
        L,
        new KosmoError('SCRIPT_ERROR', 'a function that waits cannot be called from here, because Lua cannot suspend its caller', {
          hint: 'a library function that cannot be suspended is in between, such as os.time where it reads a field through __index; collect what it needs first, then call it',
        }),
      );
    }
    const call: PendingCall = { start, id: this.#options.journal === undefined ? '' : this.nextId() };
    this.#pending = call;
    return lua_yieldk(L, 0, call, continueCall);
  }

  /** The id of the next crossing of the running task, for a journal. */
  nextId(): string {
    const task = this.#runningTask === undefined ? undefined : this.#tasks.get(this.#runningTask);
    return task === undefined ? 'host' : `${task.name}/${++task.crossings}`;
  }

  /** Call from the count hook: a script that has run for a while is paused, so that signals and timers are handled. */
  pauseLongSlice(L: LuaState): void {
    if (!this.canSuspend(L)) return;
    if (this.#limits.sliceMs() < TURN_MS && (this.#watchdog.isWatching() || !this.#limits.hasLargeStrings())) return;
    this.#pending = PAUSE;
    lua_yield(L, 0);
  }

  /** Where the script is in `L`, or was a moment ago. */
  position(L: LuaState | undefined): ScriptPosition | undefined {
    return (L === undefined ? undefined : locate(L)) ?? this.#lastKnown;
  }

  /** Resumes coroutine `co` from `L`; a host call inside is passed outward, and `finish` is called with the status of a real end or yield. */
  resume(L: LuaState, co: LuaState, args: number, finish: (L: LuaState, status: number) => number): number {
    const blocks = lua_isyieldable(L) ? 0 : 1;
    this.#unyieldableDepth += blocks;
    this.#waiting.delete(co);
    this.#running = co;
    const status = lua_resume(co, L, args);
    this.#running = L;
    this.#unyieldableDepth -= blocks;
    const ended = this.#limits.limitError();
    if (ended !== undefined) return this.#options.errors.raise(L, ended);
    if (status !== LUA_YIELD || this.#pending === undefined) return finish(L, status);
    this.#waiting.set(co, this.#runningTask as LuaState);
    return lua_yieldk(L, 0, undefined, () => this.resume(L, co, 0, finish));
  }

  /** Whether `co` waits for a host call somewhere inside, so that to Lua it is "normal" and not "suspended"; or waited for one that was cancelled: it is dead. */
  waitState(co: LuaState): 'waiting' | 'cancelled' | undefined {
    const task = this.#waiting.get(co);
    return task === undefined ? undefined : this.#cancelled.has(task) ? 'cancelled' : 'waiting';
  }

  /** Whether `L` is the script itself or a task, and not a coroutine that a script made: it cannot yield. */
  isTask(L: LuaState): boolean {
    return this.#tasks.has(L);
  }

  /** The task that runs: the script itself, or a function of `parallel` or `defer`. */
  currentTask(): LuaState | undefined {
    return this.#runningTask;
  }

  /** Whether `L` is the script itself. */
  isMain(L: LuaState): boolean {
    return L === this.#main;
  }

  /** Runs the function on the stack of `L`, the script itself, to its end. Returns the final status; throws when a limit or the signal ended it. */
  runMain(L: LuaState, signal: AbortSignal): Promise<number> {
    this.#main = L;
    this.#pending = undefined;
    this.#lastKnown = undefined;
    this.#unyieldableDepth = 0;
    return this.#run(L, 0, { name: 'main', signal });
  }

  /** Runs a function on a thread of its own, at the same time as other tasks. Throws when a limit or the signal ended it. */
  async runTask(fn: RawValue, args: readonly RawValue[], options: TaskOptions): Promise<TaskOutcome> {
    this.#throwIfEnded(options.signal);
    const { state } = this.#options;
    const L = lua_newthread(state);
    lua_pop(state, 1);
    for (const raw of [fn, ...args]) pushRaw(L, raw);
    const status = await this.#run(L, args.length, options);
    if (status !== LUA_OK) return { error: { ...topValue(L, -1) } };
    return { value: lua_gettop(L) === 0 ? NIL : { ...topValue(L, -lua_gettop(L)) } };
  }

  /** Code that runs under `signal` uses up this allowance. */
  allot(signal: AbortSignal, allowance: Allowance | undefined): void {
    if (allowance !== undefined) this.#allowances.set(signal, allowance);
  }

  /** The allowance of code that runs under `signal`. */
  allotted(signal: AbortSignal): Allowance | undefined {
    return this.#allowances.get(signal);
  }

  /** Runs work of the host on the script's values, as part of the script's time. */
  runCounted<Result>(work: () => Result): Result {
    this.#limits.startSlice();
    try {
      return this.#limits.hasLargeStrings() ? this.#watchdog.watch(work, this.#options.breakOnSigint) : work();
    } finally {
      this.#limits.endSlice();
    }
  }

  /** Whether a function that waits can be called from `L` where it is now. */
  canSuspend(L: LuaState): boolean {
    return lua_isyieldable(L) && this.#unyieldableDepth === 0;
  }

  #runWatched(L: LuaState, fn: LuaFunction): number {
    if (!this.canSuspend(L)) return this.#watchdog.watch(() => fn(L), this.#options.breakOnSigint);
    this.#pending = WATCH;
    return lua_yieldk(L, 0, undefined, (state) => fn(state));
  }

  async #run(L: LuaState, args: number, { name, signal, waits }: TaskOptions): Promise<number> {
    this.#tasks.set(L, { name, crossings: 0 });
    this.#ready.add();
    const { errors, journal } = this.#options;
    let given = args;
    let reason: SuspendReason;
    try {
      for (;;) {
        if (monotonicNow() - this.#lastTurn > TURN_MS) await this.#yieldToEventLoop();
        while (this.#suspendedTask !== undefined && this.#suspendedTask !== L) {
          await new Promise<void>((resolve) => this.#releaseQueue.push(resolve));
        }
        this.#throwIfEnded(signal);
        const status = this.#runSlice(L, given, reason);
        given = 0;
        // The hook never sees many short slices, each of which leaves something behind.
        this.#limits.check(() => locate(L) ?? this.position(this.#main));
        this.#throwIfEnded(signal);
        if (status !== LUA_YIELD) return status;
        reason = this.#pending;
        this.#pending = undefined;
        if (reason === undefined) throw new Error('the script yielded without a call');
        if (reason === WATCH || reason === PAUSE) {
          this.#suspendedTask = L;
          this.#lastKnown = locate(L);
          await this.#yieldToEventLoop();
        } else {
          this.#release(L);
          waits?.();
          this.#ready.remove();
          try {
            reason.answer = await waitForAnswer(reason, { signal, errors, journal });
          } finally {
            this.#ready.add();
          }
        }
        this.#throwIfEnded(signal);
      }
    } catch (thrown) {
      this.#cancelled.add(L);
      throw thrown;
    } finally {
      this.#release(L);
      this.#ready.remove();
    }
  }

  #runSlice(L: LuaState, args: number, reason: SuspendReason): number {
    const hasLargeStrings = this.#limits.hasLargeStrings();
    this.#limits.startSlice();
    this.#running = L;
    this.#runningTask = L;
    try {
      if (reason !== WATCH && reason !== PAUSE && !hasLargeStrings) return lua_resume(L, null, args);
      // Where the hook comes round often, Ctrl-C waits for the end of the slice.
      return this.#watchdog.watch(() => lua_resume(L, null, args), this.#options.breakOnSigint && (reason === WATCH || hasLargeStrings));
    } catch (thrown) {
      // Fengari's own bookkeeping can break when an error comes in the middle of another; the limit came first.
      throw this.#limits.limitError() ?? thrown;
    } finally {
      this.#limits.endSlice();
    }
  }

  #release(L: LuaState): void {
    if (this.#suspendedTask !== L) return;
    this.#suspendedTask = undefined;
    for (const resolve of this.#releaseQueue.splice(0)) resolve();
  }

  // Signals are handled in the event loop's poll phase, which the second turn has behind it.
  async #yieldToEventLoop(): Promise<void> {
    await nextTurn();
    await nextTurn();
    this.#lastTurn = monotonicNow();
  }

  #throwIfEnded(signal: AbortSignal): void {
    this.#limits.enter(this.#allowances.get(signal));
    const ended = this.#limits.limitError();
    if (ended !== undefined) throw ended;
    if (signal.aborted) throw signal.reason;
  }
}
