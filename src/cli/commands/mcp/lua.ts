import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { addDirectServer, DIRECT_SERVER, takeDirectServer } from '../../options/direct-server.ts';
import { addCodeOptions, type LuaOptions, runCode } from '../../scripts/run-code.ts';

const EXAMPLES = `
Examples:
  kosmo mcp:lua --eval 'dump(mcp.servers())'
  kosmo mcp:lua --eval 'dump(app.mcp.github.search_issues{query = "is:open"})' --json
  kosmo mcp:lua --stdio "npx -y @modelcontextprotocol/server-everything" --eval 'dump(app.mcp.${DIRECT_SERVER}.echo{message = "hi"})'`;

/** `kosmo mcp:lua`: runs a script that calls MCP servers alone. */
export function addMcpLuaCommand(program: Command, context: CommandContext): void {
  const command = addDirectServer(addCodeOptions(program.command('mcp:lua')));
  command
    .description('run a Lua script that uses MCP servers only')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: LuaOptions) => {
      takeDirectServer(command, context, []);
      await runCode(file, options, context, false);
    });
}
