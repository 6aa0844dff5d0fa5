import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { addPolicedServerOptions, readFeature } from '../../mcp/server-command.ts';

const EXAMPLES = `
Examples:
  kosmo mcp:resources docs
  kosmo mcp:resources docs --json`;

/** `kosmo mcp:resources`: the resources of a server. */
export function addMcpResourcesCommand(program: Command, context: CommandContext): void {
  const command = addPolicedServerOptions(program.command('mcp:resources').description('list the resources of an MCP server')).addHelpText(
    'after',
    EXAMPLES,
  );
  readFeature(command, context, 'resources', ['server']);
}
