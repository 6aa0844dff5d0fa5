import type { ErrorDetail } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';

/** The version of the format. */
export const FORMAT = 1;

/** The first line: what the run began with. */
export interface RunLine {
  readonly k: 'run';
  readonly v: typeof FORMAT;
  /** How messages call the script. */
  readonly chunk: string;
  readonly seed: number;
  readonly input: JsonValue;
  /** The names of the accounts that scripts saw, by integration. */
  readonly accounts: Readonly<Record<string, readonly string[]>>;
}

/** What came back: a value, or the error that was raised. */
export type Answered = { readonly a: JsonValue } | { readonly x: ErrorDetail };

interface CrossingLine {
  /** Its id: task and number. */
  readonly c: string;
  /** The name of the function. */
  readonly f: string;
}

/** A call of the script, with its arguments or the error that they had. */
export interface CallFacts extends CrossingLine {
  readonly args: readonly JsonValue[] | ErrorDetail;
}

/** An answer, in the order in which answers reached the script. */
export type AnswerLine = { readonly k: 'ans' } & CallFacts & Answered & { readonly effects?: readonly JsonValue[] };

/** A call whose answer the script did not wait for. */
export type LeftLine = { readonly k: 'left' } & CallFacts;

/** A value of the moment, such as the time. */
export type ValueLine = { readonly k: 'val' } & CrossingLine & Answered;

/** The run was ended from outside. */
export interface StopLine {
  readonly k: 'stop';
  readonly x: ErrorDetail;
}

/** The last line. */
export interface EndLine {
  readonly k: 'end';
  readonly status: 'done' | 'failed';
}

export type Line = RunLine | AnswerLine | LeftLine | ValueLine | StopLine | EndLine;
