import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { addAllowFlag } from '../../options/policy.ts';
import type { ScriptOptions } from '../../options/script.ts';
import { runPlace } from '../../scripts/durable.ts';
import { resumeRun } from '../../scripts/resume-run.ts';

const EXAMPLES = `
Examples:
  kosmo runs:retry standup-30 --force`;

/** `kosmo runs:retry`: a new run with the script and the input of another one. */
export function addRetryCommand(program: Command, context: CommandContext): void {
  const command = addJsonOptions(program.command('runs:retry').description('run the script of a run again, with its input'))
    .argument('<run>', 'id of a run; the new one is <id>~2')
    .option('--force', 'allow every call, even calls that the policy denies')
    .option('--park', 'end the process (exit code 7) while the run sleeps for a minute or more');
  addAllowFlag(command)
    .addHelpText('after', EXAMPLES)
    .action(async (id: string, options: ScriptOptions) => {
      const { retryRun } = await import('../../../runs/index.ts');
      await resumeRun(context, await retryRun(runPlace(context), id), options);
    });
}
