import type { JsonValue } from '../../json/index.ts';
import { cutText } from '../../platform/cut-text.ts';
import type { ObservedCall } from './observer.ts';

/** Characters of a name that an entry of the log repeats. */
const MAX_NAME = 200;

/** Adds what a call is about, from its arguments or its result, to its log entry: see `Integration.subject`. */
export function addSubject({ facts, target }: ObservedCall, values: JsonValue): void {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return;
  for (const name of target.provider.subject ?? []) {
    const value = (values as Readonly<Record<string, JsonValue>>)[name];
    if (typeof value === 'string' && value !== '') Object.assign(facts, { [name]: cutText(value, MAX_NAME) });
  }
}

/** The known facts about the subject of a call: `{ cname: 'team-standup', sid: '…' }`. */
export function subjectOf({ facts, target }: ObservedCall): Readonly<Record<string, string>> {
  const known = (target.provider.subject ?? []).flatMap((name) => {
    const value = (facts as Readonly<Record<string, unknown>>)[name];
    return typeof value === 'string' ? [[name, value]] : [];
  });
  return Object.fromEntries(known);
}

/** The same in words: `cname team-standup, sid …`; undefined if nothing is known. */
export function describeSubject(call: ObservedCall): string | undefined {
  const known = Object.entries(subjectOf(call)).map(([name, value]) => `${name} ${value}`);
  return known.length === 0 ? undefined : known.join(', ');
}
