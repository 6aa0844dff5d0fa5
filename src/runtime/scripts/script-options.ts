import type { Elicit, Relay } from '../../integration/index.ts';
import type { RunJournal } from '../../journal/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { LimitOptions } from '../../lua/index.ts';
import type { PolicyOptions } from '../../policy/index.ts';
import type { RunActivity } from '../calls/activity.ts';
import type { CallCap } from '../calls/call-caps.ts';
import type { CallEvent } from '../calls/events.ts';
import type { LeftOpen } from '../calls/open-resources.ts';
import type { WorkflowApproval } from '../workflow/approval.ts';
import type { ModuleReader } from '../workflow/modules.ts';
import type { LogEntry, WorkflowAnswer, WorkflowQuestion } from '../workflow/workflow-run.ts';

/** What a script may do and sees, whether it runs once or line by line. */
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
  /** Called with each line of `log`, as it is logged. @default undefined (only the report has it) */
  readonly onLog?: (entry: LogEntry) => void;
  /** The modules that the script can require. @default undefined (no modules) */
  readonly modules?: ModuleReader;
  /** How often functions may be called, besides the caps of the configuration and of the workflow. @default [] */
  readonly caps?: readonly CallCap[];
  /** The user's approval of the script. @default undefined (no approval) */
  readonly approval?: WorkflowApproval;
  /** Asks one question for all calls of a workflow that declares them. @default undefined (each call is asked about) */
  readonly askWorkflow?: (question: WorkflowQuestion, signal: AbortSignal) => Promise<WorkflowAnswer>;
  /** Called for each event of a call while the run goes on. @default undefined (not reported) */
  readonly onCall?: (event: CallEvent) => void;
  /** Called at the end of a run that left something open on the remote side. @default undefined (not reported) */
  readonly onLeftOpen?: (resources: readonly LeftOpen[]) => void;
  /** Follows what the run does, for people who watch it. @default undefined (not followed) */
  readonly activity?: RunActivity;
  readonly breakOnSigint?: boolean;
  /** Stop the resources that the run left open, however it ends. @default false */
  readonly stopOnExit?: boolean;
  /** Whether the script gets `app.integrations`, besides MCP servers. @default true */
  readonly integrations?: boolean;
}

/** Options of a script that runs once. */
export interface RunOptions extends SessionOptions {
  /** Records the run, or repeats a recorded one without a live call. Not with threads. @default undefined (neither) */
  readonly journal?: RunJournal;
  readonly signal?: AbortSignal;
}
