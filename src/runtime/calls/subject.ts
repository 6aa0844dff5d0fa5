import type { JsonValue } from '../../json/index.ts';
import { cutText } from '../../platform/cut-text.ts';
import type { Call } from './stage.ts';

/** Characters of a name that an entry of the log repeats. */
const MAX_NAME = 200;

/** Adds what a call is about, from its arguments or its result, to its log entry: see `Integration.subject`. */
export function addSubject({ facts, target }: Call, values: JsonValue): void {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return;
  for (const name of target.provider.subject ?? []) {
    const value = (values as Readonly<Record<string, JsonValue>>)[name];
    if (typeof value === 'string' && value !== '') Object.assign(facts, { [name]: cutText(value, MAX_NAME) });
  }
}
