import type { Command } from 'commander';
import { homeFolder } from '../../../config/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { type JsonOptions, printDone } from '../../options/mcp-scope.ts';
import { parseAge } from '../../options/moment.ts';

const EXAMPLES = `
Runs that are done or cancelled are deleted 30 days after their end, failed ones after 90. A run that is not over stays, and so does a run
that left something open.

Examples:
  kosmo runs:prune
  kosmo runs:prune --older-than 7d`;

/** `kosmo runs:prune`: deletes the journals of old runs. */
export function addPruneCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('runs:prune').description('delete the journals of old runs'))
    .option('--older-than <time>', 'delete runs that ended so long ago: 7d, 12h')
    .addHelpText('after', EXAMPLES)
    .action(async ({ olderThan, ...format }: JsonOptions & { readonly olderThan?: string }) => {
      const age = olderThan === undefined ? undefined : parseAge('--older-than', olderThan);
      const { pruneRuns } = await import('../../../runs/index.ts');
      const runs = pruneRuns(homeFolder(context.env), age);
      printDone({ runs }, `${runs.length} ${runs.length === 1 ? 'run was' : 'runs were'} deleted`, format);
    });
}
