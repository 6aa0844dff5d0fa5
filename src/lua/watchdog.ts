import vm from 'node:vm';
import { KosmoError } from '../errors/index.ts';
import type { Limits, Locate } from './limits.ts';

/** Milliseconds that the count hook has to raise its error, which knows the line, before the code is cut off. */
const HOOK_GRACE_MS = 100;

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
}

export function createWatchdog(limits: Limits, where: Locate): Watchdog {
  let watching = false;
  return {
    isWatching: () => watching,
    watch(fn, breakOnSigint) {
      watching = true;
      try {
        return runWithTimeout(fn, Math.ceil(limits.remainingMs()) + HOOK_GRACE_MS, breakOnSigint);
      } catch (thrown) {
        const { code } = thrown as { code?: unknown };
        if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw limits.end(limits.overdue(where));
        if (code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw limits.end(new KosmoError('INTERRUPTED', 'interrupted'));
        throw thrown;
      } finally {
        watching = false;
      }
    },
    attempt(fn, ms) {
      watching = true;
      try {
        return runWithTimeout(fn, ms, false);
      } catch (thrown) {
        if ((thrown as { code?: unknown }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
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
