import type { LuaState } from 'fengari/src/lua.js';
import { toKosmoError } from '../../errors/index.ts';
import { onAbort } from '../../platform/abort-listeners.ts';
import type { ErrorValues } from '../values/error.ts';

/** Pushes the result of a call on the stack of the script that waits for it, and returns the number of values; or raises. */
export type Answer = (L: LuaState) => number;

/** A call that a suspended script waits for. It stays outside Lua: only its answer goes in. */
export interface PendingCall {
  readonly start: (signal: AbortSignal) => Promise<Answer>;
  answer?: Answer;
}

/** Starts the call. A rejection becomes an answer that raises it in the script. Rejects when the signal is aborted. */
export function waitForAnswer(call: PendingCall, signal: AbortSignal, errors: ErrorValues): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const forget = onAbort(signal, () => reject(signal.reason));
    call.start(signal).then(
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
}

/** Continues a suspended function with the answer to its call; the continuation of `lua_yieldk`. */
export function continueCall(L: LuaState, _status: number, call: PendingCall): number {
  if (call.answer === undefined) throw new Error('resumed before the call had an answer');
  return call.answer(L);
}
