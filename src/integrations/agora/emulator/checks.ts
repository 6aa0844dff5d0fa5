import { rejectParameter } from './response.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface NumberRange {
  readonly least?: number;
  readonly most?: number;
  readonly oneOf?: readonly number[];
  readonly integer?: boolean;
  /** The beginning of the reason, such as `Acquire: `. */
  readonly scope?: string;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object in a field; `{}` where it may be absent and is. */
export function objectField(fields: Fields, name: string, path: string, required = false): Fields {
  const value = fields[name];
  if (value === undefined) return required ? rejectParameter(`${path}${name} is missing`) : {};
  return isFields(value) ? value : rejectParameter(`${path}${name} must be an object`);
}

export function arrayField(fields: Fields, name: string, path: string): readonly unknown[] {
  const value = fields[name];
  if (value === undefined) return [];
  return Array.isArray(value) ? value : rejectParameter(`${path}${name} must be an array`);
}

export function requireString(fields: Fields, name: string, path: string): string {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : rejectParameter(`${path}${name} must be a string`);
}

/** Checks a text where it is given. */
export function checkText(fields: Fields, name: string, path: string, oneOf: readonly string[]): void {
  const value = fields[name];
  if (value !== undefined && !(typeof value === 'string' && oneOf.includes(value))) rejectParameter(`invalid ${path}${name} value!`);
}

/** Checks a boolean where it is given. */
export function checkBoolean(fields: Fields, name: string, path: string): void {
  const value = fields[name];
  if (value !== undefined && typeof value !== 'boolean') rejectParameter(`${path}${name} must be a boolean`);
}

/** Checks a number where it is given. The reason reads as Agora's (sample acquire-invalid-hour). */
export function checkNumber(fields: Fields, name: string, path: string, range: NumberRange): void {
  const value = fields[name];
  if (value === undefined) return;
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, oneOf, integer = true, scope = '' } = range;
  const fits = typeof value === 'number' && value >= least && value <= most && (!integer || Number.isInteger(value));
  if (!fits || (oneOf !== undefined && !oneOf.includes(value))) rejectParameter(`${scope}invalid ${path}${name} value!`);
}

export function requireNumber(fields: Fields, name: string, path: string, range: NumberRange): void {
  if (fields[name] === undefined) rejectParameter(`${path}${name} is missing`);
  checkNumber(fields, name, path, range);
}

/** The largest uid: 32 bits. */
export const MAX_UID = 4_294_967_295;

/** Whether a value is a number of 32 bits in quotes, as Agora takes uids in lists and layouts. */
export function fits32Bits(value: unknown): value is string {
  return typeof value === 'string' && /^\d{1,10}$/.test(value) && Number(value) <= MAX_UID;
}

/** Checks a list of texts where it is given: no item is empty. */
export function textItems(fields: Fields, name: string, path: string): readonly string[] {
  const items = arrayField(fields, name, path);
  if (items.every((item) => typeof item === 'string' && item !== '')) return items as readonly string[];
  return rejectParameter(`${path}${name} must hold strings that are not empty`);
}
