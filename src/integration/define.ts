import type { JsonValue } from '../json/index.ts';
import type { JsonSchema, ObjectSchema, Problem } from '../schema/index.ts';
import type { Elicit } from './elicitation.ts';
import type { Relay } from './relay.ts';

/** A `write` changes something on the remote side, a `read` does not. */
export type Operation = 'read' | 'write';

/**
 * A write that was sent when the process of a durable run ended: it is sent again, or only within so many seconds, or its outcome is unknown.
 */
export type AfterCrash = 'repeat' | 'unknown' | { readonly repeatWithinSeconds: number };

/** One credential of an account, for example `customer_secret`. */
export interface CredentialField {
  /** `snake_case`; the environment variable is `<ID>_<NAME>` or `<ID>_<ACCOUNT>_<NAME>` in upper case. */
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
  readonly secret: boolean;
  /** Requests, with secrets, are sent to this URL: a project's file may not set it. @default false */
  readonly isEndpoint?: true;
  /** The probe succeeds with any value of it. @default false */
  readonly notVerifiedByProbe?: true;
  readonly description: string;
}

/** Credential values of one account by field name. */
export type Credentials = Readonly<Record<string, string>>;

/** The context of a call. */
export interface CallContext {
  /** Aborted when the run ends, is canceled or exceeds its time. */
  readonly signal: AbortSignal;
  /** Adds a sentence to the call's log entry. */
  readonly warn: (message: string) => void;
  /** Adds facts to the call's log entry. */
  readonly observe?: (facts: CallMetadata) => void;
  /** Registers a resource that the call left open, or removes one. Open resources are reported at the end of the run. */
  readonly trackOpenResource?: (resource: OpenResource) => void;
  readonly releaseOpenResource?: (id: string) => void;
  /** Forwards the progress that the remote side reports. @default undefined (not reported) */
  readonly progress?: (progress: CallProgress) => void;
  /** Answers questions of an MCP server to the user. @default undefined (the call fails with `ELICITATION_REQUIRED`) */
  readonly elicit?: Elicit;
  /** What the gateway forwards to an MCP server and back. @default undefined (nothing) */
  readonly relay?: Relay;
  /** Makes another call of the same account, for a tool with `usesTools`. It is checked, approved and logged like a call of the script. */
  readonly call?: (tool: string, args: Readonly<Record<string, JsonValue>>) => Promise<JsonValue>;
  /** Milliseconds for the whole call. @default the value of the integration */
  readonly timeoutMs?: number;
  /** Whether a failed request is repeated if that is safe. @default true */
  readonly retry?: boolean;
  /** The call was sent before a crash, and may have acted. @default false */
  readonly repeated?: boolean;
}

/** Something on the remote side that runs, and costs, until it is stopped. */
export interface OpenResource {
  readonly id: string;
  /** Names it in messages: `the recording 38f8… of team-standup`. @default its integration and id */
  readonly label?: string;
  /** What it is, in one word: `recording`. @default 'resource' */
  readonly noun?: string;
  /** False if its start was sent and not answered, so that it may not exist. @default true */
  readonly isCertain?: boolean;
  /** The command that lists and stops such resources: `kosmo agora:recordings`. @default undefined (no such command) */
  readonly stopCommand?: string;
  /** What a user or program needs to find it; published in `open_recordings`. */
  readonly facts: Readonly<Record<string, JsonValue>>;
  /** The call that stops it; absent if too little is known. */
  readonly stop?: { readonly tool: string; readonly args: Readonly<Record<string, JsonValue>> };
}

/** The progress of a call on the remote side. It never decreases. */
export interface CallProgress {
  readonly progress: number;
  /** The value of `progress` at the end, if it is known. */
  readonly total?: number;
  readonly message?: string;
}

/** Facts of a call for its log entry. */
export interface CallMetadata {
  /** The number of requests, if it is more than one. */
  readonly attempts?: number;
  /** The remote side's id of the last request. */
  readonly request_id?: string;
  /** The subject of the call, see `Integration.subject`. */
  readonly cname?: string;
  readonly sid?: string;
}

/**
 * One operation of an integration. `input` is the only source of validation, argument conversion, documentation and flags.
 * `run` gets arguments that satisfy `input`.
 */
export interface Tool<Connection> {
  /** The name in Lua and on the command line: `query_recording`. */
  readonly name: string;
  /** The name in scripts, if `name` is not a Lua name. */
  readonly alias?: string;
  /** Stable machine name, unique over all integrations: `agora_query_recording`. */
  readonly slug: string;
  readonly operation: Operation;
  /** What one call does, for questions that count calls: `start`, `recording`. The plural has an s. @default undefined (the name of the tool) */
  readonly effect?: { readonly verb: string; readonly noun: string };
  /**
   * The tools that it calls through `context.call`. Such a tool gets no connection. Its calls are approved and logged; the tool itself is not.
   */
  readonly usesTools?: readonly string[];
  /** Only for writes. Say `repeat` if the remote side documents that twice is once. @default 'unknown' */
  readonly afterCrash?: AfterCrash;
  readonly description: string;
  readonly input: ObjectSchema;
  /** Known fields of the result. All are optional, and others are possible. */
  readonly output: JsonSchema;
  /** For the function's page: the result, an example that works, and the errors worth handling. */
  readonly docs: ToolDocs;
  /** Schemas of fields inside parameters that `input` leaves open, for pages and editors: by parameter. */
  readonly fieldSchemas?: () => Readonly<Record<string, JsonSchema>>;
  /**
   * Checks what the schema cannot express, for arguments that satisfy it. It also runs for scripts that are only checked: then some arguments
   * are `markUnknown`, and each step runs in `skipIfUnknown`.
   */
  readonly validate?: (args: Readonly<Record<string, JsonValue>>) => ValidationResult;
  /** Makes the call. Throws a `KosmoError`; anything else that it throws becomes `INTERNAL_ERROR`. */
  readonly run: (args: Record<string, JsonValue>, connection: Connection, context: CallContext) => Promise<JsonValue>;
}

/** A tool without its code. */
export interface ToolDescription extends Omit<Tool<unknown>, 'run' | 'validate' | 'fieldSchemas'> {
  /** The documented fields inside object parameters: `recording_config.maxIdleTime`, its type and its values. */
  readonly fields: readonly { readonly path: string; readonly type: string; readonly note: string }[];
}

/** The result of a check. A call with problems is not sent; warnings go into its log entry. */
export interface ValidationResult {
  readonly problems: readonly Problem[];
  readonly warnings: readonly string[];
  /** The warnings about names that are nearly documented ones. */
  readonly misspelt?: readonly Problem[];
}

export interface ToolDocs {
  /** Markdown: the result, field by field. */
  readonly returns: string;
  /** A complete Lua example, with the calls before this one. */
  readonly example: string;
  /** Errors, when they occur, and what to do. */
  readonly errors: readonly { readonly when: string; readonly advice: string }[];
}

/** What help texts show of an integration. */
export interface HelpExamples {
  /** A call that reads, as it is typed: `query_recording --sid S`. */
  readonly read: string;
  /** A call in Lua: `query_recording{sid="S"}`. */
  readonly lua: string;
  /** A function that changes something, and one that undoes it. */
  readonly write: string;
  readonly undo: string;
}

/** A command that an integration adds to the command line, as data: `cli` renders it. */
export interface IntegrationCommand {
  /** The part after `<integration>:`, for example `emulator`. */
  readonly name: string;
  readonly description: string;
  /** As commander writes them: `[action] [sids...]`. @default none */
  readonly arguments?: string;
  /** Allowed values, by the name of the argument. @default any value */
  readonly choices?: Readonly<Record<string, readonly string[]>>;
  readonly options: readonly { readonly flags: string; readonly description: string; readonly default?: string }[];
  readonly examples: readonly string[];
  /** Schema of the `--json` document: a file in the integration's folder `schemas`, without `.schema.json`. @default no `--json` */
  readonly schema?: string;
  /** Environment variables that it reads, besides those of the credentials. @default [] */
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
  /** Returns a credential that is not secret. */
  readonly credential: (account: string, field: string) => Promise<string | undefined>;
  /** Makes a call of this integration, as `integrations:call` does. With the option `force` writes need no approval. */
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

/** An emulator of the remote side in this process, with the credentials that it accepts. */
export interface RunningEmulator {
  readonly credentials: Credentials;
  readonly close: () => Promise<void>;
}

/** Options of a connection besides its credentials. */
export interface ConnectOptions {
  readonly account: string;
  /** A folder for its files, which may not exist yet; absent if nothing is kept. */
  readonly stateFolder?: string;
  /** For a dry run: gets the first request and ends the call by throwing. The connection sends nothing. */
  readonly preview?: (request: RequestPreview) => never;
}

/** The request of a dry run, with its secrets. */
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
  /** How the credentials are sent, for example `basic_auth`. */
  readonly authStrategy: string;
  /** Its documentation page, a Markdown file below the package or below the integration's own folder: `lua-docs/agora.md`. @default none */
  readonly page?: string;
  /** Calls for help texts, without the id. @default made of the tools and of samples */
  readonly helpExamples?: HelpExamples;
  readonly credentials: readonly CredentialField[];
  readonly tools: readonly Tool<Connection>[];
  /** Returns problems of the values that are set, by field, without the value. */
  readonly checkCredentials?: (credentials: Credentials) => readonly Problem[];
  /** Lists for people what an account started and may still run, from the files in `stateFolder`. */
  readonly listOpenResources?: (account: string, stateFolder: string) => Promise<readonly string[]>;
  /** Parameters and result fields that identify a call in its log entry and warnings. @default [] */
  readonly subject?: readonly (keyof CallMetadata)[];
  /** A read without arguments that fails if the credentials are rejected. */
  readonly probe?: string;
  /** Opens a connection for one account. Throws `INVALID_CONFIGURATION` for an invalid value. */
  readonly connect: (credentials: Credentials, surroundings: ConnectOptions) => Connection;
  /** Milliseconds for a stop that the end of a run makes (`--stop-on-exit`). @default 60000 */
  readonly stopTimeoutMs?: number;
  /** Closes a connection. */
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
