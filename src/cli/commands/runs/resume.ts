import type { Command } from 'commander';
import { toKosmoError } from '../../../errors/index.ts';
import type { RunSummary } from '../../../runs/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { addAllowFlag } from '../../options/policy.ts';
import type { ScriptOptions } from '../../options/script.ts';
import { runPlace } from '../../scripts/durable.ts';
import { resumeRun } from '../../scripts/resume-run.ts';
import { printError, printJson, printNote } from '../../terminal/output.ts';

/** Runs that go on at the same time. */
const MAX_AT_ONCE = 10;

const EXAMPLES = `
Without an id, every run goes on that was interrupted or is due, for example from cron:
  @reboot    kosmo runs:resume --park --allow {undo}
  */5 * * * * kosmo runs:resume --park --allow {undo}

Examples:
  kosmo runs:resume standup-30 --force
  kosmo runs:resume --park --quiet`;

/** `kosmo runs:resume`: goes on with runs. */
export function addResumeCommand(program: Command, context: CommandContext): void {
  const command = addJsonOptions(program.command('runs:resume').description('go on with interrupted or due runs'))
    .argument('[run]', 'id of a run (default: every run that is interrupted or due)')
    .option('--force', 'allow every call, even calls that the policy denies')
    .option('--park', 'end the process (exit code 7) while a run sleeps for a minute or more');
  addAllowFlag(command)
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, options: ScriptOptions) => {
      await (id === undefined ? resumeAll(context, options) : resumeRun(context, id, options));
    });
}

async function resumeAll(context: CommandContext, options: ScriptOptions): Promise<void> {
  const { listRuns, summarize } = await import('../../../runs/index.ts');
  const { home } = runPlace(context);
  const now = new Date().toISOString();
  const due = listRuns(home).filter(
    ({ status, due: at, code }) => (status === 'interrupted' && code === null) || (status === 'parked' && (at ?? '') <= now),
  );
  const waiting = [...due];
  let exitCode = 0;
  const work = async (): Promise<void> => {
    for (let run = waiting.shift(); run !== undefined; run = waiting.shift()) {
      exitCode = Math.max(exitCode, await resumeOne(context, run, { ...options, park: true }));
    }
  };
  await Promise.all(Array.from({ length: Math.min(MAX_AT_ONCE, due.length) }, work));
  await (await context.host()).close();
  context.exitCode = exitCode;
  if (options.json === true)
    printJson({ success: exitCode === 0, runs: due.map(({ id }) => summarize(home, id)) }, options.pretty === true);
  else if (due.length === 0) printNote('note: no run is interrupted or due');
}

// A run that is parked again is no failure of the others.
async function resumeOne(context: CommandContext, { id }: RunSummary, options: ScriptOptions): Promise<number> {
  try {
    const code = await resumeRun(context, id, options, { isOneOfMany: true });
    return code === 7 ? 0 : code;
  } catch (thrown) {
    const error = toKosmoError(thrown);
    // Another process was faster.
    if (error.code === 'RUN_BUSY') return 0;
    printError(error.toJSON());
    return error.exitCode;
  }
}
