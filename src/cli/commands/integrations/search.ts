import type { Command } from 'commander';
import type { Host } from '../../../runtime/index.ts';
import { printFunctions } from '../../call/print-functions.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { withHost } from '../../scripts/with-host.ts';
import { printJson, printNote } from '../../terminal/output.ts';

interface JsonOptions {
  readonly json?: true;
  readonly pretty?: true;
}

const EXAMPLES = `
Examples:
  kosmo integrations:search stop
  kosmo integrations:search change layout --json`;

/** `kosmo integrations:search`: functions by what they are about. */
export function addSearchCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('integrations:search').description('search for functions').argument('<words...>'))
    .addHelpText('after', EXAMPLES)
    .action((words: readonly string[], options: JsonOptions) => withHost(context, (host) => showSearch(host, words, options)));
}

function showSearch(host: Host, words: readonly string[], { json, pretty }: JsonOptions): void {
  const query = words.join(' ');
  const functions = host.search(query);
  if (json === true) printJson({ success: true, query, functions }, pretty === true);
  else if (functions.length === 0) printNote('nothing found');
  else printFunctions(functions);
}
