import { addCommands, COMMAND_GROUPS } from '../commands/index.ts';
import type { CommandContext } from '../context.ts';
import { visibleLine } from '../terminal/visible-text.ts';
import { findCandidates } from './candidates.ts';
import { splitLine } from './shell-words.ts';
import type { Candidate } from './values.ts';

/**
 * `kosmo __complete <zsh|fish> -- <words…>` and `kosmo __complete bash <break characters> <line up to the cursor>`: prints what the last
 * word can become, one candidate a line. Whatever goes wrong prints nothing: it would be seen in the middle of what is being typed.
 */
export async function printCandidates([shell, ...given]: readonly string[], context: CommandContext): Promise<void> {
  const program = { groups: COMMAND_GROUPS, addCommands, context };
  try {
    const lines =
      shell === 'bash' ? await forBash(given[1] ?? '', given[0] ?? '', program) : asLines(await findCandidates(given.slice(1), program));
    context.stdout.write(lines.map((line) => `${line}\n`).join(''));
  } catch {
    // Nothing to offer.
  }
}

function asLines(candidates: readonly Candidate[]): readonly string[] {
  return candidates.map(({ value, description = '' }) => `${value}\t${visibleLine(description.replaceAll(/\s+/g, ' '), 200)}`);
}

// Readline puts a candidate in the place of what follows the last break character: of `agora:em` that is `em`. (`@` is kept, as a prefix.)
async function forBash(line: string, breaks: string, program: Parameters<typeof findCandidates>[1]): Promise<readonly string[]> {
  const { words, quote } = splitLine(line);
  const typed = words.at(-1) ?? '';
  const candidates = await findCandidates(words.slice(1), program);
  if (quote !== '') return candidates.map(({ value }) => value);
  const cut = Math.max(...[...breaks].filter((character) => /[:=]/.test(character)).map((character) => typed.lastIndexOf(character))) + 1;
  return candidates.map(({ value }) => value.slice(Math.max(0, cut)).replaceAll(/[^\w./:=@%+,-]/g, '\\$&'));
}
