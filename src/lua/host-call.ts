import type { KosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';

/** What a host function may use besides its arguments. */
export interface HostCallContext {
  /** Aborted when the run ends, is interrupted or passes its time; the reason is a `KosmoError`. */
  readonly signal: AbortSignal;
}

/**
 * What decides the moments of a run that is recorded or repeated. A crossing is whatever a task asks of the host; its id is the name of
 * the task and a number, the same whenever the run is repeated: `main/3` is the third crossing of the script itself. Without a journal
 * nothing is held back.
 */
export interface SandboxJournal {
  /** Begins `math.random` and the pivots of `table.sort`. A whole number below 2^32. */
  readonly seed: number;
  /** A value of the moment: what `compute` gives, or gave when the run was recorded. It may throw a `KosmoError`, which is kept as well. */
  readonly value: (id: string, name: string, compute: () => JsonValue) => JsonValue;
  /** A call that the host answers: `live` makes it. Rejects as `live` does or did. */
  readonly call: (id: string, call: JournalledCall) => Promise<JsonValue>;
  /** Resolves when the answer of the crossing may enter Lua; never if the signal is aborted before. */
  readonly turn: (id: string, signal: AbortSignal) => Promise<void>;
  /** No task can go on without an answer. */
  readonly quiet: () => void;
  /** The run was ended from outside: by a limit, the time or a signal. */
  readonly stopped: (error: KosmoError) => void;
  /** Whether the run goes on in another process: then deferred functions do not run here. @default never */
  readonly isLeft?: () => boolean;
}

export interface JournalledCall {
  readonly name: string;
  readonly args: HostArguments;
  /** The line of the script, where that is known. */
  readonly line: number | undefined;
  /** Aborted when the script no longer waits for the answer. */
  readonly signal: AbortSignal;
  /** Makes the call. A sleep that was begun before gets the seconds that are left. */
  readonly live: (secondsLeft?: number) => Promise<JsonValue>;
}

/** The arguments of a call as JSON values (an absent one is `null`), or why the script's values cannot be passed on. */
export type HostArguments = readonly JsonValue[] | KosmoError;

/**
 * The port: everything a script can reach of the world is one of these. The result goes back as a JSON value; a rejection with a
 * `KosmoError` is raised in the script at the call.
 */
export type HostFunction = (args: HostArguments, context: HostCallContext) => JsonValue | Promise<JsonValue>;

/** A read-only table that scripts see: functions and further tables by name. */
export interface HostNamespace {
  readonly kind: 'namespace';
  /** Called once, when a script first looks inside; with `find`, each time that it asks for the list, which it may have to wait for. */
  readonly entries: () => Readonly<Record<string, HostEntry>> | Promise<Readonly<Record<string, HostEntry>>>;
  /** What is behind a name, where names are more than those listed, or known only once they are called. */
  readonly find?: (name: string) => HostEntry | undefined;
  /** The error of calling `path`, which does not exist here (a dotted path from the global on). Without it a missing name is nil. */
  readonly missing?: (path: string) => KosmoError;
}

export interface HostFunctionEntry {
  readonly kind: 'function';
  /** Another name in the same table, which is not listed. @default undefined (none) */
  readonly alias?: string;
  readonly call: HostFunction;
  /** The function does not wait, so it can be called where a script cannot be suspended; the rare answer that is a promise needs one that can. */
  readonly immediate?: boolean;
  /** What it says of arguments that it refuses itself begins with the line of the script, as with Lua's own libraries. */
  readonly namesLine?: boolean;
}

export type HostEntry = HostNamespace | HostFunctionEntry;

/** What library functions of scripts need of the host. Each function is `immediate`. Without its port, a library function does not exist, unless its port says so. */
export interface HostPorts {
  /** Behind `workflow`: takes the declaration, and returns the finished input. May return a promise. */
  readonly declare?: HostFunctionEntry;
  /** Behind `log`: takes a line. */
  readonly log?: HostFunctionEntry;
  /** Behind `require`: takes the name of a module, and returns `{chunk, source}`, each byte of the source as one character. */
  readonly findModule?: HostFunctionEntry;
  /** Behind `sleep`: takes the seconds when the script goes to sleep. `sleep` exists without it. */
  readonly sleep?: HostFunctionEntry;
}
