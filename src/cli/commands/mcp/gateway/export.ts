import type { Command } from 'commander';
import type { CommandContext } from '../../../context.ts';
import { addGatewayEntryOptions, type GatewayEntryOptions, programOf, targetOf } from '../../../mcp/gateway-entry.ts';
import { printJson, printValue } from '../../../terminal/output.ts';

const EXAMPLES = `
Examples:
  kosmo mcp:gateway:export --tools=code
  kosmo mcp:gateway:export --client vscode --upstream github`;

/** `kosmo mcp:gateway:export`: prints the entry of the gateway for a client. */
export function addGatewayExportCommand(program: Command, context: CommandContext): void {
  addGatewayEntryOptions(program.command('mcp:gateway:export').description('print the client configuration for mcp:serve'))
    .addHelpText('after', EXAMPLES)
    .action((options: GatewayEntryOptions) => exportEntry(context, options));
}

async function exportEntry(context: CommandContext, options: GatewayEntryOptions): Promise<void> {
  const { configFor, fileTextFor } = await import('../../../../mcp-client/index.ts');
  const { editor } = await targetOf(context, options);
  const program = await programOf(context, options);
  if (options.json === true) printJson({ success: true, config: configFor(editor, options.name, program) }, options.pretty === true);
  else printValue(await fileTextFor(editor, options.name, program));
}
