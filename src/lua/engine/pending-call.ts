import type { LuaState } from 'fengari/src/lua.js';
import { toKosmoError } from '../../errors/index.ts';
import { onAbort } from '../../platform/abort-listeners.ts';
import type { SandboxJournal } from '../host-call.ts';
import type { ErrorValues } from '../values/error.ts';

/** Pushes the result of a call on the stack of the script that waits for it, and returns the number of values; or raises. */
export type Answer = (L: LuaState) => number;

/** A call that a suspended script waits for. It stays outside Lua: only its answer goes in. */
export interface PendingCall {
  readonly start: (signal: AbortSignal, id: string) => Promise<Answer>;
  /** See `SandboxJournal`. Empty without a journal. */
  readonly id: string;
  answer?: Answer;
}

export interface WaitOptions {
  readonly signal: AbortSignal;
  readonly errors: ErrorValues;
  readonly journal: SandboxJournal | undefined;
}

/** Starts the call. A rejection becomes an answer that raises it in the script. Rejects when the signal is aborted. */
export function waitForAnswer(call: PendingCall, { signal, errors, journal }: WaitOptions): Promise<Answer> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const forget = onAbort(signal, () => reject(signal.reason));
    const enter = async (answer: Answer): Promise<void> => {
      if (journal !== undefined) await journal.turn(call.id, signal);
      forget();
      resolve(answer);
    };
    call.start(signal, call.id).then(enter, (thrown: unknown) => enter((L) => errors.raise(L, toKosmoError(thrown))));
  });
}

/** Continues a suspended function with the answer to its call; the continuation of `lua_yieldk`. */
export function continueCall(L: LuaState, _status: number, call: PendingCall): number {
  if (call.answer === undefined) throw new Error('resumed before the call had an answer');
  return call.answer(L);
}
