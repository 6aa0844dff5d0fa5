import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { switchServer } from '../../mcp/switch-server.ts';
import { addJsonOptions } from '../../options/json.ts';
import { addScope, type JsonOptions, type ScopeOptions } from '../../options/mcp-scope.ts';

const EXAMPLES = `
Examples:
  kosmo mcp:enable github`;

/** `kosmo mcp:enable`: switches a server on and keeps its entry. */
export function addMcpEnableCommand(program: Command, context: CommandContext): void {
  addScope(addJsonOptions(program.command('mcp:enable').description('enable an MCP server').argument('<server>')))
    .addHelpText('after', EXAMPLES)
    .action((server: string, options: JsonOptions & ScopeOptions) => switchServer(context, server, true, options));
}
