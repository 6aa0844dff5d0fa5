import { ExactInteger, isObject, type JsonValue } from '../json/index.ts';
import { type EffectiveSchema, readSchema, schemaAt } from './effective.ts';
import { findFaults } from './faults.ts';
import type { ObjectSchema } from './object-schema.ts';
import { PREDICATES } from './predicates.ts';
import { formatPath, type PlacedProblem, type ValuePath } from './problem.ts';
import { type CompiledValidator, readErrors, readPointer, type ValidatorError } from './read-errors.ts';

const UNIONS = new Set(['anyOf', 'oneOf']);
/** Keywords whose verdict about a rounded number does not count. */
const EXACT = new Set(['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'enum', 'const']);
/** Says only that another error is one. */
const SUMMARIES = new Set(['if']);

/**
 * What is wrong with converted arguments of a schema that an MCP server sent. The validator decides, except about an `ExactInteger`, which
 * it cannot hold. Of alternatives the problems are those of the one that was meant.
 */
export function findRemoteProblems(input: ObjectSchema, validator: CompiledValidator, value: JsonValue): readonly PlacedProblem[] {
  const exact = exactPlaces(value, []);
  const errors = validator(exact.length === 0 ? value : mapExact(value, ({ digits }) => Number(digits))) ? [] : (validator.errors ?? []);
  const unions = errors.filter(({ keyword }) => UNIONS.has(keyword));
  const inUnion = ({ instancePath }: ValidatorError): boolean => unions.some((union) => isWithin(instancePath, union.instancePath));
  const isRounded = ({ keyword, instancePath }: ValidatorError): boolean =>
    EXACT.has(keyword) && exact.some((at) => formatPath(at) === formatPath(readPointer(instancePath, value)));
  const plain = errors.filter((error) => !inUnion(error) && !isRounded(error) && !SUMMARIES.has(error.keyword));
  return [
    ...readErrors(input, value, plain),
    ...unions
      .filter((union) => !unions.some((outer) => outer !== union && isInside(union, outer)))
      .flatMap((union) => explainUnion(input, value, union, exact.length > 0)),
    ...(exact.length === 0 ? [] : exactProblems(input, value, exact)),
  ];
}

function explainUnion(
  input: ObjectSchema,
  value: JsonValue,
  { instancePath, keyword, params }: ValidatorError,
  hasExact: boolean,
): readonly PlacedProblem[] {
  const at = readPointer(instancePath, value);
  const schema = schemaAt(input, at);
  const faults = schema === undefined ? [] : findFaults(schema, valueAt(value, at), at, new Map());
  if (faults.length > 0 || hasExact) return faults;
  const fitsSeveral = keyword === 'oneOf' && Array.isArray(params.passingSchemas);
  return [{ at, predicate: fitsSeveral ? (PREDICATES.oneOf?.({}) ?? '') : 'does not fit any of the alternatives of its schema.' }];
}

function exactProblems(input: ObjectSchema, value: JsonValue, exact: readonly ValuePath[]): readonly PlacedProblem[] {
  const places = new Set(exact.map((at) => formatPath(at)));
  return findFaults(readSchema(input), value, [], new Map()).filter(({ at }) => places.has(formatPath(at)));
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}/`);
}

// Of two unions of one value the first counts.
function isInside(union: ValidatorError, outer: ValidatorError): boolean {
  return union.instancePath !== outer.instancePath && isWithin(union.instancePath, outer.instancePath);
}

function valueAt(value: JsonValue, at: ValuePath): JsonValue {
  return at.reduce<JsonValue>((here, part) => (here as Readonly<Record<string | number, JsonValue>>)[part] ?? null, value);
}

function exactPlaces(value: JsonValue, at: ValuePath): readonly ValuePath[] {
  if (value instanceof ExactInteger) return [at];
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap((item, index) => exactPlaces(item, [...at, index]));
  return isObject(value) ? Object.entries(value).flatMap(([name, field]) => exactPlaces(field, [...at, name])) : [];
}

/** The same arguments with each `ExactInteger` as the text of its digits, for everything that shows or keeps arguments. */
export function withDigits(value: JsonValue): JsonValue {
  return mapExact(value, ({ digits }) => digits);
}

function mapExact(value: JsonValue, replace: (exact: ExactInteger) => JsonValue): JsonValue {
  if (exactPlaces(value, []).length === 0) return value;
  const map = (here: JsonValue): JsonValue => {
    if (here instanceof ExactInteger) return replace(here);
    if (Array.isArray(here)) return (here as readonly JsonValue[]).map(map);
    return isObject(here) ? Object.fromEntries(Object.entries(here).map(([name, field]) => [name, map(field)])) : here;
  };
  return map(value);
}

/** Whether a value satisfies the keywords that choose between alternatives. */
export function fitsSchema(schema: EffectiveSchema, value: JsonValue): boolean {
  return findFaults(schema, value, [], new Map()).length === 0;
}
