import type { Command } from 'commander';
import { openSecretStore } from '../../../credentials/index.ts';
import { suggest } from '../../../schema/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { type JsonOptions, printDone } from '../../options/mcp-scope.ts';
import { isStored, secretKey } from '../../options/secret-value.ts';

const EXAMPLES = '\nExamples:\n  kosmo secrets:unset mcp.github.token';

/** `kosmo secrets:unset`: deletes one secret. */
export function addSecretsUnsetCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('secrets:unset').description('delete a secret by its full key'))
    .argument('<key>', 'such as mcp.github.token')
    .addHelpText('after', EXAMPLES)
    .action(async (given: string, format: JsonOptions) => {
      const store = openSecretStore({ env: context.env });
      // Also a secret of an integration that this version does not have.
      const key = (await isStored(store, given)) ? given : secretKey(given);
      const changed = await isStored(store, key);
      if (changed) await store.unset(key);
      const [close] = changed ? [] : suggest(key, await store.keys(), 1);
      const sentence = changed ? `${key} is deleted` : `${key} was not set${close === undefined ? '' : `; did you mean ${close}?`}`;
      printDone({ key, configured: false, changed }, sentence, format);
    });
}
