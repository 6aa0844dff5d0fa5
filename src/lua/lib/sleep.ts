import { LUA_TNUMBER, type LuaFunction, lua_pushnil, lua_tonumber, lua_type } from 'fengari/src/lua.js';
import { KosmoError } from '../../errors/index.ts';
import { NEVER_ABORTED } from '../../platform/abort-listeners.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import { withPosition } from '../engine/script-errors.ts';
import type { HostFunctionEntry, SandboxJournal } from '../host-call.ts';
import type { ErrorValues } from '../values/error.ts';
import { SLEEP_SECONDS } from './signatures.ts';

/** `sleep(seconds)`: suspends the script; fractions are allowed. Other work of the host goes on, and so does the wall clock. */
export function sleepFunction(
  scheduler: Scheduler,
  errors: ErrorValues,
  { journal, port }: { readonly journal?: SandboxJournal | undefined; readonly port?: HostFunctionEntry | undefined } = {},
): LuaFunction {
  return (L) => {
    const seconds = lua_type(L, 1) === LUA_TNUMBER ? lua_tonumber(L, 1) : Number.NaN;
    const { minimum, maximum } = SLEEP_SECONDS;
    if (!(seconds >= minimum && seconds <= maximum)) {
      const message = `sleep: expected a number of seconds from ${minimum} to ${maximum}.`;
      return errors.raise(L, new KosmoError('INVALID_ARGUMENTS', withPosition(L, message)));
    }
    const line = journal === undefined ? undefined : scheduler.position(L)?.line;
    return scheduler.suspend(L, async (signal, id) => {
      const live = async (left = seconds): Promise<null> => {
        port?.call([left], { signal: NEVER_ABORTED });
        await pause(left * 1000, signal);
        return null;
      };
      await (journal === undefined ? live() : journal.call(id, { name: 'sleep', args: [seconds], line, signal, live }));
      return (state) => {
        lua_pushnil(state);
        return 1;
      };
    });
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
