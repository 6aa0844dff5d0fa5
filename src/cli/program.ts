import { Command, CommanderError } from 'commander';
import { type KosmoError, toKosmoError } from '../errors/index.ts';
import { VERSION } from '../version.ts';
import { addDeclaredCommands } from './commands/declared.ts';
import { addDiscoveryCommands, DISCOVERY_COMMANDS } from './commands/discovery.ts';
import { addCallCommands } from './commands/integrations-call.ts';
import { addCheckCommand } from './commands/integrations-check.ts';
import { addLuaCommand } from './commands/integrations-lua.ts';
import { addTypesCommand } from './commands/integrations-types.ts';
import { failedCall, failedCheck, failedCommand, failedRun, printError, printJson } from './output.ts';
import { usage } from './values.ts';

const EXAMPLES = `
Examples:
  kosmo integrations:lua --emulator --force workflows/record_channel.lua --input @workflows/record_channel.example.json
  kosmo integrations:lua --eval 'print(docs.read("agora"))'
  kosmo agora:emulator --port 8080
  kosmo integrations:lua --help`;

/** The envelopes of commands that never began. */
const FAILED: Readonly<Record<string, (error: KosmoError) => unknown>> = {
  'integrations:lua': failedRun,
  'integrations:check': failedCheck,
  ...Object.fromEntries(DISCOVERY_COMMANDS.map((name) => [name, failedCommand])),
};

/** Parses and runs a command line. Sets the exit code; never rejects. */
export async function runProgram(argv: readonly string[], packageRoot: string): Promise<void> {
  const program = new Command('kosmo')
    .description('Run Lua scripts that call Agora Cloud Recording: checked, authorized, logged, limited.')
    .version(VERSION, '-V, --version')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    // Usage errors are printed below, in the form that the caller asked for.
    .configureOutput({ outputError: () => undefined, writeErr: () => undefined });
  addLuaCommand(program, packageRoot);
  addCheckCommand(program, packageRoot);
  addTypesCommand(program, packageRoot);
  addDiscoveryCommands(program, packageRoot);
  addCallCommands(program, packageRoot);
  addDeclaredCommands(program, packageRoot);
  try {
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync([...argv], { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return;
    report(thrown instanceof CommanderError ? commandLineError(thrown, argv) : toKosmoError(thrown), program, argv);
  }
}

function commandLineError(thrown: CommanderError, argv: readonly string[]): KosmoError {
  // `kosmo help nope`
  if (thrown.code === 'commander.help') return usage(`unknown command '${argv[1]}'`, 'kosmo --help');
  const message = thrown.message.replace(/^error: /, '').replace(/\n\(Did you mean (.+)\?\)$/, '; did you mean $1?');
  const command = argv.find((word) => !word.startsWith('-'));
  return usage(
    message,
    `kosmo ${command?.includes(':') === true && thrown.code !== 'commander.unknownCommand' ? `${command} ` : ''}--help`,
  );
}

function report(error: KosmoError, program: Command, argv: readonly string[]): void {
  process.exitCode = error.exitCode;
  const command = program.commands.find((candidate) => candidate.name() === argv[0]);
  // Of a command that does not exist nobody knows the options.
  const { json, pretty }: { json?: boolean; pretty?: boolean } = command?.opts() ?? {
    json: argv.includes('--json'),
    pretty: argv.includes('--pretty'),
  };
  if (json !== true) {
    printError(error.toJSON());
    return;
  }
  const name = command?.name() ?? '';
  const failed = FAILED[name] ?? (name.startsWith('integrations:') ? failedCall : failedCommand);
  printJson(failed(error), pretty === true);
}
