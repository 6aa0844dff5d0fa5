import { setImmediate as nextTurn } from 'node:timers/promises';
import type { ErrorDetail, KosmoError } from '../../errors/index.ts';
import type { RunState } from '../../journal/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { RunOutcome } from '../../lua/index.ts';
import { isBypassed, type PassedRule } from '../../policy/index.ts';
import { type CallLog, millisecondsSince } from '../calls/call-log.ts';
import type { CallLogEntry } from '../calls/call-log-entry.ts';
import { describeOpenResource, type OpenResources } from '../calls/open-resources.ts';
import type { LogEntry, WorkflowRun } from '../workflow/workflow-run.ts';
import type { SessionOptions } from './script-options.ts';

/** The envelope of a Lua run; `schemas/lua-run.json` describes it. */
export interface RunReport {
  readonly success: boolean;
  readonly output: string;
  /** The list of returned values; null when nothing was returned or the run failed. With `SCRIPT_EXIT`, what the script passed to `exit`. */
  readonly result: readonly JsonValue[] | null;
  readonly error: string | null;
  readonly error_detail: ErrorDetail | null;
  readonly execution_time_ms: number;
  /** Highest measured memory of the script in bytes. */
  readonly memory_usage: number;
  readonly call_log: readonly CallLogEntry[];
  /** The same list under its older name. */
  readonly integration_calls: readonly CallLogEntry[];
  /** What the script wrote with `log`. */
  readonly log: readonly LogEntry[];
  /** Resources that the script left open, or may have left open. */
  readonly open_recordings: readonly Readonly<Record<string, JsonValue>>[];
  /** Where a durable run stands. @default undefined (the run ends with its process) */
  readonly run?: RunState & { readonly store: 'file' };
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

/** What the report of a run is made from, besides its outcome. */
export interface RunRecord {
  readonly options: SessionOptions;
  readonly emulator: boolean;
  readonly calls: CallLog;
  readonly open: OpenResources;
  readonly workflow: WorkflowRun;
  /** Stops the open resources, and returns the rules that the stops passed. */
  readonly stopAll: () => Promise<readonly PassedRule[]>;
}

/** Runs code in a sandbox and reports on it. `started` is the time at which that began. */
export async function reportRun(
  { options, emulator, calls, open, workflow, stopAll }: RunRecord,
  started: number,
  run: () => Promise<RunOutcome>,
): Promise<RunReport> {
  calls.clear();
  workflow.start();
  const outcome = workflow.hideSecretsOf(await run());
  // A call that was cut off writes its log entry after the run has ended.
  if (outcome.error !== undefined) await nextTurn();
  const passed = options.stopOnExit === true ? await stopAll() : [];
  const left = open.list();
  if (left.length > 0) options.onLeftOpen?.(left.map(describeOpenResource));
  return {
    success: outcome.error === undefined,
    output: outcome.output,
    result: outcome.result,
    error: outcome.error?.message ?? null,
    error_detail: detailOf(outcome.error, calls),
    execution_time_ms: millisecondsSince(started),
    memory_usage: outcome.memoryPeak,
    call_log: calls.entries(),
    integration_calls: calls.entries(),
    log: workflow.log,
    open_recordings: left.map(({ facts }) => facts),
    meta: {
      permission_bypassed: isBypassed(options.policy) || passed.length > 0,
      ...(passed.length === 0 ? {} : { passed_rules: passed }),
      emulator,
      output_cut: outcome.outputCut,
      ...(calls.leftOut() === 0 ? {} : { calls_left_out: calls.leftOut() }),
      cpu_time_ms: Math.round(outcome.cpuMs * 10) / 10,
    },
  };
}

// If the run was cut off during a write, the result of the write is not known.
function detailOf(error: KosmoError | undefined, calls: CallLog): ErrorDetail | null {
  if (error === undefined) return null;
  const detail = error.toJSON();
  return calls.hasUnknown(error.code) ? { ...detail, outcome: 'unknown' } : detail;
}
