import { KosmoError } from '../../errors/index.ts';
import { Sandbox } from '../../lua/index.ts';
import { monotonicNow } from '../../platform/clock.ts';
import { type Completion, completeName } from './complete-name.ts';
import type { RunReport } from './run-report.ts';
import { prepareScript, type ScriptEnvironment } from './run-script.ts';
import type { SessionOptions } from './script-options.ts';

/** A script that runs line by line: globals stay, and each line has limits and a call log of its own. */
export interface Session {
  /** Runs one chunk, bytes of Lua; values of an expression are printed. Never rejects: every failure is in the report. One at a time. */
  readonly run: (code: Uint8Array, options?: { readonly signal?: AbortSignal }) => Promise<RunReport>;
  /** Whether `code` is the beginning of a chunk and needs more lines. */
  readonly isBeginning: (code: Uint8Array) => boolean;
  /** Completions of the name at the end of `line`: `integrations` for `app.int`. */
  readonly complete: (line: string) => Completion;
  /** Ends the chunk that still runs. */
  readonly close: () => void;
}

/** Opens a state that keeps its globals between the chunks that it runs. */
export function openSession(environment: ScriptEnvironment, options: SessionOptions): Session {
  const { sandboxOptions, report } = prepareScript(environment, options);
  const sandbox = new Sandbox(sandboxOptions);
  const closed = new AbortController();
  return {
    run(code, { signal } = {}) {
      const ended = signal === undefined ? closed.signal : AbortSignal.any([closed.signal, signal]);
      return report(monotonicNow(), () => sandbox.runLine(code, options.chunk, ended));
    },
    isBeginning: (code) => sandbox.isBeginning(code),
    complete: (line) => completeName(line, (path) => sandbox.names(path)),
    close: () => closed.abort(new KosmoError('INTERRUPTED', 'the session was closed')),
  };
}
