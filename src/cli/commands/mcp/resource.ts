import type { Command } from 'commander';
import { SAVE_HELP } from '../../call/report.ts';
import type { CommandContext } from '../../context.ts';
import { addPolicedServerOptions, readFeature } from '../../mcp/server-command.ts';

const EXAMPLES = `
Examples:
  kosmo mcp:resource docs file:///readme.md
  kosmo mcp:resource docs file:///logo.png --save pictures`;

/** `kosmo mcp:resource`: one resource of a server. */
export function addMcpResourceCommand(program: Command, context: CommandContext): void {
  const command = addPolicedServerOptions(program.command('mcp:resource').description('read a resource')).addHelpText('after', EXAMPLES);
  command.option('--save <folder>', SAVE_HELP);
  readFeature(command, context, 'resource', ['server', 'uri']);
}
