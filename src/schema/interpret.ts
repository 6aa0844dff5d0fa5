import vm from 'node:vm';
import { isObject, type JsonValue } from '../json/index.ts';
import type { JsonSchema } from './json-schema.ts';
import type { CompiledValidator, ValidatorError } from './read-errors.ts';

/**
 * Makes a validator that walks the schema, for a schema that is known only when a script runs: loading and running a compiler would cost
 * more than the whole start of the script. It knows the keywords of `JsonSchema` and agrees with ajv on them; a test compares both.
 */
export function interpretSchema(schema: JsonSchema): CompiledValidator {
  const validator: CompiledValidator = (data) => {
    const errors: ValidatorError[] = [];
    visit(schema, data as JsonValue, '', errors);
    validator.errors = errors.length === 0 ? null : errors;
    return errors.length === 0;
  };
  return validator;
}

type Report = (keyword: string, params: ValidatorError['params']) => void;

interface Place {
  /** A JSON pointer. */
  readonly at: string;
  readonly errors: ValidatorError[];
  readonly report: Report;
}

function visit(schema: JsonSchema, value: JsonValue, at: string, errors: ValidatorError[]): void {
  const report: Report = (keyword, params) => void errors.push({ instancePath: at, keyword, params });
  if (schema.type !== undefined && !isOfType(schema.type, value)) report('type', { type: schema.type });
  if (schema.enum !== undefined && !schema.enum.some((allowed) => allowed === value)) report('enum', { allowedValues: schema.enum });
  if (typeof value === 'string') checkText(schema, value, report);
  else if (typeof value === 'number') checkNumber(schema, value, report);
  else if (isList(value)) {
    checkLength(value.length, 'Items', [schema.minItems, schema.maxItems], report);
    const { items } = schema;
    if (items !== undefined) for (const [index, item] of value.entries()) visit(items, item, `${at}/${index}`, errors);
  } else if (isObject(value)) checkFields(schema, value, { at, errors, report });
}

function isOfType(type: NonNullable<JsonSchema['type']>, value: JsonValue): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return isList(value);
  if (type === 'object') return isObject(value);
  return typeof value === type;
}

function checkText({ minLength, maxLength, pattern }: JsonSchema, value: string, report: Report): void {
  if (minLength !== undefined || maxLength !== undefined) checkLength([...value].length, 'Length', [minLength, maxLength], report);
  if (pattern !== undefined && !matches(pattern, value)) report('pattern', { pattern });
}

function checkNumber({ minimum, maximum }: JsonSchema, value: number, report: Report): void {
  if (minimum !== undefined && value < minimum) report('minimum', { limit: minimum });
  if (maximum !== undefined && value > maximum) report('maximum', { limit: maximum });
}

type Bounds = readonly [min: number | undefined, max: number | undefined];

function checkLength(length: number, of: 'Length' | 'Items', [min, max]: Bounds, report: Report): void {
  if (min !== undefined && length < min) report(`min${of}`, { limit: min });
  if (max !== undefined && length > max) report(`max${of}`, { limit: max });
}

function checkFields(
  { properties = {}, required = [], additionalProperties }: JsonSchema,
  value: Readonly<Record<string, JsonValue>>,
  { at, errors, report }: Place,
): void {
  for (const name of required) if (!Object.hasOwn(value, name)) report('required', { missingProperty: name });
  for (const name of Object.keys(value)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property !== undefined) visit(property, value[name] as JsonValue, `${at}/${escapePointer(name)}`, errors);
    else if (additionalProperties === false) report('additionalProperties', { additionalProperty: name });
  }
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function escapePointer(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** A text of this length cannot make a pattern backtrack for long. */
const MAX_UNGUARDED_LENGTH = 20;

/** A pattern that needs longer counts as one that does not match. */
const MATCH_TIMEOUT_MS = 500;

let guarded: vm.Script | undefined;

function matches(pattern: string, text: string): boolean {
  if (text.length <= MAX_UNGUARDED_LENGTH) return new RegExp(pattern, 'u').test(text);
  guarded ??= new vm.Script('new RegExp(pattern, "u").test(text)');
  try {
    return guarded.runInNewContext({ pattern, text }, { timeout: MATCH_TIMEOUT_MS }) === true;
  } catch {
    return false;
  }
}
