import type { Command } from 'commander';
import { homeFolder } from '../../config/index.ts';
import { exitCodeOf } from '../../errors/index.ts';
import { type DeclaredCommand, declaredCommands, type Host } from '../../runtime/index.ts';
import type { CommandContext } from '../context.ts';
import { addAllowFlag, type PolicyFlags, readPolicy } from '../options/policy.ts';
import { printNote } from '../terminal/output.ts';
import { escapeControlCharacters } from '../terminal/visible-text.ts';

/** The commands that integrations declare, as `<integration>:<name>`. */
export function addDeclaredCommands(program: Command, context: CommandContext): void {
  for (const declared of declaredCommands()) {
    const command = program.command(declared.fullName).description(declared.description);
    if (declared.arguments !== undefined) command.arguments(declared.arguments);
    for (const argument of command.registeredArguments) {
      const choices = declared.choices?.[argument.name()];
      // For the help and for completion; the command itself says what else is wrong.
      if (choices !== undefined) argument.argChoices = [...choices];
    }
    for (const { flags, description: text, default: value } of declared.options) command.option(flags, text, value);
    // What can be forced can be allowed in the narrow way, too.
    if (declared.options.some(({ flags }) => flags === '--force')) addAllowFlag(command);
    command.addHelpText('after', `\nExamples:\n${declared.examples.map((example) => `  ${example}`).join('\n')}`);
    command.action(async () => {
      await run(declared, command, context);
    });
  }
}

async function run({ integration, load }: DeclaredCommand, command: Command, context: CommandContext): Promise<void> {
  const options: Readonly<Record<string, unknown>> = command.opts();
  const signal = context.signal;
  let host: Promise<Host> | undefined;
  const open = (): Promise<Host> => {
    host ??= context.host();
    return host;
  };
  const policy = readPolicy(options as PolicyFlags);
  try {
    const runCommand = await load();
    await runCommand(
      options,
      {
        signal,
        print: (line) =>
          new Promise((resolve) => {
            context.stdout.write(`${context.stdout.isTTY ? escapeControlCharacters(line) : line}\n`, (error) => resolve(!error));
          }),
        note: printNote,
        stateFolder: `${homeFolder(context.env)}/${integration}`,
        credential: async (account, field) => (await open()).credential(integration, account, field),
        async call(name, args, account) {
          const { data, error_detail: detail } = await (await open()).call({ integration, name, account, args }, { policy, signal });
          return { data, error: detail && { ...detail, exitCode: exitCodeOf(detail) } };
        },
      },
      command.args,
    );
  } finally {
    await (await host)?.close();
  }
}
