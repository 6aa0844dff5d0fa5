import type { Command } from 'commander';
import { usage } from '../options/parse-values.ts';
import { streams } from '../terminal/streams.ts';

/**
 * Sets kosmo's own options among the words of a call, and returns the others: the payload and the flags of the function. Behind `--`
 * all flags are the function's, and so are `foreign` flags everywhere. Throws `USAGE`, once the options are known that say how to report it.
 */
export function splitOwnOptions(command: Command, words: readonly string[], foreign: readonly string[] = []): readonly string[] {
  const own: string[] = [];
  const others: string[] = [];
  const problems: string[] = [];
  const given = new Set<string>();
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === '--') {
      others.push(word, ...left);
      break;
    }
    const [flag = ''] = word.split('=', 1);
    const option = command.options.find(({ long }) => long === flag && !foreign.includes(flag));
    if (option === undefined) {
      others.push(word);
      continue;
    }
    const hasValue = word.length > flag.length;
    const value = hasValue || !option.required ? undefined : left[0];
    if (hasValue && !option.required) problems.push(`${flag} takes no value; behind -- it is a flag of the function`);
    else if (option.required && !hasValue && (value === undefined || value.startsWith('--'))) problems.push(`${flag} needs a value`);
    else if (option.required && given.has(flag) && option.parseArg === undefined && !option.variadic)
      problems.push(`${flag} is given twice`);
    else own.push(word, ...(value === undefined ? [] : [left.shift() as string]));
    given.add(flag);
  }
  command.parseOptions(own);
  // Commander does it for the options that it reads itself.
  if (command.opts<{ pretty?: true }>().pretty === true) command.setOptionValue('json', true);
  if (command.opts<{ quiet?: true }>().quiet === true) streams().isQuiet = true;
  const [problem] = problems;
  if (problem !== undefined) throw usage(problem);
  return others;
}
