import type { Account } from '../../credentials/index.ts';
import { KosmoError } from '../../errors/index.ts';
import { checkCredentials, type IntegrationSummary } from '../../runtime/index.ts';
import { printNote } from './output.ts';
import type { Prompt } from './prompt.ts';
import { visibleLine } from './visible-text.ts';

/**
 * Asks a person for what an account lacks, or, where it lacks nothing, for what it needs: an empty answer leaves a field as it is. Throws
 * `INTERRUPTED` when there comes no answer.
 */
export async function askFields(
  { id, title, credentials }: IntegrationSummary,
  account: Account,
  prompt: Prompt,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const isComplete = account.missing.length === 0;
  const wanted = credentials.filter(({ name, required }) => (isComplete ? required : account.missing.includes(name)));
  const ends = isComplete ? 'An empty answer leaves a value as it is.' : 'An empty answer leaves a value out.';
  printNote(`${title}, account ${account.name}. ${ends}`);
  const values: Record<string, string> = {};
  for (const { name, label, description, secret } of wanted) {
    printNote(`\n${description}`);
    for (;;) {
      const answer = (await prompt(visibleLine(`${label}${secret ? ' (not shown)' : ''}: `), signal, secret))?.trim();
      if (answer === undefined) throw new KosmoError('INTERRUPTED', 'There was no answer. Nothing was changed.');
      const [problem] = answer === '' ? [] : await checkCredentials(id, { [name]: answer });
      if (problem !== undefined) printNote(problem.message);
      else {
        if (answer !== '') values[name] = answer;
        break;
      }
    }
  }
  return values;
}
