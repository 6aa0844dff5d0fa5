import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { type JsonOptions, printDone } from '../../options/mcp-scope.ts';
import { usage } from '../../options/parse-values.ts';
import { addAllowFlag } from '../../options/policy.ts';
import type { ScriptOptions } from '../../options/script.ts';
import { runPlace } from '../../scripts/durable.ts';
import { resumeRun } from '../../scripts/resume-run.ts';

const EXAMPLES = `
The functions that the script gave to defer run, so that what it started is stopped. Their writes need the approvals of this command.

Examples:
  kosmo runs:cancel standup-30 --force
  kosmo runs:cancel standup-30 --no-defer`;

/** `kosmo runs:cancel`: ends a run from outside. */
export function addCancelCommand(program: Command, context: CommandContext): void {
  const command = addJsonOptions(program.command('runs:cancel').description('end a run'))
    .argument('<run>', 'id of a run')
    .option('--no-defer', 'do not run the deferred functions of the script')
    .option('--force', 'allow every call of deferred functions, even calls that the policy denies');
  addAllowFlag(command)
    .addHelpText('after', EXAMPLES)
    .action((id: string, options: ScriptOptions & JsonOptions & { readonly defer: boolean }) => cancel(context, id, options));
}

async function cancel(
  context: CommandContext,
  id: string,
  { defer, ...options }: ScriptOptions & { readonly defer: boolean },
): Promise<void> {
  const runs = await import('../../../runs/index.ts');
  const place = runPlace(context);
  runs.requireRun(place.home, id);
  const { status } = runs.summarize(place.home, id);
  if (['done', 'failed', 'cancelled'].includes(status)) throw usage(`run ${id} is over: its status is ${status}`);
  if (status === 'running') {
    if (!defer)
      throw usage(`run ${id} runs in another process, which runs its deferred functions: leave out --no-defer, or kill the process`);
    runs.requestCancel(place.home, id);
    printDone({ run: runs.summarize(place.home, id) }, `run ${id} ends within a second`, options);
    return;
  }
  if (!defer) await runs.closeRun(place, id);
  else {
    await resumeRun(context, id, options, { endWith: runs.cancelledError(id), isOneOfMany: true });
    await (await context.host()).close();
    context.exitCode = 0;
  }
  printDone({ run: runs.summarize(place.home, id) }, `run ${id} is cancelled`, options);
}
