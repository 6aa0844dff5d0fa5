import type { Command } from 'commander';
import { openSecretStore } from '../../../credentials/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import type { JsonOptions } from '../../options/mcp-scope.ts';
import { printJson, printNote, printTable } from '../../terminal/output.ts';

/** Printed in place of each value. */
const MASK = '***';
const EXAMPLES = '\nExamples:\n  kosmo secrets:list\n  kosmo secrets:list mcp.github';

/** `kosmo secrets:list`: the keys of the stored secrets. */
export function addSecretsListCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('secrets:list').description('list the keys of all stored secrets'))
    .argument('[prefix]', 'only keys that begin with it')
    .addHelpText('after', EXAMPLES)
    .action(async (prefix: string | undefined, { json, pretty }: JsonOptions) => {
      const keys = await openSecretStore({ env: context.env }).keys(prefix ?? '');
      const secrets = keys.map((key) => ({ key, masked: MASK }));
      if (json === true) printJson({ success: true, secrets }, pretty === true);
      else if (secrets.length === 0) printNote('note: no such secrets are stored');
      else
        printTable(
          ['Key', 'Value'],
          secrets.map(({ key, masked }) => [key, masked]),
        );
    });
}
