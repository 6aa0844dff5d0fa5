import type { Command } from 'commander';
import { findServer } from '../../../mcp-client/index.ts';
import type { CommandContext } from '../../context.ts';
import { byName, describeServers, readServerView, type ServerView } from '../../mcp/server-view.ts';
import { addJsonOptions } from '../../options/json.ts';
import type { JsonOptions } from '../../options/mcp-scope.ts';
import { printJson, printTable, yesNo } from '../../terminal/output.ts';

const EXAMPLES = `
Examples:
  kosmo mcp:status
  kosmo mcp:status github --json`;

/** `kosmo mcp:status`: how MCP servers are configured. Starts none. */
export function addMcpStatusCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('mcp:status').description('show how MCP servers are configured').argument('[server]'))
    .addHelpText('after', EXAMPLES)
    .action(async (server: string | undefined, options: JsonOptions) =>
      showStatus(context, await readServerView(context), server, options),
    );
}

async function showStatus(
  context: CommandContext,
  { list, policy }: ServerView,
  server: string | undefined,
  { json, pretty }: JsonOptions,
): Promise<void> {
  const entries = server === undefined ? [...list.effective.values()] : [findServer(list, server)];
  const rows = await describeServers(context, entries, policy);
  if (json === true) {
    const states = rows.map((row) => ({ ...row, status: row.enabled ? 'configured' : 'disabled' }));
    printJson({ success: true, servers: byName(states) }, pretty === true);
    return;
  }
  printTable(
    ['Name', 'Status', 'Trusted', 'Read', 'Write', 'File'],
    rows.map(({ name, enabled, trusted, permissions, path }) => [
      name,
      enabled ? 'configured' : 'disabled',
      yesNo(trusted),
      permissions.read,
      permissions.write,
      path,
    ]),
  );
}
