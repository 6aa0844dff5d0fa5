import type { Command } from 'commander';
import { checkServerName, logOut } from '../../../mcp-client/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { type JsonOptions, printDone } from '../../options/mcp-scope.ts';

const EXAMPLES = `
Examples:
  kosmo mcp:logout github`;

/** `kosmo mcp:logout`: deletes the tokens of a server. */
export function addMcpLogoutCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('mcp:logout').description('delete the tokens of an MCP server').argument('<server>'))
    .addHelpText('after', EXAMPLES)
    .action(async (server: string, format: JsonOptions) => {
      checkServerName(server);
      const known = await logOut(server, context.env);
      printDone({ server, logged_in: false }, known ? `the tokens of ${server} are forgotten` : `there are no tokens of ${server}`, format);
    });
}
