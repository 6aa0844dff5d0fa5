import type { Command } from 'commander';
import type { Host } from '../../../runtime/index.ts';
import { printFunctions } from '../../call/print-functions.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { withHost } from '../../scripts/with-host.ts';
import { printJson } from '../../terminal/output.ts';

interface JsonOptions {
  readonly json?: true;
  readonly pretty?: true;
}

const EXAMPLES = `
Examples:
  kosmo integrations:list
  kosmo integrations:list --json`;

/** `kosmo integrations:list`: every integration with its functions. */
export function addListCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('integrations:list').description('list integrations and functions'))
    .addHelpText('after', EXAMPLES)
    .action((options: JsonOptions) => withHost(context, (host) => showList(host, options)));
}

function showList(host: Host, { json, pretty }: JsonOptions): void {
  const providers = host.providers();
  if (json === true) printJson({ success: true, providers }, pretty === true);
  else printFunctions(Object.values(providers).flatMap(({ functions }) => functions));
}
