import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { addPolicedServerOptions, readFeature } from '../../mcp/server-command.ts';

const EXAMPLES = `
Examples:
  kosmo mcp:prompts docs
  kosmo mcp:prompts docs --json`;

/** `kosmo mcp:prompts`: the prompts of a server. */
export function addMcpPromptsCommand(program: Command, context: CommandContext): void {
  const command = addPolicedServerOptions(program.command('mcp:prompts').description('list the prompts of an MCP server')).addHelpText(
    'after',
    EXAMPLES,
  );
  readFeature(command, context, 'prompts', ['server']);
}
