import type { Command } from 'commander';
import type { IntegrationSummary } from '../../runtime/index.ts';
import { readParameters } from '../../schema/index.ts';
import { printTable } from '../terminal/output.ts';
import { streams } from '../terminal/streams.ts';
import { visibleLine } from '../terminal/visible-text.ts';

type Tool = Pick<IntegrationSummary['tools'][number], 'name' | 'description' | 'input'>;

/** Whether the words of a call ask for help, and are not meant for the function. */
export function isHelpWanted(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end === -1 ? words : words.slice(0, end)).some((word) => word === '--help' || word === '-h');
}

/** The command's help, and the flags of one function. */
export function printHelp(command: Command, id: string, { name, description, input }: Tool): void {
  command.outputHelp();
  streams().stdout.write(`\n${visibleLine(`${id}.${name}: ${description.replaceAll(/\s+/g, ' ')}`)}\n\n`);
  const rows = readParameters(input).map(({ name: parameter, type, required, values, description: text }) => [
    `--${parameter.replaceAll('_', '-')}`,
    type,
    required ? 'required' : 'optional',
    values === undefined ? text : `${text} Values: ${values.join(', ')}.`.trimStart(),
  ]);
  if (rows.length > 0) printTable(['Flag', 'Type', '', 'Meaning'], rows);
  else streams().stdout.write('It takes no parameters.\n');
}
