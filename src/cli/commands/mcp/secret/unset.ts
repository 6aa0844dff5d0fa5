import type { Command } from 'commander';
import { openSecretStore } from '../../../../credentials/index.ts';
import type { CommandContext } from '../../../context.ts';
import { secretName } from '../../../mcp/secret-name.ts';
import { addJsonOptions } from '../../../options/json.ts';
import { type JsonOptions, printDone } from '../../../options/mcp-scope.ts';

const EXAMPLES = `
Examples:
  kosmo mcp:secret:unset github token`;

/** `kosmo mcp:secret:unset`: deletes a secret of a server. */
export function addMcpSecretUnsetCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('mcp:secret:unset').description('delete a secret').argument('<server>').argument('<key>'))
    .addHelpText('after', EXAMPLES)
    .action((server: string, key: string, format: JsonOptions) => unsetSecret(context, server, key, format));
}

async function unsetSecret(context: CommandContext, server: string, key: string, format: JsonOptions): Promise<void> {
  const name = secretName(server, key);
  const store = openSecretStore({ env: context.env });
  const found = (await store.keys(name)).includes(name);
  await store.unset(name);
  printDone({ server, key: name, configured: false }, found ? `${name} is forgotten` : `${name} was not set`, format);
}
