import type { Command } from 'commander';
import { createHost } from '../../../runtime/index.ts';
import { hostOptions } from '../../context.ts';

/** `kosmo integrations:types`: what scripts see, for an editor. */
export function addTypesCommand(program: Command, packageRoot: string): void {
  program
    .command('integrations:types')
    .description('print what scripts see as annotations for editors (Lua Language Server)')
    .addHelpText('after', '\nExamples:\n  kosmo integrations:types > .luals/kosmo.lua')
    .action(async () => {
      const host = await createHost(hostOptions(packageRoot));
      process.stdout.write(await host.types());
    });
}
