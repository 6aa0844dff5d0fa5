import type { Command } from 'commander';
import type { CommandContext } from '../../../context.ts';
import { addGatewayEntryOptions, type GatewayEntryOptions, programOf, targetOf } from '../../../mcp/gateway-entry.ts';
import { printDone } from '../../../options/mcp-scope.ts';
import { usage } from '../../../options/parse-values.ts';

const EXAMPLES = `
Examples:
  kosmo mcp:gateway:install --client cursor --tools=code --write=allow
  kosmo mcp:gateway:install --client codex --global`;

/** `kosmo mcp:gateway:install`: writes the entry of the gateway into the settings of a client. */
export function addGatewayInstallCommand(program: Command, context: CommandContext): void {
  addGatewayEntryOptions(program.command('mcp:gateway:install').description("add mcp:serve to a client's configuration"))
    .option('--project', "write the project's file")
    .option('--global', 'write your own file, for every project')
    .addHelpText('after', EXAMPLES)
    .action((options: GatewayEntryOptions) => installEntry(context, options));
}

async function installEntry(context: CommandContext, options: GatewayEntryOptions): Promise<void> {
  const { entryFor, installServer } = await import('../../../../mcp-client/index.ts');
  const { editor, file } = await targetOf(context, options);
  if (!/^[A-Za-z0-9][\w/-]{0,99}$/.test(options.name))
    throw usage(`--name takes letters, digits, _, - and /, not '${options.name}'`, 'clients build the names of tools from it');
  const program = await programOf(context, options);
  await installServer(editor, file, options.name, program);
  printDone({ server: options.name, path: file, config: entryFor(editor, program) }, `${options.name} is in ${file}`, options);
}
