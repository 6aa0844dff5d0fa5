import type { Command } from 'commander';
import { declaredCommands } from '../../runtime/index.ts';
import { abortOnSignals } from '../interrupt.ts';

/** The commands that integrations declare, as `<integration>:<name>`. */
export function addDeclaredCommands(program: Command): void {
  for (const { fullName, description, options, examples, load } of declaredCommands) {
    const command = program.command(fullName).description(description);
    for (const { flags, description: text, default: value } of options) command.option(flags, text, value);
    command.addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}`);
    command.action(async (given: Record<string, unknown>) => {
      const run = await load();
      await run(given, {
        signal: abortOnSignals(),
        print: (line) => void process.stdout.write(`${line}\n`),
        note: (line) => void process.stderr.write(`${line}\n`),
      });
    });
  }
}
