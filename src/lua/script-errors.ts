import { LUA_TSTRING, type LuaState, lua_tolstring, lua_type } from 'fengari/src/lua.js';
import { isKosmoError, KosmoError, withDetails } from '../errors/index.ts';
import { locate, traceback } from './position.ts';
import { formatValue } from './values/format.ts';
import { topValue } from './values/kinds.ts';
import { toDisplayText } from './values/string.ts';

/** Characters of an uncaught error that are kept. */
const MESSAGE_AT_MOST = 65_536;

/** The error of a script whose thread `L` died with it on top; `raised` is it, where it is one of ours. `main` lends its stack. */
export function uncaughtError(
  main: LuaState,
  L: LuaState,
  raised: KosmoError | undefined,
  nullValue: object,
  reserve: (bytes: number) => void,
): KosmoError {
  const line = locate(L)?.line;
  const place = { ...(line === undefined ? {} : { line }), traceback: traceback(main, L) };
  if (raised !== undefined) return withDetails(raised, { ...place, ...raised.details });
  return new KosmoError('SCRIPT_ERROR', textOfError(L, nullValue, reserve), { details: place });
}

/** What was raised and is on top of the stack, as text: any value can be. */
export function textOfError(L: LuaState, nullValue: object, reserve: (bytes: number) => void): string {
  if (lua_type(L, -1) === LUA_TSTRING)
    return shorten(toDisplayText((lua_tolstring(L, -1) ?? new Uint8Array(0)).subarray(0, MESSAGE_AT_MOST + 1)));
  const text = formatValue(topValue(L, -1), nullValue, reserve);
  return shorten(Buffer.from(text.slice(0, MESSAGE_AT_MOST + 1), 'latin1').toString('utf8'));
}

// A message goes into the envelope several times over.
function shorten(message: string): string {
  return message.length <= MESSAGE_AT_MOST ? message : `${message.slice(0, MESSAGE_AT_MOST)}… [message cut here]`;
}

/** What went wrong inside a library function: a limit, a deep recursion, or a fault of ours. A string is raised as Lua raises its own. */
export function asScriptError(thrown: unknown): KosmoError | string {
  if (isKosmoError(thrown)) return thrown;
  if (thrown instanceof RangeError) {
    return /call stack/i.test(thrown.message) ? 'stack overflow' : 'not enough memory: a string or table would be too large';
  }
  // What JavaScript says of it is no business of the script; the cause is there for --debug.
  return new KosmoError('INTERNAL_ERROR', 'a library function cannot work with these arguments', {
    cause: thrown,
    hint: 'check the arguments; if they are right, run again with KOSMO_DEBUG=1 to see the cause, and report it',
  });
}

/** A message with the line that runs before it, as Lua's own libraries put it there. */
export function withPosition(L: LuaState, message: string): string {
  const position = locate(L);
  return position === undefined ? message : `${position.chunk}:${position.line}: ${message}`;
}
