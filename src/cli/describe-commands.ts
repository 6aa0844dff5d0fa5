import type { EventEmitter } from 'node:events';
import type { Argument, Command, Option } from 'commander';
import { withExampleNames } from './help-examples.ts';

/** A command in the document of `introspect`. */
export interface CommandReport {
  readonly name: string;
  readonly description: string;
  /** `[options] <function> [arguments...]` */
  readonly usage: string;
  readonly arguments: readonly ArgumentReport[];
  readonly options: readonly OptionReport[];
  readonly examples: readonly string[];
  /** The schema of what `--json` prints, and of the lines of `--stream`; null where there is no such option. */
  readonly json_schema: string | null;
  readonly stream_schema: string | null;
}

interface ArgumentReport {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly variadic: boolean;
  readonly choices: readonly string[] | null;
}

interface OptionReport {
  /** As the help shows it: `-e, --eval <code>`. */
  readonly flags: string;
  /** `--eval` */
  readonly name: string;
  readonly short: string | null;
  readonly description: string;
  readonly value: 'none' | 'optional' | 'required';
  /** Whether it may be repeated or takes several values. */
  readonly variadic: boolean;
  readonly default: unknown;
  readonly choices: readonly string[] | null;
}

/** Describes the visible commands. `schemas` names a schema for each command with `--json`. */
export function describeCommands(program: Command, schemas: Readonly<Record<string, string>>): readonly CommandReport[] {
  return program
    .createHelp()
    .visibleCommands(program)
    .filter((command) => command.name() !== 'help')
    .map((command) => describeCommand(command, schemas[command.name()] ?? null));
}

function describeCommand(command: Command, schema: string | null): CommandReport {
  const options = command.createHelp().visibleOptions(command);
  const has = (name: string): boolean => options.some(({ long }) => long === name);
  return {
    name: command.name(),
    description: withExampleNames(command.description()),
    usage: command.usage(),
    arguments: command.registeredArguments.map(describeArgument),
    options: options.map(describeOption),
    examples: examplesOf(command),
    json_schema: has('--json') ? schema : null,
    stream_schema: has('--stream') ? 'stream' : null,
  };
}

function describeArgument(argument: Argument): ArgumentReport {
  const { description, required, variadic, argChoices: choices = null } = argument;
  return { name: argument.name(), description: withExampleNames(description), required, variadic, choices };
}

function describeOption({ flags, long, short, description, required, optional, variadic, defaultValue, argChoices }: Option): OptionReport {
  return {
    flags,
    name: long ?? short ?? flags,
    short: short ?? null,
    description: withExampleNames(description),
    value: required ? 'required' : optional ? 'optional' : 'none',
    variadic,
    default: defaultValue ?? null,
    choices: argChoices ?? null,
  };
}

// They are part of the help text, and commander keeps that as listeners.
function examplesOf(command: Command): readonly string[] {
  let text = '';
  (command as unknown as EventEmitter).emit('afterHelp', { error: false, command, write: (more: string) => (text += more) });
  const [, list = ''] = /^Examples:\n((?: {2}.*\n?)+)/m.exec(withExampleNames(text)) ?? [];
  return list
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
