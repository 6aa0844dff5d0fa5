import type { Command } from 'commander';
import { openSecretStore } from '../../../../credentials/index.ts';
import { checkServerName } from '../../../../mcp-client/index.ts';
import type { CommandContext } from '../../../context.ts';
import { addJsonOptions } from '../../../options/json.ts';
import type { JsonOptions } from '../../../options/mcp-scope.ts';
import { printJson, printTable } from '../../../terminal/output.ts';

const EXAMPLES = `
Examples:
  kosmo mcp:secret:list
  kosmo mcp:secret:list github --json`;

/** Shown in place of a secret value. */
const MASK = '***';

/** `kosmo mcp:secret:list`: the names of the secrets that servers are given. */
export function addMcpSecretListCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('mcp:secret:list').description('list the names of secrets').argument('[server]'))
    .addHelpText('after', EXAMPLES)
    .action((server: string | undefined, options: JsonOptions) => listSecrets(context, server, options));
}

async function listSecrets(context: CommandContext, server: string | undefined, { json, pretty }: JsonOptions): Promise<void> {
  if (server !== undefined) checkServerName(server);
  const keys = await openSecretStore({ env: context.env }).keys(server === undefined ? 'mcp.' : `mcp.${server}.`);
  const secrets = keys.map((key) => ({ key, server: key.split('.')[1] ?? '', configured: true, masked: MASK }));
  if (json === true) printJson({ success: true, secrets }, pretty === true);
  else
    printTable(
      ['Server', 'Key', 'Value'],
      secrets.map(({ key, server: name, masked }) => [name, key, masked]),
    );
}
