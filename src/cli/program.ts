import { Command, CommanderError, Help } from 'commander';
import { type KosmoError, toKosmoError } from '../errors/index.ts';
import { VERSION } from '../platform/version.ts';
import { withoutAlias } from './command-aliases.ts';
import { addCommands, COMMAND_GROUPS, type CommandGroup, serverCommand } from './commands/index.ts';
import type { CommandContext } from './context.ts';
import { withExampleNames } from './help-examples.ts';
import { usage } from './options/parse-values.ts';
import { openStream } from './terminal/event-stream.ts';
import { failedCommand, printError, printJson } from './terminal/output.ts';
import { takeSignals } from './terminal/signals.ts';
import { useStreams } from './terminal/streams.ts';

const EXAMPLES = `
Examples:
  kosmo run record_channel --emulator --force --input @workflows/record_channel.example.json
  kosmo integrations:lua --eval 'print(docs.read("{id}"))'
  kosmo docs {id}
  kosmo run --help`;

/** The words of a command line, with the command that they name. */
interface CommandLine {
  readonly program: Command;
  /** The group of the command. */
  readonly group: CommandGroup | undefined;
  readonly argv: readonly string[];
}

/** Columns of help for a pipe or a file. */
const DEFAULT_WIDTH = 80;

/** Parses and runs a command line. Sets the exit code; never rejects. */
export async function runProgram(context: CommandContext): Promise<void> {
  const argv = withoutAlias(context.argv);
  useStreams(context.streams);
  if (argv[0] === '__complete') return (await import('./completion/index.ts')).printCandidates(argv.slice(1), context);
  const program = new Command('kosmo')
    .description('Run Lua scripts that call {titles}: checked, authorized, logged, limited.')
    .version(VERSION, '-V, --version')
    .configureHelp({
      subcommandTerm: (command) => command.name(),
      commandDescription: (command) => withExampleNames(command.description()),
      argumentDescription: (argument) => withExampleNames(new Help().argumentDescription(argument)),
      optionDescription: (option) => withExampleNames(new Help().optionDescription(option)),
    })
    .addHelpText('after', EXAMPLES)
    .hook('preAction', (_program, command) => {
      if (command.opts<{ quiet?: true }>().quiet === true) context.isQuiet = true;
    })
    .exitOverride()
    // Usage errors are printed below, in the form that the caller asked for.
    .configureOutput({
      outputError: () => undefined,
      writeErr: () => undefined,
      writeOut: (text) => void context.stdout.write(withExampleNames(text)),
      getOutHelpWidth: () => (context.stdout.isTTY === true ? (context.stdout.columns ?? DEFAULT_WIDTH) : DEFAULT_WIDTH),
    });
  // The options of a command are known once its file is loaded; for help and for close names all are.
  let wanted: readonly CommandGroup[] = COMMAND_GROUPS.filter(({ names }) => names.includes(argv[0] ?? ''));
  if (wanted.length === 0) wanted = [(await serverCommand(context, argv[0] ?? '')) ?? []].flat();
  const isOne = wanted.length > 0 && wanted.every(({ needsAllCommands: seesAll }) => seesAll !== true);
  await addCommands(program, isOne ? wanted : COMMAND_GROUPS, context);
  const line = { program, group: wanted[0], argv };
  // A command that has something to end takes the signals over.
  takeSignals((error) => {
    printDocument(error, line);
    process.exit(error.exitCode);
  });
  try {
    if (argv.length === 0) program.outputHelp();
    else await program.parseAsync([...argv], { from: 'user' });
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return;
    const error = thrown instanceof CommanderError ? commandLineError(thrown, argv) : toKosmoError(thrown);
    context.exitCode = error.exitCode;
    if (!printDocument(error, line)) printError(error.toJSON());
  }
}

function commandLineError(thrown: CommanderError, argv: readonly string[]): KosmoError {
  // `kosmo help nope`
  if (thrown.code === 'commander.help') return usage(`unknown command '${argv[1]}'`, 'kosmo --help');
  const message = thrown.message.replace(/^error: /, '').replace(/\n\(Did you mean (.+)\?\)$/, '; did you mean $1?');
  const command = argv.find((word) => !word.startsWith('-'));
  const isKnown =
    thrown.code !== 'commander.unknownCommand' &&
    (command?.includes(':') || COMMAND_GROUPS.some(({ names }) => names.includes(command ?? '')));
  return usage(message, `kosmo ${isKnown === true ? `${command} ` : ''}--help`);
}

/** Prints the JSON document of an error, if the command line asks for JSON; returns whether it did. */
function printDocument(error: KosmoError, { program, group, argv }: CommandLine): boolean {
  const command = program.commands.find((candidate) => candidate.name() === argv[0]);
  // Also if it was taken for the value of an option that lacks one. The options of an unknown command are not known.
  const own = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const wants = (flag: string): boolean =>
    own.includes(flag) && (command === undefined || command.options.some(({ long }) => long === flag));
  // A caller that passes --json expects JSON, even from a command without that option, unless the word is the value of another option.
  const takesNext = (word = ''): boolean =>
    command?.options.some(({ long, short, required }) => required && (word === long || word === short)) === true;
  const isMisplaced = own.some((word, at) => word === '--json' && !takesNext(own[at - 1]));
  const failed = group?.failureDocument ?? failedCommand;
  // Some commands want JSON in any case, or by another option.
  const isJson = wants('--json') || isMisplaced || wants('--pretty') || command?.opts<{ json?: boolean }>().json === true;
  if (wants('--stream') && !wants('--json')) openStream().result(failed(error));
  else if (isJson) printJson(failed(error), wants('--pretty'));
  else return false;
  return true;
}
