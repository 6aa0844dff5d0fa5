import type { KosmoError } from '../../errors/index.ts';

/** Given instead of a line: what has been typed so far is thrown away. */
export const CANCEL: unique symbol = Symbol('cancel');

/** Where the lines of a session come from. */
export interface LineInput {
  /** How the bytes of Lua are written in the lines. */
  readonly encoding: 'utf8' | 'latin1';
  /** The next line, undefined at the end. `begins` says that it begins something, and does not go on with what came before. */
  readonly read: (begins: boolean) => Promise<string | typeof CANCEL | undefined>;
  /** Does work that Ctrl-C ends through the signal. */
  readonly run: <Result>(work: (signal: AbortSignal) => Promise<Result>) => Promise<Result>;
  /** The signal of the process that ended the input, if one did. */
  readonly endedBy: () => KosmoError | undefined;
}
