import { type ErrorDetail, type KosmoError, restoreError } from '../errors/index.ts';
import { isObject, type JsonValue } from '../json/index.ts';
import type { JournalledCall } from '../lua/index.ts';
import { describeArguments } from './recorder.ts';
import type { StoredLine } from './store.ts';

/** The version of the format of journals in a store. */
export const DURABLE_FORMAT = 1;

/** What a durable run began with. */
export interface RunFacts {
  readonly chunk: string;
  /** The text of the script; each character is one byte. */
  readonly script: string;
  readonly input: JsonValue;
  readonly seed: number;
  /** Milliseconds since 1970 at which the run ends. @default undefined (it has no end) */
  readonly deadline?: number;
  /** The time zone of dates. */
  readonly zone: string;
  /** What the command that began the run needs to go on. */
  readonly settings: Readonly<Record<string, JsonValue>>;
}

/** An answer in its sealed form: a value or an error, the redacted arguments, and what else the call did. */
export interface SealedAnswer {
  readonly a?: JsonValue;
  readonly x?: ErrorDetail;
  readonly args?: JsonValue;
  readonly effects?: readonly JsonValue[];
}

/** A line of a call: `c` its id, `f` the function, `h` the hash of its arguments. */
export interface CallLine extends StoredLine {
  readonly c: string;
  readonly f: string;
  readonly h: string;
}

/** The intent of a write: committed before the write is sent. */
export interface IntentLine extends CallLine {
  readonly k: 'call';
  readonly acct: string | null;
  /** When it was written, in milliseconds since 1970. */
  readonly t: number;
  /** How often the call was made again after a crash. */
  readonly again?: number;
}

/** A sleep that began. */
export interface SleepLine extends CallLine {
  readonly k: 'sleep';
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** What effects of a call left open and closed, for readers without the key. */
export function resourcesIn(effects: readonly JsonValue[]): { readonly open?: readonly string[]; readonly closed?: readonly string[] } {
  const open = effects.flatMap((effect) => (isObject(effect) && isObject(effect.opened) ? [String(effect.opened.id)] : []));
  const closed = effects.flatMap((effect) => (isObject(effect) && typeof effect.closed === 'string' ? [effect.closed] : []));
  return { ...(open.length === 0 ? {} : { open }), ...(closed.length === 0 ? {} : { closed }) };
}

/** The value of an answer. Throws its error. */
export function answerOf({ a, x }: SealedAnswer): JsonValue {
  if (x !== undefined) throw restoreError(x);
  return a ?? null;
}

/** An error as a journal keeps it: without a stack. */
export function errorDetail(error: KosmoError): ErrorDetail {
  const { stack: _, ...detail } = error.toJSON() as ErrorDetail & { readonly stack?: string };
  return detail as ErrorDetail;
}

/** The redacted arguments of a call. */
export function shownArguments({ args }: Pick<JournalledCall, 'args'>): JsonValue {
  return describeArguments(args) as unknown as JsonValue;
}
