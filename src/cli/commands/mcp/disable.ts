import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { switchServer } from '../../mcp/switch-server.ts';
import { addJsonOptions } from '../../options/json.ts';
import { addScope, type JsonOptions, type ScopeOptions } from '../../options/mcp-scope.ts';

const EXAMPLES = `
Examples:
  kosmo mcp:disable github`;

/** `kosmo mcp:disable`: switches a server off and keeps its entry. */
export function addMcpDisableCommand(program: Command, context: CommandContext): void {
  addScope(addJsonOptions(program.command('mcp:disable').description('disable an MCP server, keep its entry').argument('<server>')))
    .addHelpText('after', EXAMPLES)
    .action((server: string, options: JsonOptions & ScopeOptions) => switchServer(context, server, false, options));
}
