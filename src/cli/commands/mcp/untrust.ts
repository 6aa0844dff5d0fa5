import type { Command } from 'commander';
import { readServers, withdrawTrust } from '../../../mcp-client/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { type JsonOptions, printDone } from '../../options/mcp-scope.ts';

const EXAMPLES = `
Examples:
  kosmo mcp:untrust github`;

/** `kosmo mcp:untrust`: withdraws trust from a server. */
export function addMcpUntrustCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('mcp:untrust').description('withdraw trust from an MCP server').argument('<server>'))
    .addHelpText('after', EXAMPLES)
    .action((name: string, format: JsonOptions) => untrust(context, name, format));
}

async function untrust(context: CommandContext, name: string, format: JsonOptions): Promise<void> {
  const { env, folder } = context;
  const { projectFolder } = await readServers({ env, folder });
  const found = await withdrawTrust({ projectFolder }, name, env);
  printDone(
    { server: name, trusted: false, changed: found },
    found ? `${name} is not trusted any more` : `${name} was not trusted`,
    format,
  );
}
