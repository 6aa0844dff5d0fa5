import { createHash } from 'node:crypto';
import { isFields } from './checks.ts';

/** Digest of a clientRequest: equal for equal values, in any order of the fields. It contains no secret. */
export function digestOf(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(value)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isFields(value)) return value;
  // As a list of pairs: an object would put names that are numbers first, and drop `__proto__`.
  return {
    fields: Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  };
}
