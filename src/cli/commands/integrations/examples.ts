import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';
import { addPageCommand } from '../../options/page-command.ts';

const EXAMPLES = `
Examples:
  kosmo integrations:examples {write}`;

/** `kosmo integrations:examples`: the example calls of a page. */
export function addExamplesCommand(program: Command, context: CommandContext): void {
  const command = program.command('integrations:examples').description('print example calls');
  addPageCommand(command, context, 'examples').addHelpText('after', EXAMPLES);
}
