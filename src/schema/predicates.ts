import { formatPath, type PlacedProblem, shorten, type ValuePath } from './problem.ts';
import { suggest } from './suggest.ts';

/** What a message calls a value of each type. */
export const KIND = {
  object: 'an object or valid JSON object',
  array: 'an array or valid JSON array',
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'a boolean',
} as const;

/** What a message says after the value's place, by the keyword of JSON Schema that the value does not satisfy. */
export const PREDICATES: Readonly<Record<string, (params: Readonly<Record<string, unknown>>) => string>> = {
  type: ({ type }) => `must be ${listTypes(type)}.`,
  enum: ({ allowedValues }) => `must be one of ${listValues(allowedValues)}.`,
  const: ({ allowedValue }) => `must be ${listValues([allowedValue])}.`,
  minimum: ({ limit }) => `must be at least ${limit}.`,
  maximum: ({ limit }) => `must be at most ${limit}.`,
  exclusiveMinimum: ({ limit }) => `must be more than ${limit}.`,
  exclusiveMaximum: ({ limit }) => `must be less than ${limit}.`,
  multipleOf: ({ multipleOf }) => `must be a multiple of ${multipleOf}.`,
  minLength: ({ limit }) => `must have at least ${count(limit, 'character')}.`,
  maxLength: ({ limit }) => `must have at most ${count(limit, 'character')}.`,
  minItems: ({ limit }) => `must have at least ${count(limit, 'item')}.`,
  maxItems: ({ limit }) => `must have at most ${count(limit, 'item')}.`,
  pattern: ({ pattern }) => `must match the pattern ${pattern}.`,
  oneOf: () => 'fits several of the alternatives of its schema, and must fit exactly one.',
};

// Null is how schemas say that something may be absent.
function listTypes(types: unknown): string {
  const known: Readonly<Record<string, string>> = KIND;
  const names = [types].flat().filter((type) => type !== undefined);
  const named = names.length > 1 ? names.filter((type) => type !== 'null') : names;
  return named.map((type) => known[String(type)] ?? String(type)).join(' or ');
}

function listValues(values: unknown): string {
  const all = [values].flat() as readonly unknown[];
  const shown = all.length > 1 ? all.filter((value) => value !== null) : all;
  return shown.map((value) => (typeof value === 'object' ? JSON.stringify(value) : String(value))).join(', ');
}

function count(limit: unknown, thing: string): string {
  return limit === 1 ? `1 ${thing}` : `${limit} ${thing}s`;
}

/** The problem of a name that an object refuses, with a close one of `names`. */
export function unknownField(names: readonly string[], parent: ValuePath, name: string): PlacedProblem {
  const [close] = suggest(name, names, 1);
  const what = parent.length === 0 ? `unknown parameter '${shorten(name)}'` : `unknown field '${shorten(name)}' in ${formatPath(parent)}`;
  return { at: [...parent, name], sentence: close === undefined ? `${what}.` : `${what}; did you mean '${close}'?` };
}
