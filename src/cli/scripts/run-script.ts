import type { JsonValue } from '../../json/index.ts';
import { type LeftOpen, type LogEntry, openRecord, openReplay, RunActivity, type RunReport } from '../../runtime/index.ts';
import { parseMemoryLimit, parseSeconds, usage } from '../options/parse-values.ts';
import { parseCap, readPolicy } from '../options/policy.ts';
import type { ScriptOptions } from '../options/script.ts';
import { formatElapsed } from '../terminal/elapsed.ts';
import { elicitationPrompt } from '../terminal/elicitation-prompt.ts';
import { openRequestedStream } from '../terminal/event-stream.ts';
import { exitCodeOf, printError, printJson, printLine, printNote, printRawLine, printValue } from '../terminal/output.ts';
import { startWaitingLine } from '../terminal/waiting-line.ts';
import { workflowPrompt } from '../terminal/workflow-prompt.ts';
import { findApproval } from './find-approval.ts';
import type { OpenedRun, PreparedRun, Script, ScriptRun } from './script.ts';

/** Reads the options of a script. Throws `USAGE`. `session` is the option that asks for a session, which keeps no record. */
export function prepareRun(options: ScriptOptions, session?: string): PreparedRun {
  refuseBesideReplay(options, session);
  if (session !== undefined && options.approved !== undefined)
    throw usage(`--approved names one script: leave out --approved or ${session}`);
  refuseBesideDurable(options, session);
  const stream = openRequestedStream(options);
  const limits = {
    ...(options.memoryLimit === undefined ? {} : { memoryBytes: parseMemoryLimit(options.memoryLimit) }),
    ...(options.cpuLimit === undefined ? {} : { cpuMs: parseSeconds('--cpu-limit', options.cpuLimit) }),
    ...(options.timeout === undefined ? {} : { timeoutMs: parseSeconds('--timeout', options.timeout) }),
  };
  // A program that reads the output has no user to ask.
  const elicit = options.json === true || stream !== undefined ? undefined : elicitationPrompt();
  return { stream, limits, policy: readPolicy(options), caps: (options.max ?? []).map(parseCap), elicit };
}

/** Runs a script, prints its report and sets the exit code. */
export async function runScript(script: Script, input: JsonValue, { run, options, context, integrations }: ScriptRun): Promise<void> {
  const opened = await openRun(script, input, { run, options, context, integrations });
  await runOpened(opened, { run, options, context, integrations });
}

/** Runs a script that is open, prints its report and sets the exit code, which it returns. */
export async function runOpened(
  { script, input, journal, signal, close }: OpenedRun,
  { run, options, context, integrations, isOneOfMany = false }: ScriptRun,
): Promise<number> {
  const { stream, policy, caps, limits, elicit } = run;
  const approval = await findApproval(script, options, context.env);
  const host = await context.host({ emulator: options.emulator === true, canElicit: elicit !== undefined });
  const activity = new RunActivity();
  const line = startWaitingLine(activity);
  const { ask } = policy;
  const askWorkflow = workflowPrompt();
  try {
    let open: readonly LeftOpen[] = [];
    const report = await host.run(script.code, {
      chunk: script.chunk,
      policy: { ...policy, ...(ask && { ask: line.pausedFor(ask) }) },
      ...(elicit && { elicit: line.pausedFor(elicit) }),
      ...(askWorkflow && { askWorkflow: line.pausedFor(askWorkflow) }),
      limits,
      input,
      signal,
      breakOnSigint: true,
      stopOnExit: options.stopOnExit === true,
      integrations,
      caps,
      ...(approval && { approval }),
      modules: script.modules,
      activity,
      onLog: line.clearedFor(stream?.log ?? printLog),
      onLeftOpen: (resources) => {
        open = resources;
      },
      ...(journal === undefined ? {} : { journal }),
      ...(stream === undefined ? {} : { onCall: line.clearedFor(stream.call) }),
      ...(options.json === true ? {} : { onLine: line.clearedFor(stream?.print ?? (options.raw === true ? printRawLine : printLine)) }),
    });
    line.stop();
    if (stream !== undefined) stream.result(report);
    else if (options.json === true && isOneOfMany) return exitCodeOf(report.error_detail);
    else if (options.json === true) printJson(report, options.pretty === true);
    else printForPeople(report, open, isOneOfMany);
    context.exitCode = exitCodeOf(report.error_detail);
    return context.exitCode;
  } finally {
    line.stop();
    close();
    if (!isOneOfMany) await host.close();
  }
}

function refuseBesideReplay({ record, replay, input, arg, emulator, stopOnExit }: ScriptOptions, session: string | undefined): void {
  if (session !== undefined && (record ?? replay) !== undefined)
    throw usage(`${session} keeps no record: leave out --record, --replay or ${session}`);
  if (replay === undefined) return;
  const others = { '--record': record, '--input': input, '--arg': arg, '--emulator': emulator, '--stop-on-exit': stopOnExit };
  const given = Object.entries(others).find(([, value]) => value !== undefined)?.[0];
  if (given !== undefined) throw usage(`--replay repeats the recorded run with its own input and makes no call: leave out ${given}`);
}

function refuseBesideDurable({ durable, runId, park, emulator, record, replay }: ScriptOptions, session: string | undefined): void {
  if (durable !== true) {
    const given = runId !== undefined ? '--run-id' : park === true ? '--park' : undefined;
    if (given !== undefined) throw usage(`${given} is an option of durable runs: add --durable`);
    return;
  }
  if (session !== undefined) throw usage(`${session} cannot go on after a crash: leave out --durable or ${session}`);
  if (emulator === true)
    throw usage(
      '--emulator forgets everything when the process ends: leave out --durable',
      'run the emulator as a server of its own, and give its address to the account',
    );
  if ((record ?? replay) !== undefined) throw usage('a durable run has a journal of its own: leave out --record and --replay');
}

function printLog({ elapsed_ms: elapsed, text }: LogEntry): void {
  printNote(`${formatElapsed(elapsed)}  ${text.replaceAll('\t', '  ')}`);
}

async function openRun(script: Script, input: JsonValue, run: ScriptRun): Promise<OpenedRun> {
  const { options, context } = run;
  const { record, replay, durable } = options;
  if (durable === true) return (await import('./durable.ts')).openDurableRun(script, input, run);
  const journal = replay !== undefined ? openReplay(replay) : record === undefined ? undefined : openRecord(record);
  return { script, input, journal: await journal, signal: context.signal, close: () => undefined };
}

// Of many calls of one function it has to be said which.
function aboutWhat({ cname, sid }: { readonly cname?: string; readonly sid?: string }): string {
  const known = [...(cname === undefined ? [] : [`cname ${cname}`]), ...(sid === undefined ? [] : [`sid ${sid}`])];
  return known.length === 0 ? '' : ` (${known.join(', ')})`;
}

// The output has been printed as it came; what is left are the returned values and the error.
function printForPeople(
  { result, error_detail: detail, call_log: calls }: RunReport,
  open: readonly LeftOpen[],
  isOneOfMany: boolean,
): void {
  for (const value of result ?? []) {
    if (value !== null) printValue(value);
  }
  const warnings = calls.flatMap((call) =>
    (call.warnings ?? []).map((warning) => `warning: ${call.function}: ${warning}${aboutWhat(call)}`),
  );
  for (const warning of new Set(warnings)) printNote(warning);
  if (detail?.code === 'RUN_PARKED') printNote(`${detail.message} To ${detail.hint}`);
  else if (detail !== null && !(isOneOfMany && detail.code === 'RUN_CANCELLED')) printError(detail);
  for (const { sentence, stopCommand } of open)
    printNote(`note: ${sentence}${stopCommand === undefined ? '' : `; ${stopCommand} lists and stops what was started`}`);
}
