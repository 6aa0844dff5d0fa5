import { Command, CommanderError } from 'commander';
import { type KosmoError, toKosmoError } from '../errors/index.ts';
import { VERSION } from '../version.ts';
import { addDeclaredCommands } from './commands/declared.ts';
import { addCallCommands } from './commands/integrations-call.ts';
import { addLuaCommand } from './commands/integrations-lua.ts';
import { failedRun, printError, printJson } from './output.ts';
import { usage } from './values.ts';

const EXAMPLES = `
Examples:
  kosmo integrations:lua --emulator --force workflows/record_channel.lua
  kosmo integrations:lua --eval 'print(docs.read("agora"))'
  kosmo agora:emulator --port 8080
  kosmo integrations:lua --help`;

/** Parses and runs a command line. Sets the exit code; never rejects. */
export async function runProgram(argv: readonly string[], packageRoot: string): Promise<void> {
  const program = new Command('kosmo')
    .description('Run Lua scripts that call Agora Cloud Recording: checked, authorized, logged, limited.')
    .version(VERSION, '-V, --version')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    // Usage errors are printed below, in the form that the caller asked for.
    .configureOutput({ outputError: () => undefined });
  addLuaCommand(program, packageRoot);
  addCallCommands(program, packageRoot);
  addDeclaredCommands(program);
  try {
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync([...argv], { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return;
    report(thrown instanceof CommanderError ? commandLineError(thrown, argv) : toKosmoError(thrown), argv);
  }
}

function commandLineError(thrown: CommanderError, argv: readonly string[]): KosmoError {
  const message = thrown.message.replace(/^error: /, '').replace(/\n\(Did you mean (.+)\?\)$/, '; did you mean $1?');
  const command = argv.find((word) => !word.startsWith('-'));
  return usage(
    message,
    `kosmo ${command?.includes(':') === true && thrown.code !== 'commander.unknownCommand' ? `${command} ` : ''}--help`,
  );
}

function report(error: KosmoError, argv: readonly string[]): void {
  process.exitCode = error.exitCode;
  const end = argv.indexOf('--');
  const flags = end === -1 ? argv : argv.slice(0, end);
  if (!flags.includes('--json')) {
    printError(error.toJSON());
    if (error.code === 'INTERNAL_ERROR' && process.env.KOSMO_DEBUG !== undefined)
      process.stderr.write(`${String((error.cause as Error | undefined)?.stack)}\n`);
    return;
  }
  const envelope = argv.includes('integrations:lua')
    ? failedRun(error)
    : { success: false, error: error.message, error_detail: error.toJSON() };
  printJson(envelope, flags.includes('--pretty'));
}
