import type { KosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { JournalledCall, SandboxJournal } from '../lua/index.ts';

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
  readonly finish: (error: KosmoError | undefined, result?: readonly JsonValue[] | null) => KosmoError | undefined;
  /** What a run does besides that goes on after a crash. @default undefined (the run ends with its process) */
  readonly durable?: DurableRun;
}

/** The facts of a write that is about to be sent. */
export interface Intent {
  readonly account: string | null;
  /** Redacted. */
  readonly args: JsonValue;
}

/** A write that was sent, or was about to be. */
export interface BegunWrite {
  readonly acct: string | null;
  /** Milliseconds since 1970. */
  readonly t: number;
}

/** Where a durable run stands, for reports. */
export interface RunState {
  readonly id: string;
  readonly status: 'running' | 'done' | 'failed' | 'cancelled' | 'parked' | 'interrupted';
  readonly legs: number;
  /** Calls whose answers came from the journal. */
  readonly replayed_calls: number;
}

/** A run that goes on after a crash. */
export interface DurableRun {
  /** The write that was begun under this id and has no answer, because the process ended. */
  readonly begun: (id: string) => BegunWrite | undefined;
  /** Commits the intent of a write. Rejects if the write must not be sent. */
  readonly sending: (id: string, intent: Intent) => Promise<void>;
  /** A call that a composed function makes. `live` gets the id of the call. */
  readonly inner: (outer: string, call: InnerCall) => Promise<JsonValue>;
  /** Whether a printed line is new: an earlier leg did not print it. */
  readonly printed: (line: Uint8Array) => boolean;
  /** Whether the script is still where an earlier leg was. */
  readonly isReplaying: () => boolean;
  /** The modules that the run loaded. */
  readonly modules: KeptModules;
  readonly state: () => RunState;
  /** Call after `finish`: commits what is left. Never rejects: returns the error. */
  readonly settle: () => Promise<KosmoError | undefined>;
}

export interface InnerCall extends Pick<JournalledCall, 'name' | 'args' | 'signal'> {
  readonly live: (id: string) => Promise<JsonValue>;
}

/** Texts of modules that a run keeps: it goes on with what it loaded, even if the file has changed. */
export interface KeptModules {
  readonly find: (name: string) => { readonly chunk: string; readonly text: Buffer } | undefined;
  readonly keep: (name: string, chunk: string, text: Buffer) => void;
}
