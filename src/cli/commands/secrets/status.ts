import type { Command } from 'commander';
import { openSecretStore } from '../../../credentials/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import type { JsonOptions } from '../../options/mcp-scope.ts';
import { printJson, printTable } from '../../terminal/output.ts';

const EXAMPLES = '\nExamples:\n  kosmo secrets:status\n  kosmo secrets:status --json';

/** `kosmo secrets:status`: the file of the secrets, their number and the place of their key. */
export function addSecretsStatusCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('secrets:status').description('show where secrets and their key are'))
    .addHelpText('after', EXAMPLES)
    .action(async ({ json, pretty }: JsonOptions) => {
      const store = openSecretStore({ env: context.env });
      const secrets = (await store.keys()).length;
      const key = await store.describeKey();
      if (json === true) printJson({ success: true, file: store.file, secrets, key }, pretty === true);
      else printTable(['File', 'Secrets', 'Key'], [[store.file, String(secrets), key]]);
    });
}
