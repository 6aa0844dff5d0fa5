import type { Command } from 'commander';
import { showTools } from '../../call/show-tools.ts';
import type { CommandContext } from '../../context.ts';
import { addServerOptions } from '../../mcp/server-command.ts';
import { takeDirectServer } from '../../options/direct-server.ts';

interface JsonOptions {
  readonly json?: true;
  readonly pretty?: true;
}

const EXAMPLES = `
Examples:
  kosmo mcp:tools
  kosmo mcp:tools github --json
  kosmo mcp:tools https://mcp.example.com/mcp`;

/** `kosmo mcp:tools`: the tools of MCP servers. */
export function addMcpToolsCommand(program: Command, context: CommandContext): void {
  const tools = addServerOptions(program.command('mcp:tools').description('list the tools of MCP servers'))
    .option('--timeout <seconds>', 'wall time in seconds, the start of the server included')
    .argument('[server]');
  tools
    .addHelpText('after', EXAMPLES)
    .action((_server: string | undefined, format: JsonOptions) =>
      showTools(context, takeDirectServer(tools, context, tools.args)[0], format),
    );
}
