import type { JsonValue } from '../../json/index.ts';
import type { PolicyOptions } from '../../policy/index.ts';
import type { CallCap, LimitOptions, ModuleReader, RunJournal } from '../../runtime/index.ts';
import type { CommandContext } from '../context.ts';
import type { ScriptOptions } from '../options/script.ts';
import type { elicitationPrompt } from '../terminal/elicitation-prompt.ts';
import type { EventStream } from '../terminal/event-stream.ts';

/** A script, and where its modules are. */
export interface Script {
  readonly code: string | Uint8Array;
  /** How messages call it. */
  readonly chunk: string;
  /** The file that it is from; without one it has no stored approval. */
  readonly file?: string;
  readonly modules: ModuleReader;
  /** The folder of the modules. @default undefined (it has none) */
  readonly folder?: string | undefined;
}

/** What the options of a script mean. */
export interface PreparedRun {
  readonly stream: EventStream | undefined;
  readonly limits: LimitOptions;
  readonly policy: PolicyOptions;
  readonly caps: readonly CallCap[];
  /** Answers questions of MCP servers; undefined without a user. */
  readonly elicit: ReturnType<typeof elicitationPrompt>;
}

/** How a script is run. */
export interface ScriptRun {
  readonly run: PreparedRun;
  readonly options: ScriptOptions;
  readonly context: CommandContext;
  /** Whether the script gets `app.integrations`. */
  readonly integrations: boolean;
  /** Print no JSON document and leave the host open for other runs. @default false */
  readonly isOneOfMany?: boolean;
}

/** A script with its input, and what follows its run. */
export interface OpenedRun {
  readonly script: Script;
  readonly input: JsonValue;
  readonly journal: RunJournal | undefined;
  readonly signal: AbortSignal;
  /** Call at the end. */
  readonly close: () => void;
}
