import type { JsonValue } from '../json/index.ts';
import type { JsonSchema, ObjectSchema, Problem } from '../schema/index.ts';

/** Whether a tool only looks (`read`) or changes something on the remote side (`write`). */
export type Operation = 'read' | 'write';

/** One credential of an account, for example `customer_secret`. */
export interface CredentialField {
  /** `snake_case`; the environment variable is `<ID>_<NAME>` or `<ID>_<ACCOUNT>_<NAME>` in upper case. */
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
  readonly secret: boolean;
  /** It says where requests are sent, secrets included: a project's file may not set it. @default false */
  readonly isEndpoint?: true;
  /** The probe succeeds with any value of it. @default false */
  readonly notVerifiedByProbe?: true;
  readonly description: string;
}

/** Credential values of one account by field name. */
export type Credentials = Readonly<Record<string, string>>;

/** What a tool may use besides its arguments. */
export interface CallContext {
  /** Aborted when the run ends, is cancelled or passes its time. */
  readonly signal: AbortSignal;
  /** Adds a sentence to the call's log entry. */
  readonly warn: (message: string) => void;
  /** Adds facts to the call's log entry. */
  readonly observe?: (facts: CallMetadata) => void;
  /** The call left something open, or ended it: what is still open at the end of a run is reported. */
  readonly trackOpenResource?: (resource: OpenResource) => void;
  readonly releaseOpenResource?: (id: string) => void;
  /** Passes on how far the remote side says it is. @default nobody hears it */
  readonly progress?: (progress: CallProgress) => void;
  /** For a composed tool: makes another call of the same account, checked, approved and logged like one of the script's own. */
  readonly call?: (tool: string, args: Readonly<Record<string, JsonValue>>) => Promise<JsonValue>;
  /** Milliseconds for the whole call. @default the integration's */
  readonly timeoutMs?: number;
  /** Whether a failed request is sent again where that is safe. @default true */
  readonly retry?: boolean;
}

/** Something on the remote side that goes on, and costs, until it is stopped. */
export interface OpenResource {
  /** Names it in messages. */
  readonly id: string;
  /** What a person or program needs to find it. */
  readonly facts: Readonly<Record<string, JsonValue>>;
  /** The call that stops it; absent where not enough is known of it. */
  readonly stop?: { readonly tool: string; readonly args: Readonly<Record<string, JsonValue>> };
}

/** How far the remote side is with a call. It never goes back. */
export interface CallProgress {
  readonly progress: number;
  /** What `progress` will be at the end, where that is known. */
  readonly total?: number;
  readonly message?: string;
}

/** How a call came about, for its log entry. */
export interface CallMetadata {
  /** How many requests were sent, where it was more than one. */
  readonly attempts?: number;
  /** The remote side's own name of the last one. */
  readonly request_id?: string;
  /** What the call was about, see `Integration.subject`. */
  readonly cname?: string;
  readonly sid?: string;
}

/**
 * One operation of an integration. `input` is the only source of validation, argument conversion, documentation and flags.
 * `run` is given arguments that satisfy `input`.
 */
export interface Tool<Connection> {
  /** What Lua and the command line call it: `query_recording`. */
  readonly name: string;
  /** What scripts call it where that is not its name, which they cannot write. */
  readonly alias?: string;
  /** Stable machine name, unique over all integrations: `agora_query_recording`. */
  readonly slug: string;
  readonly operation: Operation;
  /**
   * The tools of whose calls it is made, through `context.call`: it gets no connection, and is itself neither approved nor logged, while
   * they are.
   */
  readonly usesTools?: readonly string[];
  readonly description: string;
  readonly input: ObjectSchema;
  /** What is known of the answer: fields that may be there. Others may come, and none is promised. */
  readonly output: JsonSchema;
  /** For the function's page: what comes back, a call that works as it stands, and the errors worth handling. */
  readonly docs: ToolDocs;
  /** What is known, for readers and editors, of fields inside parameters: by parameter, where `input` leaves open what they may be. */
  readonly fieldSchemas?: () => Readonly<Record<string, JsonSchema>>;
  /**
   * What the schema cannot say: what is certainly wrong with arguments that satisfy it, and what is doubtful. A script that has not run
   * is checked too: then some arguments are `placeUnknown`, and each step runs in `whereKnown`.
   */
  readonly validate?: (args: Readonly<Record<string, JsonValue>>) => ValidationResult;
  /** Makes the call. Throws a `KosmoError`; anything else that it throws becomes `INTERNAL_ERROR`. */
  readonly run: (args: Record<string, JsonValue>, connection: Connection, context: CallContext) => Promise<JsonValue>;
}

/** A tool without its code. */
export interface ToolDescription extends Omit<Tool<unknown>, 'run' | 'validate' | 'fieldSchemas'> {
  /** The documented fields inside object parameters: `recording_config.maxIdleTime`, its type, and what it may be. */
  readonly fields: readonly { readonly path: string; readonly type: string; readonly note: string }[];
}

/** What a check found: a call with problems is not sent; warnings go into its log entry. */
export interface ValidationResult {
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  /** Those of the warnings that are about a name which is nearly a documented one. */
  readonly misspelt?: readonly Problem[];
}

export interface ToolDocs {
  /** Markdown: what the call returns, field by field. */
  readonly returns: string;
  /** Lua that works as it stands, what comes before the call included. */
  readonly example: string;
  /** When to expect which error, and what to do. */
  readonly errors: readonly { readonly when: string; readonly advice: string }[];
}

/** A command that an integration adds to the command line, as data: `cli` renders it. */
export interface IntegrationCommand {
  /** The part after `<integration>:`, for example `emulator`. */
  readonly name: string;
  readonly description: string;
  /** As commander writes them: `[action] [sids...]`. @default none */
  readonly arguments?: string;
  /** What an argument can be, by its name. @default anything */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  readonly options: readonly { readonly flags: string; readonly description: string; readonly default?: string }[];
  readonly examples: readonly string[];
  /** What `--json` prints: a file in the integration's folder `schemas`, without `.schema.json`. @default there is no `--json` */
  readonly schema?: string;
  /** Environment variables that it reads, beside those of the credentials. @default none */
  readonly environment?: readonly { readonly name: string; readonly description: string }[];
  /** Runs until it is done or `context.signal` is aborted. */
  readonly run: (options: Readonly<Record<string, unknown>>, context: IntegrationCommandContext, words: readonly string[]) => Promise<void>;
}

export interface IntegrationCommandContext {
  readonly signal: AbortSignal;
  /** Writes one line to stdout. Resolves to whether it could be written; never rejects. */
  readonly print: (line: string) => Promise<boolean>;
  /** Writes one line to stderr. */
  readonly note: (line: string) => void;
  /** The folder that connections get as `stateFolder`. */
  readonly stateFolder: string;
  /** The value of a credential that is no secret. */
  readonly credential: (account: string, field: string) => Promise<string | undefined>;
  /** Makes a call of this integration, as `integrations:call` does; with the option `force` writes need no approval. */
  readonly call: (
    tool: string,
    args: Readonly<Record<string, JsonValue>>,
    account: string,
  ) => Promise<{ readonly data: JsonValue; readonly error: CallFailure | null }>;
}

export interface CallFailure {
  readonly code: string;
  readonly message: string;
  readonly exitCode: number;
  readonly [detail: string]: unknown;
}

/** A stand-in for the remote side, started in this process, with the credentials that it accepts. */
export interface RunningEmulator {
  readonly credentials: Credentials;
  readonly close: () => Promise<void>;
}

/** What a connection may know besides its credentials. */
export interface ConnectOptions {
  readonly account: string;
  /** A folder for files of its own, which may not exist yet; absent when nothing is to be kept. */
  readonly stateFolder?: string;
  /** For a dry run: takes the first request in place of the remote side, and ends the call by throwing. Nothing is ever sent. */
  readonly preview?: (request: RequestPreview) => never;
}

/** A request as it would be sent, with its secrets. */
export interface RequestPreview {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonValue;
}

export interface Integration<Connection = unknown> {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** How the credentials are presented, for example `basic_auth`. */
  readonly authStrategy: string;
  /** Its documentation page, a Markdown file below the package or below the integration's own folder: `lua-docs/agora.md`. @default none */
  readonly page?: string;
  readonly credentials: readonly CredentialField[];
  readonly tools: readonly Tool<Connection>[];
  /** Tells what cannot work in the values that are there, missing ones aside: by field, without showing the value. */
  readonly checkCredentials?: (credentials: Credentials) => readonly Problem[];
  /** Names what was begun with an account and may still be running, as a list for people; what is remembered of it is in `stateFolder`. */
  readonly listOpenResources?: (account: string, stateFolder: string) => Promise<readonly string[]>;
  /** Parameters and fields of results that say what a call is about: they are in its entry of the log and in its warnings. @default none */
  readonly subject?: readonly (keyof CallMetadata)[];
  /** A read that needs no arguments, and fails with credentials that are not accepted. */
  readonly probe?: string;
  /** Opens a connection for one account. Throws `INVALID_CONFIGURATION` when a value cannot work. */
  readonly connect: (credentials: Credentials, surroundings: ConnectOptions) => Connection;
  /** Milliseconds for a stop that the end of a run makes (`--stop-on-exit`). @default 60000 */
  readonly stopTimeoutMs?: number;
  /** Ends what `connect` opened. */
  readonly disconnect: (connection: Connection) => Promise<void>;
  readonly commands: readonly IntegrationCommand[];
  readonly startEmulator?: () => Promise<RunningEmulator>;
}

/** Declares a tool. Returns its argument, frozen. */
export function defineTool<Connection>(tool: Tool<Connection>): Tool<Connection> {
  return Object.freeze(tool);
}

/** Declares an integration. Returns its argument, frozen. */
export function defineIntegration<Connection>(integration: Integration<Connection>): Integration<Connection> {
  return Object.freeze(integration);
}
