import type { Command } from 'commander';
import { readServers, removeServer, scopeOf, withdrawTrust } from '../../../mcp-client/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import { addScope, type JsonOptions, printDone, type ScopeOptions, scopeFrom } from '../../options/mcp-scope.ts';
import { printNote } from '../../terminal/output.ts';

const EXAMPLES = `
Examples:
  kosmo mcp:remove github
  kosmo mcp:remove github --global`;

/** `kosmo mcp:remove`: deletes the entry of a server. */
export function addMcpRemoveCommand(program: Command, context: CommandContext): void {
  addScope(addJsonOptions(program.command('mcp:remove').description('remove an MCP server').argument('<server>')))
    .addHelpText('after', EXAMPLES)
    .action((server: string, options: JsonOptions & ScopeOptions) => removeOne(context, server, options));
}

async function removeOne(context: CommandContext, name: string, options: JsonOptions & ScopeOptions): Promise<void> {
  const place = context.location;
  const before = await readServers(place);
  const file = await removeServer(before, name, scopeFrom(options));
  if (scopeOf(file) === 'project') await withdrawTrust(before, name, place.env);
  printDone({ server: name, path: file.path, scope: scopeOf(file) }, `${name} is no longer in ${file.path}`, options);
  const left = (await readServers(place)).effective.get(name);
  if (left !== undefined) printNote(`${name} of ${left.path} counts from now on`);
}
