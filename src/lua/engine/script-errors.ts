import type { TString } from 'fengari/src/lstring.js';
import type { LuaState } from 'fengari/src/lua.js';
import { isKosmoError, KosmoError, withDetails } from '../../errors/index.ts';
import { formatValue } from '../values/format.ts';
import { isString, type RawValue } from '../values/raw-value.ts';
import { toDisplayText } from '../values/string.ts';
import { hintForError, hintForName } from './hints.ts';
import { locate, traceback } from './position.ts';

/** Characters of an uncaught error that are kept. */
const MAX_MESSAGE_LENGTH = 65_536;

/** An error that no `pcall` in the thread `L` caught, with the position where it was raised. `main` lends its stack. */
export function withLocation(main: LuaState, L: LuaState, error: KosmoError): KosmoError {
  const line = locate(L)?.line;
  return withDetails(error, { ...(line === undefined ? {} : { line }), traceback: toDisplayText(traceback(main, L)), ...error.details });
}

/** An error with what to write in place of a name that `script` uses and scripts do not have. */
export function withHint(error: KosmoError, script: string | Uint8Array): KosmoError {
  if (error.code !== 'SCRIPT_ERROR' || error.hint !== undefined || !error.message.includes('a nil value')) return error;
  const line = /:(\d+): attempt to /.exec(error.message)?.[1];
  const text = typeof script === 'string' ? script : toDisplayText(script);
  const hint = hintForError(error.message, text, line === undefined ? undefined : Number(line));
  if (hint === undefined) return error;
  // A run without integrations has no such function, whatever Lua says of the table.
  const code = hint === hintForName('app.integrations') ? 'UNKNOWN_FUNCTION' : error.code;
  return new KosmoError(code, error.message, { hint, details: error.details, cause: error });
}

/** What was raised, as text: any value can be. */
export function errorText(raw: RawValue, nullValue: object, reserve: (bytes: number) => void): string {
  if (isString(raw)) return shorten(toDisplayText((raw.value as TString).getstr().subarray(0, MAX_MESSAGE_LENGTH + 1)));
  const text = formatValue(raw, nullValue, reserve);
  return shorten(Buffer.from(text.slice(0, MAX_MESSAGE_LENGTH + 1), 'latin1').toString('utf8'));
}

// A message goes into the envelope several times over.
function shorten(message: string): string {
  return message.length <= MAX_MESSAGE_LENGTH ? message : `${message.slice(0, MAX_MESSAGE_LENGTH)}… [message cut here]`;
}

/** What went wrong inside a library function: a limit, a deep recursion, or a fault of ours. A string is raised as Lua raises its own. */
export function toScriptError(thrown: unknown): KosmoError | string {
  if (isKosmoError(thrown)) return thrown;
  if (thrown instanceof RangeError) {
    return /call stack/i.test(thrown.message) ? 'stack overflow' : 'not enough memory: a string or table would be too large';
  }
  // What JavaScript says of it is no business of the script; KOSMO_DEBUG shows it to people.
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
