import type { Elicit, Relay, ToolDescription } from '../../integration/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { HostArguments } from '../../lua/index.ts';
import type { Authorization, authorize, PolicyOptions } from '../../policy/index.ts';
import type { CallCaps } from './call-caps.ts';
import type { ConnectionPool } from './connection-pool.ts';
import type { ToolValidator } from './load-validator.ts';
import type { CallObserver, ObservedCall } from './observer.ts';
import type { CallOptions } from './options.ts';
import type { Target } from './target.ts';

/** Makes one call. Rejects with a `KosmoError` that is in the log. */
export type MakeCall = (target: Target, args: HostArguments, signal: AbortSignal) => Promise<JsonValue>;

/** What the calls of one run share. */
export interface RunState {
  readonly connections: ConnectionPool;
  readonly policy: PolicyOptions;
  readonly observer: CallObserver;
  /** Answers questions of MCP servers to the user. */
  readonly elicit: Elicit | undefined;
  /** What the gateway forwards to MCP servers and back. */
  readonly relay: Relay | undefined;
  /** Decides about each call. */
  readonly authorize: typeof authorize;
  /** The validators of tools that were called already. */
  readonly validators: Map<ToolDescription, ToolValidator>;
  /** The providers whose warnings were given: once in a run is enough. */
  readonly warnedProviders: Set<string>;
  /** What the run may call, and how often. @default undefined (no restriction) */
  readonly caps: CallCaps | undefined;
  /** Keeps the writes of a durable run. @default undefined (the run ends with its process) */
  readonly journal: CallJournal | undefined;
  /** For composed tools. */
  readonly makeCall: MakeCall;
}

/** What a durable run keeps of its calls. */
export interface CallJournal {
  /** Before anything is asked or sent: throws for a write that was sent before a crash and must not be sent again. */
  readonly resume: (call: Call) => undefined;
  /** Commits the intent of an authorized write. */
  readonly commit: (call: Call) => undefined | Promise<undefined>;
  /** A call that a composed write makes, or made before a crash. */
  readonly inner: (target: Target, args: HostArguments, signal: AbortSignal, live: () => Promise<JsonValue>) => Promise<JsonValue>;
}

/** One call on its way through the stages. */
export interface Call extends ObservedCall {
  readonly run: RunState;
  readonly target: Target;
  readonly rawArguments: HostArguments;
  readonly signal: AbortSignal;
  /** Set by `validate`. */
  options: CallOptions;
  /** Set by `validate`. */
  args: Record<string, JsonValue>;
  /** Set by `cap`: takes the call off the count, because it is not sent. */
  uncount?: () => void;
  /** Set by `authorize`; `dispatch` demands it. */
  authorization?: Authorization;
  /** Set by the journal: the call was sent before a crash. */
  isRepeated?: true;
  /** Set by `compose` or `dispatch`. */
  result?: JsonValue;
}

/** A stage of a call. It throws to refuse the call; `'done'` ends the call early. */
export type Stage = (call: Call) => undefined | 'done' | Promise<undefined | 'done'>;
