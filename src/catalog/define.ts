import type { JsonValue } from '../json/index.ts';
import type { JsonSchema } from './schema.ts';

/** Whether a tool only looks (`read`) or changes something on the remote side (`write`). */
export type Operation = 'read' | 'write';

/** One credential of an account, for example `customer_secret`. */
export interface CredentialField {
  /** `snake_case`; the environment variable is `<ID>_<NAME>` or `<ID>_<ACCOUNT>_<NAME>` in upper case. */
  readonly name: string;
  readonly label: string;
  readonly required: boolean;
  readonly secret: boolean;
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
  readonly observe?: (facts: CallFacts) => void;
  /** Milliseconds for the whole call. @default the integration's */
  readonly timeoutMs?: number;
  /** Whether a failed request is sent again where that is safe. @default true */
  readonly retry?: boolean;
}

/** How a call came about, for its log entry. */
export interface CallFacts {
  /** How many requests were sent, where it was more than one. */
  readonly attempts?: number;
  /** The remote side's own name of the last one. */
  readonly request_id?: string;
}

/**
 * One operation of an integration. `input` is the only source of validation, argument conversion, documentation and flags.
 * `run` is given arguments that satisfy `input`.
 */
export interface Tool<Connection> {
  /** What Lua and the command line call it: `query_recording`. */
  readonly name: string;
  /** Stable machine name, unique over all integrations: `agora_query_recording`. */
  readonly slug: string;
  readonly operation: Operation;
  readonly description: string;
  readonly input: ObjectSchema;
  /** For the function's page: what comes back, a call that works as it stands, and the errors worth handling. */
  readonly docs: ToolDocs;
  readonly run: (args: Record<string, JsonValue>, connection: Connection, context: CallContext) => Promise<JsonValue>;
}

export interface ToolDocs {
  /** Markdown: what the call returns, field by field. */
  readonly returns: string;
  /** Lua that works as it stands, what comes before the call included. */
  readonly example: string;
  /** When to expect which error, and what to do. */
  readonly errors: readonly { readonly when: string; readonly advice: string }[];
}

/** Like `JsonSchema` with `type: 'object'` and properties that are always there. */
export type ObjectSchema = JsonSchema & {
  readonly type: 'object';
  readonly properties: Readonly<Record<string, JsonSchema>>;
  readonly required: readonly string[];
};

/** A command that an integration adds to the command line, as data: `cli` renders it. */
export interface IntegrationCommand {
  /** The part after `<integration>:`, for example `emulator`. */
  readonly name: string;
  readonly description: string;
  readonly options: readonly { readonly flags: string; readonly description: string; readonly default?: string }[];
  readonly examples: readonly string[];
  /** Runs until it is done or `context.signal` is aborted. */
  readonly run: (options: Readonly<Record<string, unknown>>, context: CommandContext) => Promise<void>;
}

export interface CommandContext {
  readonly signal: AbortSignal;
  /** Writes one line to stdout. */
  readonly print: (line: string) => void;
  /** Writes one line to stderr. */
  readonly note: (line: string) => void;
}

/** A stand-in for the remote side, started in this process, with the credentials that it accepts. */
export interface RunningEmulator {
  readonly credentials: Credentials;
  readonly close: () => Promise<void>;
}

export interface Integration<Connection = unknown> {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** How the credentials are presented, for example `basic_auth`. */
  readonly authStrategy: string;
  readonly credentials: readonly CredentialField[];
  readonly tools: readonly Tool<Connection>[];
  /** Opens a connection for one account. Throws `INVALID_CONFIGURATION` when a value cannot work. */
  readonly connect: (credentials: Credentials) => Connection;
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
