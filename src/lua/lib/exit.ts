import { LUA_TBOOLEAN, LUA_TNUMBER, type LuaFunction, type LuaState, lua_gettop, lua_tonumber, lua_type } from 'fengari/src/lua.js';
import { KosmoError } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { Limits } from '../engine/limits.ts';
import { withPosition } from '../engine/script-errors.ts';
import type { ErrorValues } from '../values/error.ts';
import { toJson } from '../values/from-lua.ts';
import { TAG, topValue } from '../values/raw-value.ts';

/** Exit codes from 2 to 9 and from 100 on have meanings of kosmo's own. */
const SCRIPT_CODES = { minimum: 10, maximum: 99 };

export interface ExitOptions {
  readonly limits: Limits;
  readonly errors: ErrorValues;
  readonly nullValue: object;
  readonly reserve: (L: LuaState, bytes: number) => void;
}

/** The end that a script asked for. */
export interface RequestedExit {
  /** `SCRIPT_EXIT` with the exit code, also for 0. The run ends with it as with the error of a limit. */
  readonly error: KosmoError;
  readonly code: number;
  readonly result: readonly JsonValue[] | null;
}

export interface Exit {
  /** `exit([code [, result]])` and `os.exit`: ends the script like a return. */
  readonly exit: LuaFunction;
  /** The end that the script asked for since the last `clear`. */
  readonly requested: () => RequestedExit | undefined;
  readonly clear: () => void;
}

/**
 * Ends a script from anywhere. The end is marked like a limit that was exceeded: no `pcall` catches it, and tasks of `parallel` and outer
 * coroutines end as well. Deferred functions run after it, so there it is refused.
 */
export function createExit({ limits, errors, nullValue, reserve }: ExitOptions): Exit {
  let requested: RequestedExit | undefined;
  const refuse = (L: LuaState, message: string, hint?: string): never =>
    errors.raise(L, new KosmoError('INVALID_ARGUMENTS', withPosition(L, message), hint === undefined ? {} : { hint }));
  return {
    exit(L) {
      if (limits.allowance() !== undefined)
        return refuse(L, 'exit: a deferred function runs after the end of the script, so it cannot choose the exit code.');
      const code = readCode(L);
      if (code === undefined)
        return refuse(
          L,
          'exit: the code must be 0, 1 or a whole number from 10 to 99.',
          'the other codes have meanings of their own: docs.read("errors")',
        );
      const result =
        lua_gettop(L) < 2 ? null : [toJson(topValue(L, 1 - lua_gettop(L)), 'exit: the result', nullValue, (bytes) => reserve(L, bytes))];
      requested ??= {
        error: new KosmoError('SCRIPT_EXIT', `the script ended with exit code ${code}`, { details: { exit_code: code } }),
        code,
        result: result?.[0] === null ? null : result,
      };
      return errors.raise(L, limits.end(requested.error));
    },
    requested: () => requested,
    clear() {
      requested = undefined;
    },
  };
}

function readCode(L: LuaState): number | undefined {
  if (lua_gettop(L) === 0 || topValue(L, -lua_gettop(L)).type === TAG.nil) return 0;
  const type = lua_type(L, 1);
  if (type === LUA_TBOOLEAN) return topValue(L, -lua_gettop(L)).value === true ? 0 : 1;
  const code = type === LUA_TNUMBER ? lua_tonumber(L, 1) : Number.NaN;
  const isAllowed = code === 0 || code === 1 || (code >= SCRIPT_CODES.minimum && code <= SCRIPT_CODES.maximum);
  return Number.isInteger(code) && isAllowed ? code : undefined;
}
