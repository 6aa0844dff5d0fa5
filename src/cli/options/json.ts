import type { Command } from 'commander';

/** Adds `--json`, and `--pretty`, which means it, too. */
export function addJsonOptions(command: Command, description = 'print one JSON document instead of text'): Command {
  return command.option('--json', description).addOption(command.createOption('--pretty', 'print indented JSON').implies({ json: true }));
}
