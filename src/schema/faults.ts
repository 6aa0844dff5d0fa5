import { ExactInteger, isObject, type JsonObject, type JsonValue } from '../json/index.ts';
import { type Branch, type EffectiveSchema, isSame, matches, type RawSchema, typeOfValue } from './effective.ts';
import { PREDICATES, unknownField } from './predicates.ts';
import type { PlacedProblem, ValuePath } from './problem.ts';

/** Faults of values in alternatives, so that a schema that calls itself costs no more than its size times that of the value. */
export type KnownFaults = Map<Branch, WeakMap<object, readonly PlacedProblem[]>>;

/**
 * What is wrong with a value, as far as the keywords tell that choose between alternatives: types, enums, limits, names. If no alternative
 * fits, the faults are those of the alternative that was meant.
 */
export function findFaults(schema: EffectiveSchema, value: JsonValue, at: ValuePath, known: KnownFaults): readonly PlacedProblem[] {
  const { branches } = schema;
  const all: (readonly PlacedProblem[])[] = [];
  for (const branch of branches) {
    const faults = findBranchFaults(branch, value, at, known);
    if (faults.length === 0) return faults;
    all.push(faults);
  }
  return faultsOfMeant(branches, value, at, all);
}

/** The problems of the alternative that was meant, of those of each. */
export function faultsOfMeant(
  branches: readonly Branch[],
  value: JsonValue,
  at: ValuePath,
  problems: readonly (readonly PlacedProblem[])[],
): readonly PlacedProblem[] {
  const rows = branches
    .map((branch, index) => ({ branch, found: problems[index] ?? [], rank: misfit(branch, value) }))
    .filter(({ branch }) => branch.type !== 'null' || branches.length === 1);
  const best = Math.min(...rows.map(({ rank }) => rank));
  const near = rows.filter(({ rank }) => rank === best);
  const enums = near.map(({ branch }) => branch.values());
  if (near.length > 1 && enums.every((values) => values !== undefined))
    return [{ at, predicate: PREDICATES.enum?.({ allowedValues: [...new Set(enums.flat())] }) ?? '' }];
  const types = [...new Set(near.map(({ branch }) => branch.type))];
  if (best === WRONG_TYPE && near.length > 1) return [{ at, predicate: PREDICATES.type?.({ type: types }) ?? '' }];
  return near.map(({ found }) => found).sort((a, b) => a.length - b.length)[0] ?? [];
}

const WRONG_TYPE = 2;

/** How far a value is from an alternative: 2 is another type; 1 is another value of a field that tells alternatives apart; else 0. */
export function misfit(branch: Branch, value: JsonValue): number {
  if (!isOfType(branch.type, value)) return WRONG_TYPE;
  if (!isObject(value) || value instanceof ExactInteger) return 0;
  const isOther = Object.entries(value).some(([name, field]) => {
    const alternatives = branch.property(name)?.branches ?? [];
    const values = alternatives.length === 1 ? alternatives[0]?.values() : undefined;
    return values?.length === 1 && !values.some((allowed) => isSame(allowed, field));
  });
  return isOther ? 1 : 0;
}

/** What is wrong with a value that is meant for one alternative. */
export function findBranchFaults(branch: Branch, value: JsonValue, at: ValuePath, known: KnownFaults): readonly PlacedProblem[] {
  if (typeof value !== 'object' || value === null) return computeFaults(branch, value, at, known);
  const ofBranch = known.get(branch) ?? new WeakMap<object, readonly PlacedProblem[]>();
  known.set(branch, ofBranch);
  const faults = ofBranch.get(value) ?? computeFaults(branch, value, at, known);
  ofBranch.set(value, faults);
  return faults;
}

function computeFaults(branch: Branch, value: JsonValue, at: ValuePath, known: KnownFaults): readonly PlacedProblem[] {
  const report = (keyword: string, params: Readonly<Record<string, unknown>>): PlacedProblem => ({
    at,
    predicate: PREDICATES[keyword]?.(params) ?? 'is not valid.',
  });
  // The values say more than the type.
  const values = branch.values();
  const plain: unknown = value instanceof ExactInteger ? value.digits : value;
  if (values !== undefined && !values.some((allowed) => isSame(allowed, plain))) return [report('enum', { allowedValues: values })];
  if (!isOfType(branch.type, value)) return [report('type', { type: branch.type })];
  if (typeof value === 'string') return branch.facets.flatMap((facet) => textFaults(facet, value, report));
  if (typeof value === 'number' || value instanceof ExactInteger)
    return branch.facets.flatMap((facet) => numberFaults(facet, value, report));
  if (Array.isArray(value)) {
    const items = value as readonly JsonValue[];
    return [...branch.facets.flatMap((facet) => sizeFaults(facet, items, report)), ...itemFaults(branch, items, at, known)];
  }
  return isObject(value) ? objectFaults(branch, value, at, known) : [];
}

type Report = (keyword: string, params: Readonly<Record<string, unknown>>) => PlacedProblem;

/** Whether a value has a type. A number without a fraction is an integer. */
export function isOfType(type: Branch['type'], value: JsonValue): boolean {
  if (type === undefined) return true;
  if (value instanceof ExactInteger) return type === 'integer' || type === 'number';
  const own = typeOfValue(value);
  return own === type || (own === 'integer' && type === 'number');
}

function textFaults({ minLength, maxLength, pattern }: RawSchema, text: string, report: Report): readonly PlacedProblem[] {
  // In characters, as JSON Schema counts.
  const length = (minLength ?? maxLength) === undefined ? 0 : [...text].length;
  return [
    ...(typeof minLength === 'number' && length < minLength ? [report('minLength', { limit: minLength })] : []),
    ...(typeof maxLength === 'number' && length > maxLength ? [report('maxLength', { limit: maxLength })] : []),
    ...(typeof pattern === 'string' && matches(pattern, text) === false ? [report('pattern', { pattern })] : []),
  ];
}

const COMPARE: Readonly<Record<string, (value: number | bigint, limit: number | bigint) => boolean>> = {
  minimum: (value, limit) => value >= limit,
  maximum: (value, limit) => value <= limit,
  exclusiveMinimum: (value, limit) => value > limit,
  exclusiveMaximum: (value, limit) => value < limit,
};

// Limits beyond 2^53 are digits, too. Numbers and bigints compare exactly.
function numberFaults(facet: RawSchema, value: number | ExactInteger, report: Report): readonly PlacedProblem[] {
  const exact = value instanceof ExactInteger ? BigInt(value.digits) : value;
  const faults = Object.entries(COMPARE).flatMap(([keyword, holds]) => {
    const limit = exactNumber(facet[keyword]);
    return limit === undefined || holds(exact, limit) ? [] : [report(keyword, { limit })];
  });
  const divisor = exactNumber(facet.multipleOf);
  return divisor === undefined || isMultiple(exact, divisor) ? faults : [...faults, report('multipleOf', { multipleOf: divisor })];
}

function exactNumber(limit: unknown): number | bigint | undefined {
  if (typeof limit === 'number') return limit;
  return typeof limit === 'string' && /^-?\d+$/.test(limit) ? BigInt(limit) : undefined;
}

function isMultiple(value: number | bigint, divisor: number | bigint): boolean {
  if (Number(divisor) === 0) return true;
  if (Number.isInteger(Number(value)) && Number.isInteger(Number(divisor))) return BigInt(value) % BigInt(divisor) === 0n;
  const quotient = Number(value) / Number(divisor);
  return Number.isInteger(quotient);
}

function sizeFaults({ minItems, maxItems }: RawSchema, { length }: readonly JsonValue[], report: Report): readonly PlacedProblem[] {
  return [
    ...(typeof minItems === 'number' && length < minItems ? [report('minItems', { limit: minItems })] : []),
    ...(typeof maxItems === 'number' && length > maxItems ? [report('maxItems', { limit: maxItems })] : []),
  ];
}

function itemFaults(branch: Branch, items: readonly JsonValue[], at: ValuePath, known: KnownFaults): readonly PlacedProblem[] {
  return items.flatMap((item, index) => {
    const schema = branch.item(index);
    return schema === undefined ? [] : findFaults(schema, item, [...at, index], known);
  });
}

function objectFaults(branch: Branch, fields: JsonObject, at: ValuePath, known: KnownFaults): readonly PlacedProblem[] {
  const required = new Set(branch.facets.flatMap((facet) => (Array.isArray(facet.required) ? (facet.required as readonly unknown[]) : [])));
  const missing = [...required].filter((name) => typeof name === 'string' && !Object.hasOwn(fields, name)) as string[];
  return [
    ...missing.map((name): PlacedProblem => ({ at: [...at, name], predicate: 'is required.' })),
    ...Object.entries(fields).flatMap(([name, value]) => {
      const schema = branch.property(name);
      if (schema !== undefined) return findFaults(schema, value, [...at, name], known);
      return branch.refuses(name) ? [unknownField(branch.propertyNames(), at, name)] : [];
    }),
  ];
}
