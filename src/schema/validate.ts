import { isObject, isUnsafeDigits, type JsonObject, type JsonValue } from '../json/index.ts';
import { coerceArguments } from './coerce.ts';
import { readSchema } from './effective.ts';
import { findMisspelt } from './misspelt.ts';
import type { ObjectSchema } from './object-schema.ts';
import { parameterNames } from './parameters.ts';
import { markUnknown } from './partial-values.ts';
import { arrangeProblems, type PlacedProblem, type Problem } from './problem.ts';
import { type CompiledValidator, readErrors } from './read-errors.ts';
import { findRemoteProblems, withDigits } from './remote.ts';

/** Arguments as the tool wants them, or everything that is wrong with them, in the order of the schema's properties. */
export type CheckedArguments =
  | { readonly ok: true; readonly args: Record<string, JsonValue>; readonly warnings?: readonly string[] }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/**
 * Binds the values of a call to a tool's parameters, converts them and validates them. A single object is the table of named
 * arguments, anything else is positional in the order of the schema. `validator` belongs to `input`. Never throws.
 */
export function checkArguments(input: ObjectSchema, validator: CompiledValidator, args: readonly JsonValue[]): CheckedArguments {
  const bound = bindArguments(input, args);
  if ('sentence' in bound) return { ok: false, problems: [{ path: '', message: bound.sentence }] };
  const dropped = dropIgnored(input, bound.named);
  const { value, problems } = coerceArguments(input, dropped.named);
  const invalid = input.remote === true ? findRemoteProblems(input, validator, value) : findProblems(input, validator, value);
  const found = [...dropped.problems, ...problems, ...invalid];
  const misspelt = input.remote === true ? findMisspelt(readSchema(input), value, []) : [];
  if (found.length > 0) return { ok: false, problems: arrangeProblems(input, [...found, ...misspelt]) };
  const warnings = misspelt.map(({ sentence }) => `${sentence.replace(/^t/, 'T')} It is sent as it is.`);
  return { ok: true, args: withoutExact(input, value) as Record<string, JsonValue>, ...(warnings.length === 0 ? {} : { warnings }) };
}

/**
 * Returns checked arguments of a remote schema for the wire: the digits of integers beyond ±(2^53 - 1) as `ExactInteger` where the schema wants a
 * number. Everything before shows them as text.
 */
export function withExactIntegers(input: ObjectSchema, args: Readonly<Record<string, JsonValue>>): Readonly<Record<string, JsonValue>> {
  return hasUnsafeDigits(args) ? (coerceArguments(input, args).value as Readonly<Record<string, JsonValue>>) : args;
}

function hasUnsafeDigits(value: JsonValue): boolean {
  if (typeof value === 'string') return isUnsafeDigits(value);
  return typeof value === 'object' && value !== null && Object.values(value).some(hasUnsafeDigits);
}

function withoutExact({ remote }: ObjectSchema, value: JsonValue): JsonValue {
  return remote === true ? withDigits(value) : value;
}

function findProblems(input: ObjectSchema, validator: CompiledValidator, value: JsonValue): readonly PlacedProblem[] {
  return validator(value) ? [] : readErrors(input, value, validator.errors ?? []);
}

/**
 * The arguments of a call that `checkArguments` refused, in which those with problems are `markUnknown`: the tool's own check can still
 * cover the others. Undefined where the values do not fit the parameters at all.
 */
export function argumentsWithout(
  problems: readonly Problem[],
  input: ObjectSchema,
  args: readonly JsonValue[],
): Record<string, JsonValue> | undefined {
  const bound = bindArguments(input, args);
  if ('sentence' in bound) return undefined;
  const usable = {
    ...(withoutExact(input, coerceArguments(input, dropIgnored(input, bound.named).named).value) as Record<string, JsonValue>),
  };
  for (const { path } of problems) markUnknown(usable, path.split(/[.[]/, 1)[0] ?? path);
  return usable;
}

function dropIgnored(
  { ignored }: ObjectSchema,
  named: JsonObject,
): { readonly named: JsonObject; readonly problems: readonly PlacedProblem[] } {
  if (ignored === undefined) return { named, problems: [] };
  const problems = Object.entries(ignored).flatMap(([name, allowed]): PlacedProblem[] => {
    const value = named[name] ?? null;
    return value === null || allowed.length === 0 || allowed.includes(value)
      ? []
      : [{ at: [name], predicate: `must be ${allowed.join(' or ')}.` }];
  });
  return { named: Object.fromEntries(Object.entries(named).filter(([name]) => !Object.hasOwn(ignored, name))), problems };
}

type Bound = { readonly named: JsonObject } | { readonly sentence: string };

function bindArguments(input: ObjectSchema, args: readonly JsonValue[]): Bound {
  const [first] = args;
  if (args.length === 1 && isObject(first)) return { named: first };
  const names = input.remote === true ? parameterNames(input) : Object.keys(input.properties);
  const given = args.findLastIndex((value) => value !== null) + 1;
  if (given > names.length) {
    const takes = names.length === 0 ? 'the function takes none' : `the function takes at most ${names.length} (${names.join(', ')})`;
    return { sentence: `too many arguments: ${takes}, ${given} given.` };
  }
  return { named: Object.fromEntries(names.slice(0, given).flatMap((name, i) => (args[i] == null ? [] : [[name, args[i]]]))) };
}
