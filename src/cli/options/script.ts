import type { Command } from 'commander';
import { addJsonOptions } from './json.ts';
import { addAllowFlag, type PolicyFlags } from './policy.ts';

/** The options of every command that runs a script. */
export interface ScriptOptions extends PolicyFlags {
  readonly json?: true;
  readonly pretty?: true;
  readonly stream?: true;
  readonly emulator?: true;
  readonly stopOnExit?: true;
  readonly raw?: true;
  readonly memoryLimit?: string;
  readonly cpuLimit?: string;
  readonly timeout?: string;
  readonly arg?: readonly string[];
  readonly input?: string;
  readonly record?: string;
  readonly replay?: string;
  readonly max?: readonly string[];
  readonly modulePath?: string;
  readonly approved?: string;
  readonly durable?: true;
  readonly runId?: string;
  readonly park?: true;
}

/** Adds the options of a script. `--emulator` and `--stop-on-exit` are for scripts that use integrations. */
export function addScriptOptions(bare: Command): Command {
  const command = addJsonOptions(bare, 'print one JSON document instead of the output')
    .option('--stream', 'print events as JSON lines; the last line is the --json document')
    .option('--raw', 'print on a terminal what the script prints as it is, with characters that draw')
    .option('--force', 'allow every call in this run, even calls that the policy denies')
    .option('--memory-limit <size>', 'memory of the script, for example 64MiB (default 128MiB)')
    .option('--cpu-limit <seconds>', 'CPU time of the script in seconds (default 30)')
    .option('--timeout <seconds>', 'wall time of the run in seconds (default: no limit)')
    .option('--arg <key=value>', 'set input.key to a string; may be repeated', collect)
    .option('--input <json>', 'the global `input`: JSON text, @file, or @- for stdin')
    .option('--max <function=count>', 'cap the calls of a function in this run; may be repeated', collect)
    .option('--approved <hash>', 'allow the declared calls of exactly this text, as workflows:approve prints it')
    .option('--module-path <folder>', 'where require looks for modules (default: the folder of the script)')
    .option('--record <file>', 'write what the run gets from outside into a file, without secrets')
    .option('--replay <file>', 'repeat a recorded run: no credentials, no network, no waiting');
  command
    .option('--durable', 'keep a journal: after a crash the run goes on where it was')
    .option('--run-id <id>', 'id of a durable run; the id of an existing one goes on with it')
    .option('--park', 'end the process (exit code 7) while a durable run sleeps for a minute or more');
  return addAllowFlag(command);
}

/** Adds the options of a script that uses integrations. */
export function addIntegrationOptions(command: Command): Command {
  return command
    .option('--emulator', 'send calls of integrations to an emulator in this process')
    .option('--stop-on-exit', 'stop what the script leaves running, even if the policy denies it');
}

/** Collects the values of an option that may be repeated. */
export function collect(value: string, all: readonly string[] = []): readonly string[] {
  return [...all, value];
}
