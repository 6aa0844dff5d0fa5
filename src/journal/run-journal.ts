import type { KosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { SandboxJournal } from '../lua/index.ts';

/** What a run began with, and the accounts that scripts saw. */
export interface RunStart {
  readonly chunk: string;
  readonly input: JsonValue;
  readonly accounts: Readonly<Record<string, readonly string[]>>;
}

/** Follows one run: writes down what it got from outside, or gives it that again. */
export interface RunJournal extends SandboxJournal {
  /** Call first. */
  readonly begin: (start: RunStart) => void;
  /** What the run began with when it was recorded; undefined for a live run. */
  readonly recorded: RunStart | undefined;
  /** Keeps what else a live call did, for example its entry in the log. */
  readonly keep: (id: string, effect: JsonValue) => void;
  /** Gets what `keep` kept when the call is repeated. */
  onEffect: (effect: JsonValue) => void;
  /** Aborted where the recorded run was ended from outside, and when the run differs from it; the reason is a `KosmoError`. */
  readonly ended: AbortSignal;
  /** Call last. Returns the error of a run that differs from the recorded one, or whose record cannot be kept. */
  readonly finish: (error: KosmoError | undefined) => KosmoError | undefined;
}
