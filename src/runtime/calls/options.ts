import type { CallContext } from '../../integration/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { type Problem, suggest } from '../../schema/index.ts';

/** Options of one call, in a table after the arguments: `{ timeout = 5, retry = false }`. */
export type CallOptions = Pick<CallContext, 'timeoutMs' | 'retry'>;

const NAMES = ['timeout', 'retry'];
const MAX_TIMEOUT_SECONDS = 3600;

/** Takes the options off the end of a call's arguments. They follow a table of named arguments only. */
export function splitOptions(args: readonly JsonValue[]): {
  values: readonly JsonValue[];
  options: CallOptions;
  problems: readonly Problem[];
} {
  const [named, given] = args;
  // A variable for the options may be nil.
  if (args.length === 2 && isTable(named) && given === null) return { values: [named], options: {}, problems: [] };
  if (args.length !== 2 || !isTable(named) || !isTable(given)) return { values: args, options: {}, problems: [] };
  const problem = (name: string, message: string): Problem => ({ path: `options.${name}`, message: `options.${name} ${message}` });
  const problems: Problem[] = Object.keys(given)
    .filter((name) => !NAMES.includes(name))
    .map((name) => {
      const [close] = suggest(name, NAMES);
      return problem(
        name,
        `is no option of a call; there are ${NAMES.join(' and ')}.${close === undefined ? '' : ` Did you mean ${close}?`}`,
      );
    });
  const { timeout, retry } = given;
  const isTimeout = typeof timeout === 'number' && timeout > 0 && timeout <= MAX_TIMEOUT_SECONDS;
  if (timeout !== undefined && !isTimeout)
    problems.push(problem('timeout', `must be seconds, more than 0 and at most ${MAX_TIMEOUT_SECONDS}.`));
  if (retry !== undefined && typeof retry !== 'boolean') problems.push(problem('retry', 'must be true or false.'));
  return {
    values: [named],
    options: { ...(isTimeout ? { timeoutMs: timeout * 1000 } : {}), ...(typeof retry === 'boolean' ? { retry } : {}) },
    problems,
  };
}

function isTable(value: JsonValue | undefined): value is Record<string, JsonValue> {
  return typeof value === 'object' && value !== null && (!Array.isArray(value) || value.length === 0);
}
