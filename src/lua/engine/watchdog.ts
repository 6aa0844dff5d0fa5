import vm from 'node:vm';
import { KosmoError } from '../../errors/index.ts';
import type { Limits } from './limits.ts';
import type { Locate } from './script-position.ts';

/** Milliseconds that the count hook has to raise its error, which knows the line, before the code is cut off. */
const HOOK_GRACE_MS = 100;

/** The wall time of an attempt, as a multiple of what the last one should have taken: load comes and goes. */
const MARGIN = 1.25;

/** Attempts of a call before it counts as one that the machine cannot finish. */
const MAX_ATTEMPTS = 5;

/** Stops JavaScript that no hook of Lua can see: a pattern that backtracks, a loop inside a library function. */
export interface Watchdog {
  /** Whether it watches the code that runs now. */
  readonly isWatching: () => boolean;
  /**
   * Runs `fn` under `vm`'s timeout: at the limit it is cut off and the error of the limit is thrown here. `breakOnSigint` lets Ctrl-C
   * cut it off too; Node has no listener for it in the moment in which that is set up, so use it where nothing else would do.
   */
  readonly watch: <Result>(fn: () => Result, breakOnSigint: boolean) => Result;
  /** Runs `fn` for at most `ms`; undefined when it was cut off then. */
  readonly attempt: <Result>(fn: () => Result, ms: number) => Result | undefined;
  /**
   * Runs `fn`, which can begin again, until it has used up the CPU time of the run. The timeout is wall time: if other processes took the
   * processor, `fn` begins again with more of it, after `undo`.
   */
  readonly repeat: <Result>(fn: () => Result, undo: () => void) => Result;
}

export function createWatchdog(limits: Limits, where: Locate): Watchdog {
  let watching = false;
  let attempting = false;

  const attempt: Watchdog['attempt'] = (fn, ms) => {
    const before = { watching, attempting };
    watching = attempting = true;
    try {
      return runWithTimeout(fn, ms, false);
    } catch (thrown) {
      if ((thrown as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
      throw thrown;
    } finally {
      ({ watching, attempting } = before);
    }
  };

  return {
    isWatching: () => watching,
    attempt,
    repeat(fn, undo) {
      if (attempting) return fn();
      let stall = 1;
      for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
        const used = limits.cpuUsedMs();
        // No hook comes in `fn`, so it gets no time for one.
        const wallMs = Math.ceil(limits.remainingMs(stall));
        const result = attempt(fn, wallMs);
        if (result !== undefined) return result;
        undo();
        if (limits.isOverdue()) break;
        const spent = limits.cpuUsedMs() - used;
        limits.refund(spent);
        stall = (wallMs / Math.max(1, spent)) * MARGIN;
      }
      throw limits.end(limits.deadlineError(where));
    },
    watch(fn, breakOnSigint) {
      watching = true;
      try {
        return runWithTimeout(fn, Math.ceil(limits.cutOffMs()) + HOOK_GRACE_MS, breakOnSigint);
      } catch (thrown) {
        const { code } = thrown as { code?: unknown };
        if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw limits.end(limits.deadlineError(where));
        if (code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw limits.end(new KosmoError('INTERRUPTED', 'interrupted'));
        throw thrown;
      } finally {
        watching = false;
      }
    },
  };
}

const WATCHED = Symbol.for('kosmo.watched');
const watchedScript = new vm.Script(`globalThis[Symbol.for('kosmo.watched')]()`, { filename: 'kosmo-watched' });

function runWithTimeout<Result>(fn: () => Result, timeout: number, breakOnSigint: boolean): Result {
  const scope = globalThis as { [WATCHED]?: () => Result };
  const outer = scope[WATCHED];
  scope[WATCHED] = fn;
  try {
    return watchedScript.runInThisContext({ timeout, breakOnSigint }) as Result;
  } finally {
    if (outer === undefined) delete scope[WATCHED];
    else scope[WATCHED] = outer;
  }
}
