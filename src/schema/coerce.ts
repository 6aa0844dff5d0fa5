import { redactSecretFields } from '../errors/index.ts';
import { ExactInteger, exceedsDepth, isObject, isUnsafeDigits, type JsonObject, type JsonValue, parseJsonExactly } from '../json/index.ts';
import { type Branch, type EffectiveSchema, readSchema } from './effective.ts';
import { faultsOfMeant, findBranchFaults, type KnownFaults, misfit } from './faults.ts';
import type { JsonSchema } from './json-schema.ts';
import { KIND } from './predicates.ts';
import type { PlacedProblem, ValuePath } from './problem.ts';

/** A value as its schema wants it, and what could not be converted (left as it was). */
export interface CoercedValue {
  readonly value: JsonValue;
  readonly problems: readonly PlacedProblem[];
}

/** Strings that only have quotes too many. */
const UNQUOTED = { integer: /^-?\d{1,16}$/, number: /^-?\d{1,16}(\.\d{1,16})?$/, boolean: /^(true|false)$/ } as const;

/**
 * Converts a value from Lua or the shell by its schema: `{}` to `[]`, a number to the string of its digits, JSON text to an object
 * or array, an enum string to its canonical spelling; a null property is absent. If the schema has alternatives, one that takes the value
 * unchanged wins; else the only conversion that gives a valid value. Nothing else is guessed, and what lies below a schema that says nothing
 * of it passes unchanged. Digits of an integer beyond ±(2^53 - 1) become an `ExactInteger`, for remote schemas only. Never throws.
 */
export function coerceArguments(schema: JsonSchema, value: JsonValue): CoercedValue {
  return convertBy(readSchema(schema), value, [], new Known());
}

/** The results for alternatives, so that a schema that calls itself costs no more than its size times that of the value. */
class Known {
  #conversions: Map<Branch, WeakMap<object, CoercedValue>> | undefined;
  #faults: KnownFaults | undefined;

  // Most schemas have no alternatives, and then no maps are made.
  get conversions(): Map<Branch, WeakMap<object, CoercedValue>> {
    this.#conversions ??= new Map();
    return this.#conversions;
  }

  get faults(): KnownFaults {
    this.#faults ??= new Map();
    return this.#faults;
  }
}

function convertBy({ branches }: EffectiveSchema, value: JsonValue, at: ValuePath, known: Known): CoercedValue {
  const [first, second] = branches;
  if (first === undefined) return unchanged(value);
  if (second === undefined) return convert(first, value, at, known);
  // Null converts to nothing, and nothing converts to null.
  if (value === null) return unchanged(value);
  const candidates = branches.filter(({ type }) => type !== 'null');
  const [only, another] = candidates;
  if (only === undefined) return unchanged(value);
  if (another === undefined) return convertKnown(only, value, at, known);
  if (candidates.some((branch) => findBranchFaults(branch, value, at, known.faults).length === 0)) return unchanged(value);
  const conversions = candidates.map((branch) => convertKnown(branch, value, at, known));
  const valid = conversions.filter(
    (conversion, index) =>
      conversion.problems.length === 0 && findBranchFaults(candidates[index] as Branch, conversion.value, at, known.faults).length === 0,
  );
  const [conversion] = valid;
  if (conversion !== undefined) return new Set(valid.map((one) => JSON.stringify(one.value))).size === 1 ? conversion : unchanged(value);
  const possible = candidates.flatMap((branch, index) => {
    const { value: converted, problems } = conversions[index] as CoercedValue;
    return problems.length === 0 ? [{ converted, rank: misfit(branch, converted) }] : [];
  });
  const [meant] = possible.sort((a, b) => a.rank - b.rank);
  if (meant !== undefined) return unchanged(meant.converted);
  return {
    value,
    problems: faultsOfMeant(
      candidates,
      value,
      at,
      conversions.map(({ problems }) => problems),
    ),
  };
}

function unchanged(value: JsonValue): CoercedValue {
  return { value, problems: [] };
}

function convertKnown(branch: Branch, value: JsonValue, at: ValuePath, known: Known): CoercedValue {
  if (typeof value !== 'object' || value === null) return convert(branch, value, at, known);
  const ofBranch = known.conversions.get(branch) ?? new WeakMap<object, CoercedValue>();
  known.conversions.set(branch, ofBranch);
  const conversion = ofBranch.get(value) ?? convert(branch, value, at, known);
  ofBranch.set(value, conversion);
  return conversion;
}

function convert(branch: Branch, value: JsonValue, at: ValuePath, known: Known): CoercedValue {
  const problems: PlacedProblem[] = [];
  const place: Place = { at, problems, known };
  return { value: convertAt(branch, value, place), problems };
}

interface Place {
  readonly at: ValuePath;
  readonly problems: PlacedProblem[];
  readonly known: Known;
}

function convertAt(branch: Branch, value: JsonValue, place: Place): JsonValue {
  const { at, problems } = place;
  const report = (predicate: string): JsonValue => {
    problems.push({ at, predicate });
    return value;
  };
  switch (branch.type) {
    case 'object': {
      const fields = typeof value === 'string' ? parseOr(value, null) : value;
      return isObject(fields) ? convertObject(branch, fields, place) : report(`must be ${KIND.object}.`);
    }
    case 'array': {
      // An empty Lua table does not say which of the two it is.
      const items = typeof value === 'string' ? parseOr(value, null) : isObject(value) && Object.keys(value).length === 0 ? [] : value;
      return isArray(items) ? convertItems(branch, items, place) : report(`must be ${KIND.array}.`);
    }
    case 'string':
      if (typeof value !== 'number') return canonicalSpelling(branch, value);
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
        return report('has more digits than a number can hold exactly; write it in quotes.');
      }
      return canonicalSpelling(branch, String(value));
    case 'integer':
    case 'number':
    case 'boolean':
      if (typeof value !== 'string') return value;
      if (branch.isRemote && branch.type !== 'boolean' && isUnsafeDigits(value)) return new ExactInteger(value) as unknown as JsonValue;
      return UNQUOTED[branch.type].test(value) ? report(refuseQuotes(KIND[branch.type], value, at)) : value;
    case undefined:
      if (isArray(value)) return convertItems(branch, value, place);
      return isObject(value) ? convertObject(branch, value, place) : value;
    default:
      return value;
  }
}

function convertObject(branch: Branch, fields: JsonObject, place: Place): JsonValue {
  if (!branch.describesFields) return fields;
  const converted: Record<string, JsonValue> = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name] as JsonValue;
    const property = branch.property(name);
    if (property === undefined) setOwn(converted, name, value);
    else if (isBlank(branch, name, value)) {
      place.problems.push({ at: [...place.at, name], predicate: 'is required.' });
      setOwn(converted, name, value);
    } else if (value !== null || property.takesNull) setOwn(converted, name, convertInside(property, value, [...place.at, name], place));
  }
  return converted;
}

// A field named `__proto__` stays a field.
function setOwn(target: Record<string, JsonValue>, name: string, value: JsonValue): void {
  if (name === '__proto__') Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}

// A required text without a value.
function isBlank(parent: Branch, name: string, value: JsonValue): boolean {
  return typeof value === 'string' && value.trim() === '' && !parent.isRemote && parent.requires(name);
}

function convertInside(schema: EffectiveSchema, value: JsonValue, at: ValuePath, { problems, known }: Place): JsonValue {
  const [only, another] = schema.branches;
  if (only !== undefined && another === undefined) return convertAt(only, value, { at, problems, known });
  const conversion = convertBy(schema, value, at, known);
  problems.push(...conversion.problems);
  return conversion.value;
}

function convertItems(branch: Branch, items: readonly JsonValue[], place: Place): JsonValue {
  return items.map((item, index) => {
    const schema = branch.item(index);
    return schema === undefined ? item : convertInside(schema, item, [...place.at, index], place);
  });
}

function canonicalSpelling(branch: Branch, value: JsonValue): JsonValue {
  const values = branch.values();
  if (values === undefined || typeof value !== 'string' || values.includes(value)) return value;
  const plain = value.trim().toLowerCase();
  const aliases = branch.aliases;
  return (
    (Object.hasOwn(aliases, plain) ? aliases[plain] : undefined) ?? values.find((known) => String(known).toLowerCase() === plain) ?? value
  );
}

function refuseQuotes(kind: string, value: string, at: ValuePath): string {
  const name = String(at.findLast((part) => typeof part === 'string') ?? '');
  const isSecret = redactSecretFields(value, name) !== value;
  return isSecret ? `must be ${kind}.` : `must be ${kind}; write ${value} without quotes.`;
}

/** Characters of JSON text, and levels in it, that an argument may have: Agora's own bodies have some thousands, and five. */
const MAX_JSON_LENGTH = 256 * 1024;
const MAX_JSON_DEPTH = 100;

function parseOr(text: string, otherwise: JsonValue): JsonValue {
  if (text.length > MAX_JSON_LENGTH) return otherwise;
  try {
    const value = parseJsonExactly(text);
    return exceedsDepth(MAX_JSON_DEPTH, value) ? otherwise : value;
  } catch {
    return otherwise;
  }
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}
