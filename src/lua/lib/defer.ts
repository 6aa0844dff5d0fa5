import { setMaxListeners } from 'node:events';
import { luaL_checktype } from 'fengari/src/lauxlib.js';
import { LUA_TFUNCTION, type LuaFunction, lua_gettop } from 'fengari/src/lua.js';
import { KosmoError, toKosmoError, withDetails } from '../../errors/index.ts';
import type { PausableClock } from '../../platform/pausable-clock.ts';
import type { Allowance, Limits } from '../engine/limits.ts';
import { locate } from '../engine/position.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import type { ScriptPosition } from '../engine/script-position.ts';
import { type RawValue, topValue } from '../values/raw-value.ts';

/** The time of each deferred function, waiting included: a stop that waits for the upload may take Agora 20 s. */
const OWN_TIME_MS = 30_000;

/** CPU time that all deferred functions share, and what each gets at least, so that a loop in one leaves the others their turn. */
const SHARED_CPU_MS = 5000;
const MIN_CPU_MS = 5;

/** More failures are counted. */
const MAX_FAILURES = 20;

interface DeferredFunction {
  readonly raw: RawValue;
  /** Where it was given. */
  readonly position: ScriptPosition | undefined;
  /** What it shares with the deferred function that gave it. */
  readonly allowance: Allowance | undefined;
}

/** The functions that a script wants run when it ends, in the order in which they were given. */
export interface Deferred {
  /** `defer(fn)`: runs `fn` at the end of the script, last given first, also after an error, a limit or a signal. */
  readonly defer: LuaFunction;
  /** Takes the function that is to run next. */
  readonly take: () => DeferredFunction | undefined;
  readonly count: () => number;
  /** Gives their turn to the functions that a deferred function gave; returns how many there are. */
  readonly release: (allowance: Allowance) => number;
  readonly clear: () => void;
}

export function createDeferred(limits: Limits): Deferred {
  const functions: DeferredFunction[] = [];
  /** What deferred functions gave: their turn comes when those have ended. */
  const late = new Map<Allowance, DeferredFunction[]>();
  return {
    defer(L) {
      luaL_checktype(L, 1, LUA_TFUNCTION);
      const { type, value } = topValue(L, -lua_gettop(L));
      const allowance = limits.allowance();
      const fn = { raw: { type, value }, position: locate(L), allowance };
      if (allowance === undefined) functions.push(fn);
      else {
        const given = late.get(allowance) ?? [];
        given.push(fn);
        late.set(allowance, given);
      }
      return 0;
    },
    take: () => functions.pop(),
    count: () => functions.length,
    release(allowance) {
      const given = late.get(allowance) ?? [];
      late.delete(allowance);
      for (const fn of given) functions.push(fn);
      return given.length;
    },
    clear: () => functions.splice(0),
  };
}

export interface DeferredRun {
  readonly deferred: Deferred;
  readonly scheduler: Scheduler;
  readonly limits: Limits;
  readonly clock: PausableClock;
  /** The error behind a value that a function raised. */
  readonly describe: (error: RawValue, signal: AbortSignal) => Promise<KosmoError>;
}

/** What deferred functions given by one another share: the time, and the signal that ends them. */
interface Scope {
  readonly abort: AbortController;
  readonly cancelTimer: () => void;
  running: number;
  /** Functions that wait for their turn. */
  queued: number;
}

/**
 * Runs the functions given to `defer`. The last one given begins first, and the next one when it ends or waits, so what they wait for goes
 * on at the same time. Each has a time of its own; functions that it gives to `defer` share it. Returns what went wrong in them.
 */
export async function runDeferred(options: DeferredRun): Promise<readonly KosmoError[]> {
  const { deferred, limits } = options;
  if (deferred.count() === 0) return [];
  limits.startGrace();
  const scopes = new Scopes(options);
  const failures: KosmoError[] = [];
  let running = 0;
  let begun = 0;
  let wake: () => void = () => undefined;

  const run = async (fn: DeferredFunction, waits: () => void): Promise<void> => {
    const { scheduler, describe } = options;
    const [allowance, signal] = scopes.enter(fn);
    running++;
    try {
      const outcome = await scheduler.runTask(fn.raw, [], { name: `defer/${++begun}`, signal, waits });
      if ('error' in outcome) failures.push(locateFailure(await describe(outcome.error, signal), fn));
    } catch (thrown) {
      failures.push(locateFailure(toKosmoError(thrown), fn));
    } finally {
      running--;
      scopes.leave(allowance);
      waits();
      wake();
    }
  };

  for (;;) {
    if (scopes.isUsedUp()) {
      failures.push(notRun(deferred.count()));
      deferred.clear();
    }
    const fn = deferred.take();
    if (fn !== undefined) await new Promise<void>((resolve) => void run(fn, resolve));
    else if (running === 0) break;
    else
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  }
  scopes.cancelTimers();
  limits.endGrace();
  return failures;
}

/** The scopes of one run of deferred functions, which share CPU time. */
class Scopes {
  readonly #options: DeferredRun;
  readonly #open = new Map<Allowance, Scope>();
  #cpuLeft = SHARED_CPU_MS;

  constructor(options: DeferredRun) {
    this.#options = options;
  }

  /** Whether functions used so much more than they share that those which are left are not run. */
  isUsedUp(): boolean {
    return this.#cpuLeft < -SHARED_CPU_MS;
  }

  /** Call when a function begins. Returns what it may use, and the signal that ends it. */
  enter(fn: DeferredFunction): readonly [Allowance, AbortSignal] {
    const allowance = fn.allowance ?? this.#begin();
    const scope = this.#open.get(allowance) as Scope;
    if (fn.allowance !== undefined) scope.queued--;
    scope.running++;
    return [allowance, scope.abort.signal];
  }

  /** Call when a function has ended. Functions that it gave to `defer` get their turn. */
  leave(allowance: Allowance): void {
    const { deferred, limits } = this.#options;
    const scope = this.#open.get(allowance) as Scope;
    if (--scope.running > 0) return;
    scope.queued += deferred.release(allowance);
    if (scope.queued > 0) return;
    // Only now is known how much it used.
    limits.enter(undefined);
    scope.cancelTimer();
    this.#open.delete(allowance);
    this.#cpuLeft += allowance.leftMs;
  }

  cancelTimers(): void {
    for (const { cancelTimer } of this.#open.values()) cancelTimer();
  }

  #begin(): Allowance {
    const { deferred, scheduler, clock } = this.#options;
    const limitMs = Math.max(MIN_CPU_MS, Math.ceil(this.#cpuLeft / (deferred.count() + 1)));
    this.#cpuLeft -= limitMs;
    const allowance: Allowance = { limitMs, leftMs: limitMs, exceeded: undefined };
    const abort = new AbortController();
    setMaxListeners(0, abort.signal);
    scheduler.allot(abort.signal, allowance);
    this.#open.set(allowance, { abort, cancelTimer: clock.after(OWN_TIME_MS, () => abort.abort(timeError())), running: 0, queued: 0 });
    return allowance;
  }
}

function locateFailure(error: KosmoError, { position }: DeferredFunction): KosmoError {
  if (position === undefined) return error;
  const at = `${position.chunk}:${position.line}`;
  // A limit that is passed between two steps has no line.
  const isNowhere = error.code === 'CPU_LIMIT' && error.details.line === undefined;
  const message = isNowhere ? `${error.message} (at ${at})` : error.message;
  return withDetails(error, { ...(isNowhere ? { line: position.line } : {}), deferred_at: at }, message);
}

/** The error of a run with what went wrong in its deferred functions; the first failure is the error of a run that had none. */
export function withFailures(error: KosmoError | undefined, failures: readonly KosmoError[]): KosmoError | undefined {
  const [first, ...others] = error === undefined ? failures : [error, ...failures];
  if (first === undefined || others.length === 0) return first;
  const shown = others.slice(0, MAX_FAILURES);
  return withDetails(first, {
    deferred_errors: shown.map(({ message }) => message),
    deferred_failures: shown.map(({ code, message, details }) => ({ code, message, deferred_at: details.deferred_at ?? null })),
    ...(others.length > shown.length ? { deferred_failures_left_out: others.length - shown.length } : {}),
  });
}

function timeError(): KosmoError {
  const seconds = OWN_TIME_MS / 1000;
  return new KosmoError('TIMEOUT', `timeout: deferred functions have ${seconds} s each`, {
    hint: 'do less at the end; --stop-on-exit stops what is open with a time of its own',
    details: { limit: seconds },
  });
}

function notRun(count: number): KosmoError {
  return new KosmoError('CPU_LIMIT', `CPU limit exceeded: ${count} deferred functions were not run, since others used up their CPU time`, {
    hint: 'do less at the end',
  });
}
