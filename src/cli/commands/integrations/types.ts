import type { Command } from 'commander';
import type { CommandContext } from '../../context.ts';

/** `kosmo integrations:types`: what scripts see, for an editor. */
export function addTypesCommand(program: Command, context: CommandContext): void {
  program
    .command('integrations:types')
    .description('print types for the Lua Language Server')
    .addHelpText('after', '\nExamples:\n  kosmo integrations:types > .luals/kosmo.lua')
    .action(async () => {
      const host = await context.host();
      context.stdout.write(await host.types());
    });
}
