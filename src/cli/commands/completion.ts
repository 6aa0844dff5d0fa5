import { Argument, type Command } from 'commander';
import { COMPLETION_SCRIPTS } from '../completion/scripts.ts';
import type { CommandContext } from '../context.ts';
import { usage } from '../options/parse-values.ts';

const EXAMPLES = `
Examples:
  source <(kosmo completion bash)
  kosmo completion zsh > ~/.zfunc/_kosmo
  kosmo completion fish > ~/.config/fish/completions/kosmo.fish`;

/** `kosmo completion <shell>`: the script that makes a shell complete commands, functions, flags, accounts and files. */
export function addCompletionCommand(program: Command, context: CommandContext): void {
  const shell = new Argument('<shell>', 'the shell');
  shell.argChoices = Object.keys(COMPLETION_SCRIPTS);
  program
    .command('completion')
    .description('print a shell completion script')
    .addArgument(shell)
    .addHelpText('after', EXAMPLES)
    .action((name: string) => {
      const script = COMPLETION_SCRIPTS[name];
      if (script === undefined)
        throw usage(`there is no completion for '${name}'`, `shells: ${Object.keys(COMPLETION_SCRIPTS).join(', ')}`);
      context.stdout.write(script);
    });
}
