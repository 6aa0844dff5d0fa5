import { isObject, type JsonObject, type JsonValue } from '../json/index.ts';
import { coerceArguments, KIND } from './coerce.ts';
import type { JsonSchema } from './json-schema.ts';
import type { ObjectSchema } from './object-schema.ts';
import { markUnknown } from './partial-values.ts';
import { arrangeProblems, formatPath, type PlacedProblem, type Problem, shorten, type ValuePath } from './problem.ts';
import { suggest } from './suggest.ts';

/** The slice of ajv's error object that is used. */
export interface ValidatorError {
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

/** A compiled validator: ajv 8 (draft 2020-12, `allErrors`, `strict: false`), as standalone code or from `compile`. */
export interface CompiledValidator {
  (data: unknown): boolean;
  errors?: readonly ValidatorError[] | null;
}

/** Arguments as the tool wants them, or everything that is wrong with them, in the order of the schema's properties. */
export type CheckedArguments =
  | { readonly ok: true; readonly args: Record<string, JsonValue> }
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
  const invalid = validator(value) ? [] : readErrors(input, value, validator.errors ?? []);
  const found = [...dropped.problems, ...problems, ...invalid];
  return found.length === 0
    ? { ok: true, args: value as Record<string, JsonValue> }
    : { ok: false, problems: arrangeProblems(input, found) };
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
  const usable = { ...(coerceArguments(input, dropIgnored(input, bound.named).named).value as Record<string, JsonValue>) };
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
  const names = Object.keys(input.properties);
  const given = args.findLastIndex((value) => value !== null) + 1;
  if (given > names.length) {
    const takes = names.length === 0 ? 'the function takes none' : `the function takes at most ${names.length} (${names.join(', ')})`;
    return { sentence: `too many arguments: ${takes}, ${given} given.` };
  }
  return { named: Object.fromEntries(names.slice(0, given).flatMap((name, i) => (args[i] == null ? [] : [[name, args[i]]]))) };
}

// An enum's message says more than that of the type, so it comes first: of several problems of one value the first stays.
function readErrors(input: ObjectSchema, value: JsonValue, errors: readonly ValidatorError[]): PlacedProblem[] {
  const enums = errors.filter(({ keyword }) => keyword === 'enum');
  const others = errors.filter(({ keyword }) => keyword !== 'enum');
  return [...enums, ...others].map((error) => readError(input, value, error));
}

function readError(input: ObjectSchema, value: JsonValue, { instancePath, keyword, params, message }: ValidatorError): PlacedProblem {
  const at = readPointer(instancePath, value);
  if (keyword === 'required') return { at: [...at, String(params.missingProperty)], predicate: 'is required.' };
  if (keyword === 'additionalProperties') return unknownField(input, at, String(params.additionalProperty));
  return { at, predicate: PREDICATES[keyword]?.(params) ?? `${message ?? 'is not valid'}.` };
}

/** What a message says after the value's place, by the keyword of JSON Schema that the value does not satisfy. */
const PREDICATES: Readonly<Record<string, (params: ValidatorError['params']) => string>> = {
  type: ({ type }) => `must be ${listTypes(type)}.`,
  enum: ({ allowedValues }) => `must be one of ${[allowedValues].flat().join(', ')}.`,
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
};

function listTypes(types: unknown): string {
  const known: Readonly<Record<string, string>> = KIND;
  return [types]
    .flat()
    .map((type) => known[String(type)] ?? String(type))
    .join(' or ');
}

function count(limit: unknown, thing: string): string {
  return limit === 1 ? `1 ${thing}` : `${limit} ${thing}s`;
}

function unknownField(input: ObjectSchema, parent: ValuePath, name: string): PlacedProblem {
  const [meant] = suggest(name, Object.keys(schemaAt(input, parent)?.properties ?? {}), 1);
  const what = parent.length === 0 ? `unknown parameter '${shorten(name)}'` : `unknown field '${shorten(name)}' in ${formatPath(parent)}`;
  return { at: [...parent, name], sentence: meant === undefined ? `${what}.` : `${what}; did you mean '${meant}'?` };
}

function schemaAt(schema: JsonSchema, at: ValuePath): JsonSchema | undefined {
  return at.reduce<JsonSchema | undefined>((here, part) => (typeof part === 'number' ? here?.items : here?.properties?.[part]), schema);
}

// RFC 6901. Whether `0` is a position or a name is for the value to say.
function readPointer(pointer: string, value: JsonValue): ValuePath {
  let here: unknown = value;
  return pointer
    .split('/')
    .slice(1)
    .map((escaped) => {
      const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
      const part = Array.isArray(here) ? Number(name) : name;
      here = (here as Readonly<Record<string | number, unknown>> | null)?.[part];
      return part;
    });
}
