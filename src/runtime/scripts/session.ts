import type { CallExamples, PageForm } from '../../docs/index.ts';
import type { ErrorDetail } from '../../errors/index.ts';
import type { Elicit, Relay } from '../../integration/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { HostEntry, LimitOptions, WorkerOptions } from '../../lua/index.ts';
import type { PassedRule, PolicyOptions } from '../../policy/index.ts';
import type { CallLogEntry } from '../calls/call-log-entry.ts';
import type { CallReport, DirectCall, DirectCallOptions } from '../calls/direct-call.ts';
import type { CallEvent } from '../calls/events.ts';
import type { LeftOpen } from '../calls/open-resources.ts';
import type { FunctionReport, ProviderReport } from '../discovery.ts';
import type { DiagnoseOptions } from '../doctor/diagnose.ts';
import type { Diagnosis } from '../doctor/diagnosis.ts';
import type { Finding } from '../lint/finding.ts';
import type { HostMcp } from '../mcp/mcp-host.ts';
import type { Completion } from './complete-name.ts';
import type { ReadPage } from './docs-namespace.ts';

/** What a host is made of. */
export interface HostOptions {
  /** Where credentials are read from first. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working folder: then the settings of its project and of the user are read too. @default none are */
  readonly folder?: string;
  /** Folder of the Markdown pages that `docs.read` serves. */
  readonly guideFolder: string;
  /** What was run, for the audit log: `integrations:lua`. */
  readonly command?: string;
  /** Where integrations keep files of their own. @default they keep nothing */
  readonly stateFolder?: string;
  /** Send every call to an emulator in this process. @default false */
  readonly emulate?: boolean;
  /** Further globals of scripts. @default {} */
  readonly globals?: Readonly<Record<string, HostEntry>>;
  /** MCP servers besides those of the settings, as their files would have them. @default {} */
  readonly mcpServers?: Readonly<Record<string, unknown>>;
  /** Tell MCP servers that a user can answer their questions. A run or call that has no `elicit` refuses them. @default false */
  readonly canElicit?: boolean;
  /** Run scripts in threads of their own, which can be ended whatever they do; calls are made here. @default in this thread */
  readonly isolate?: WorkerOptions;
}

/** What a script may do and sees, whether it comes at once or line by line. */
export interface SessionOptions {
  /** How messages call the script: `eval`, `stdin`, a file's path. */
  readonly chunk: string;
  readonly policy: PolicyOptions;
  /** Answers questions of MCP servers to the user. @default undefined (the call fails with `ELICITATION_REQUIRED`) */
  readonly elicit?: Elicit;
  /** What the gateway forwards to MCP servers in every call. @default undefined (nothing) */
  readonly relay?: Relay;
  readonly limits?: LimitOptions;
  readonly input?: JsonValue;
  readonly onLine?: (line: Uint8Array) => void;
  /** Called for each event of a call while the run goes on. @default undefined (not reported) */
  readonly onCall?: (event: CallEvent) => void;
  /** Called at the end of a run that left something open on the remote side. @default undefined (not reported) */
  readonly onLeftOpen?: (resources: readonly LeftOpen[]) => void;
  readonly breakOnSigint?: boolean;
  /** Stop what the run started and left running, whatever ended it. @default false */
  readonly stopOnExit?: boolean;
  /** Whether the script gets `app.integrations`, besides MCP servers. @default true */
  readonly integrations?: boolean;
}

/** The same for a script that runs once. */
export interface RunOptions extends SessionOptions {
  readonly signal?: AbortSignal;
}

/** A script that comes line by line: globals stay from one to the next, limits and call log are each one's own. */
export interface Session {
  /** Runs one chunk, bytes of Lua; values of an expression are printed. Never rejects: every failure is in the report. One at a time. */
  readonly run: (code: Uint8Array, options?: { readonly signal?: AbortSignal }) => Promise<RunReport>;
  /** Whether `code` can only be understood with more lines. */
  readonly isBeginning: (code: Uint8Array) => boolean;
  /** What the name at the end of `line` can become: after `app.int`, `integrations`. */
  readonly complete: (line: string) => Completion;
  /** Ends the chunk that still runs. */
  readonly close: () => void;
}

/** The envelope of a Lua run; `schemas/lua-run.json` describes it. */
export interface RunReport {
  readonly success: boolean;
  readonly output: string;
  /** The list of returned values; null when nothing was returned or the run failed. */
  readonly result: readonly JsonValue[] | null;
  readonly error: string | null;
  readonly error_detail: ErrorDetail | null;
  readonly execution_time_ms: number;
  /** Highest measured memory of the script in bytes. */
  readonly memory_usage: number;
  readonly call_log: readonly CallLogEntry[];
  /** The same list under its older name. */
  readonly integration_calls: readonly CallLogEntry[];
  /** What the script started and left running, or may have. */
  readonly open_recordings: readonly Readonly<Record<string, JsonValue>>[];
  readonly meta: {
    /** `--force` or `--allow` was given, or `--stop-on-exit` passed a rule. */
    readonly permission_bypassed: boolean;
    /** The rules other than `allow` that stops of `--stop-on-exit` passed. @default undefined (none) */
    readonly passed_rules?: readonly PassedRule[];
    readonly emulator: boolean;
    readonly output_cut: boolean;
    /** Calls that the log had no room for. @default undefined (none) */
    readonly calls_left_out?: number;
    readonly cpu_time_ms: number;
  };
}

/** The only entry for the command line, the MCP server and embedding programs. */
export interface Host {
  /** Makes one call. Rejects for a function that does not exist; every other failure is in the report. */
  readonly call: (call: DirectCall, options: DirectCallOptions) => Promise<CallReport>;
  /** The value of a credential that is no secret. */
  readonly credential: (integration: string, account: string, field: string) => string | undefined;
  /** What scripts see, as annotations of the Lua Language Server. */
  readonly types: () => Promise<string>;
  /** A page of the documentation. What `restrict` refuses has none. */
  readonly readDocs: (page: string, options?: { readonly form?: PageForm; readonly restrict?: PolicyOptions['restrict'] }) => ReadPage;
  /** Calls of a function, `agora.query_recording`; undefined if no function has that name. */
  readonly examples: (name: string) => CallExamples | undefined;
  /** The pages that there are, and the list of them for people. */
  readonly listDocs: (restrict?: PolicyOptions['restrict']) => { readonly text: string; readonly pages: readonly string[] };
  /** What a search in the documentation finds, as text. */
  readonly searchDocs: (query: string, restrict?: PolicyOptions['restrict']) => string;
  /** The integrations by id, with their functions and the state of their accounts. */
  readonly providers: () => Readonly<Record<string, ProviderReport>>;
  /** How an integration stands, its accounts, and what to do next; undefined for one that does not exist. */
  readonly diagnose: (integration: string, options: DiagnoseOptions) => Promise<Diagnosis | undefined>;
  /** The functions that match, best first, at most 20. */
  readonly search: (query: string) => readonly FunctionReport[];
  /** MCP servers, which are started when they are first needed. */
  readonly mcp: HostMcp;
  /** Finds mistakes in a script without running it. */
  readonly check: (code: string | Uint8Array) => Promise<readonly Finding[]>;
  /** Runs a script once. Never rejects: every failure is in the report. */
  readonly run: (code: string | Uint8Array, options: RunOptions) => Promise<RunReport>;
  /** Opens a state that keeps its globals between the chunks that it runs. */
  readonly openSession: (options: SessionOptions) => Session;
  readonly close: () => Promise<void>;
}
