import type { Command } from 'commander';
import { type ServerDescription, type ServerEntry, summaryOf } from '../../../mcp-client/index.ts';
import type { CommandContext } from '../../context.ts';
import { byName, describeServers, readServerView, type ServerView } from '../../mcp/server-view.ts';
import { addJsonOptions } from '../../options/json.ts';
import { type JsonOptions, printSkippedEntries } from '../../options/mcp-scope.ts';
import { printJson, printNote, printTable, yesNo } from '../../terminal/output.ts';

const EXAMPLES = `
Examples:
  kosmo mcp:list
  kosmo mcp:list --all --json`;

/** `kosmo mcp:list`: the MCP servers of all files. Starts none. */
export function addMcpListCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('mcp:list').description('list MCP servers'))
    .option('--all', 'also those that are disabled')
    .addHelpText('after', EXAMPLES)
    .action(async (options: JsonOptions & { readonly all?: true }) => showList(context, await readServerView(context), options));
}

async function showList(
  context: CommandContext,
  { list, policy }: ServerView,
  { all, json, pretty }: JsonOptions & { readonly all?: true },
): Promise<void> {
  const entries = [...list.effective.values()].filter(({ server }) => all === true || server.enabled);
  const rows = await describeServers(context, entries, policy);
  if (json === true) {
    printJson(
      { success: true, servers: byName(rows), sources: list.sources, problems: list.problems, warnings: list.warnings },
      pretty === true,
    );
    return;
  }
  if (rows.length === 0) printNote('there are no MCP servers; kosmo mcp:examples shows how to add one');
  else
    printTable(
      ['Name', 'Type', 'Enabled', 'Trusted', 'Source', 'Runs'],
      rows.map((row, index) => tableRow(row, entries[index])),
    );
  printSkippedEntries(list);
}

function tableRow(
  { name, type, enabled, trusted, changed_tools: changed = [], source }: ServerDescription,
  entry: ServerEntry | undefined,
): string[] {
  const trust = changed.length === 0 ? yesNo(trusted) : `not ${changed.join(', ')}`;
  return [name, type, yesNo(enabled), trust, source, entry === undefined ? '' : summaryOf(entry.server)];
}
