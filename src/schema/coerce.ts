import { redactSecretFields } from '../errors/index.ts';
import { exceedsDepth, isObject, type JsonObject, type JsonValue, parseJsonExactly } from '../json/index.ts';
import type { JsonSchema } from './json-schema.ts';
import type { PlacedProblem, ValuePath } from './problem.ts';

/** A value as its schema wants it, and what could not be converted (left as it was). */
export interface CoercedValue {
  readonly value: JsonValue;
  readonly problems: readonly PlacedProblem[];
}

/** What a message calls a value of each type. */
export const KIND = {
  object: 'an object or valid JSON object',
  array: 'an array or valid JSON array',
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'a boolean',
} as const;

/** Strings that only have quotes too many. */
const UNQUOTED = { integer: /^-?\d{1,16}$/, number: /^-?\d{1,16}(\.\d{1,16})?$/, boolean: /^(true|false)$/ } as const;

/**
 * Converts a value from Lua or the shell by its schema: `{}` to `[]`, a number to the string of its digits, JSON text to an object
 * or array, an enum string to its canonical spelling; a null property is absent. Nothing else is guessed, and what lies below a
 * schema that says nothing of it passes unchanged. Never throws.
 */
export function coerceArguments(schema: JsonSchema, value: JsonValue): CoercedValue {
  const problems: PlacedProblem[] = [];
  return { value: convertAt(schema, value, [], problems), problems };
}

function convertAt(schema: JsonSchema, value: JsonValue, at: ValuePath, problems: PlacedProblem[]): JsonValue {
  const report = (predicate: string): JsonValue => {
    problems.push({ at, predicate });
    return value;
  };
  switch (schema.type) {
    case 'object': {
      const fields = typeof value === 'string' ? parseOr(value, null) : value;
      return isObject(fields) ? convertObject(schema, fields, at, problems) : report(`must be ${KIND.object}.`);
    }
    case 'array': {
      // An empty Lua table does not say which of the two it is.
      const items = typeof value === 'string' ? parseOr(value, null) : isObject(value) && Object.keys(value).length === 0 ? [] : value;
      return isArray(items) ? convertItems(schema, items, at, problems) : report(`must be ${KIND.array}.`);
    }
    case 'string':
      if (typeof value !== 'number') return canonicalSpelling(schema, value);
      if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
        return report('has more digits than a number can hold exactly; write it in quotes.');
      }
      return canonicalSpelling(schema, String(value));
    case 'integer':
    case 'number':
    case 'boolean':
      return typeof value === 'string' && UNQUOTED[schema.type].test(value) ? report(refuseQuotes(KIND[schema.type], value, at)) : value;
    default:
      return value;
  }
}

function convertObject(schema: JsonSchema, fields: JsonObject, at: ValuePath, problems: PlacedProblem[]): JsonValue {
  const { properties } = schema;
  if (properties === undefined) return fields;
  const converted: Record<string, JsonValue> = {};
  for (const name of Object.keys(fields)) {
    const value = fields[name] as JsonValue;
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    // Only a schema of one plain type is known to have no use for null; discovered ones may list several.
    if (typeof property?.type !== 'string') setOwn(converted, name, value);
    else if (value !== null) setOwn(converted, name, convertProperty(schema, name, property, value, [...at, name], problems));
  }
  return converted;
}

// A field named `__proto__` stays a field.
function setOwn(target: Record<string, JsonValue>, name: string, value: JsonValue): void {
  if (name === '__proto__') Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  else target[name] = value;
}

function convertProperty(
  parent: JsonSchema,
  name: string,
  schema: JsonSchema,
  value: JsonValue,
  at: ValuePath,
  problems: PlacedProblem[],
): JsonValue {
  if (typeof value === 'string' && value.trim() === '' && parent.required?.includes(name)) {
    problems.push({ at, predicate: 'is required.' });
    return value;
  }
  return convertAt(schema, value, at, problems);
}

function convertItems(schema: JsonSchema, items: readonly JsonValue[], at: ValuePath, problems: PlacedProblem[]): JsonValue {
  const { items: itemSchema } = schema;
  if (itemSchema === undefined) return items;
  return items.map((item, index) => convertAt(itemSchema, item, [...at, index], problems));
}

function canonicalSpelling(schema: JsonSchema, value: JsonValue): JsonValue {
  if (schema.enum === undefined || typeof value !== 'string' || schema.enum.includes(value)) return value;
  const plain = value.trim().toLowerCase();
  const aliases = schema.aliases ?? {};
  return (
    (Object.hasOwn(aliases, plain) ? aliases[plain] : undefined) ??
    schema.enum.find((known) => String(known).toLowerCase() === plain) ??
    value
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
