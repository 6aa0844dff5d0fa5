import { KosmoError } from '../../errors/index.ts';
import type { Provider } from '../../integration/index.ts';
import { cutText } from '../../platform/cut-text.ts';
import type { Problem } from '../../schema/index.ts';

/** Problems that an error names, and characters of each: names and values are what a script made up. */
const MAX_PROBLEMS = 50;
const MAX_TEXT = 1000;

/** The error of arguments that a call refuses. `path` is the function as it was reached: by a script, or `agora.stop_recording` by a command. */
export function invalidArgumentsError(path: string, found: readonly Problem[], { docsCommand }: Pick<Provider, 'docsCommand'>): KosmoError {
  const problems = found
    .slice(0, MAX_PROBLEMS)
    .map((one) => ({ ...one, path: cutText(one.path, MAX_TEXT), message: cutText(one.message, MAX_TEXT) }));
  const more = found.length - problems.length;
  const name = path.replace(/^app\.(?:integrations\.)?/, '');
  const isCommand = name === path && !path.startsWith('mcp.');
  const sentences = isCommand ? [...gatherMissing(problems)] : problems.map(({ message }) => message);
  if (more > 0) sentences.push(`${more} further problems were left out.`);
  return new KosmoError('INVALID_ARGUMENTS', `${path}: ${sentences.join(' ')} Nothing was sent.`, {
    hint: `${isCommand ? `kosmo ${docsCommand} ${path}` : `docs.read("${name}")`} describes the parameters`,
    details: { problems },
  });
}

// In one sentence, which other programs look for.
function gatherMissing(problems: readonly Problem[]): readonly string[] {
  const isMissing = ({ path, message }: Problem): boolean => message === `${path} is required.` && !path.includes('.');
  const missing = problems.filter(isMissing).map(({ path }) => path);
  const others = problems.filter((problem) => !isMissing(problem)).map(({ message }) => message);
  return missing.length === 0 ? others : [`Missing required parameter(s): ${missing.join(', ')}.`, ...others];
}
