import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { addPageCommand } from '../../options/page-command.ts';

const EXAMPLES = `
Examples:
  kosmo integrations:docs errors
  kosmo integrations:docs limits --format markdown`;

/** `kosmo integrations:docs`: a page of the documentation. */
export function addPageDocsCommand(program: Command, context: CommandContext): void {
  const command = program.command('integrations:docs').description('print a documentation page');
  addPageCommand(command, context, 'text').addHelpText('after', EXAMPLES);
}
