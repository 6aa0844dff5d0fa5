import type { Command } from 'commander';
import { openSecretStore } from '../../../credentials/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { type JsonOptions, printDone } from '../../options/mcp-scope.ts';
import { isStored, readSecretValue, type SecretSource, secretKey } from '../../options/secret-value.ts';

const EXAMPLES = `
Examples:
  kosmo secrets:set mcp.github.token
  printf %s "$TOKEN" | kosmo secrets:set mcp.github.token --stdin
  kosmo secrets:set mcp.github.token --env GITHUB_TOKEN`;

/** `kosmo secrets:set`: stores one secret. */
export function addSecretsSetCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('secrets:set').description('store an encrypted secret by its full key'))
    .argument('<key>', 'such as mcp.github.token')
    .option('--stdin', 'read the value from stdin')
    .option('--env <variable>', 'take the value of an environment variable')
    .addHelpText('after', EXAMPLES)
    .action(async (given: string, { stdin, env, ...format }: JsonOptions & SecretSource) => {
      const key = secretKey(given);
      const value = await readSecretValue(context, key, {
        ...(stdin === undefined ? {} : { stdin }),
        ...(env === undefined ? {} : { env }),
      });
      const store = openSecretStore({ env: context.env });
      const isReplaced = await isStored(store, key);
      await store.set(key, value);
      printDone({ key, configured: true, changed: true }, `${key} is ${isReplaced ? 'replaced' : 'stored'}`, format);
    });
}
