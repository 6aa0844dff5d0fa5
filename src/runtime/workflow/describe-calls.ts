import type { DeclaredCall } from './declaration.ts';

/**
 * Says what declared calls can do in a run: `start up to 1 recording and stop up to 3`. The words are those of the integration; a function
 * without them is named.
 */
export function describeCalls(calls: readonly DeclaredCall[]): string {
  const clauses = calls.map((call, index) => describeCall(call, calls[index - 1]?.effect?.noun));
  const [last = '', ...before] = clauses.toReversed();
  return before.length === 0 ? last : `${before.toReversed().join(', ')} and ${last}`;
}

// The noun is left out if the clause before has it.
function describeCall({ name, max, effect }: DeclaredCall, noun: string | undefined): string {
  if (effect === undefined) {
    if (max === undefined) return `call ${name} any number of times`;
    return `call ${name} up to ${max} ${max === 1 ? 'time' : 'times'}`;
  }
  const count = max === undefined ? 'any number' : `up to ${max}`;
  if (noun === effect.noun) return `${effect.verb} ${count}`;
  return `${effect.verb} ${count} ${max === undefined ? 'of ' : ''}${effect.noun}${max === 1 ? '' : 's'}`;
}
