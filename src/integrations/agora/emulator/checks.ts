import { rejectParameter } from './answer.ts';

export type Fields = Readonly<Record<string, unknown>>;

export interface NumberRange {
  readonly least?: number;
  readonly most?: number;
  readonly oneOf?: readonly number[];
  readonly integer?: boolean;
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object in a field; `{}` where it may be absent and is. */
export function objectField(fields: Fields, name: string, path: string, required = false): Fields {
  const value = fields[name];
  if (value === undefined && !required) return {};
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

/** Checks a number where it is given. */
export function checkNumber(fields: Fields, name: string, path: string, range: NumberRange): void {
  const value = fields[name];
  if (value === undefined) return;
  const { least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, oneOf, integer = true } = range;
  const fits = typeof value === 'number' && value >= least && value <= most && (!integer || Number.isInteger(value));
  if (!fits || (oneOf !== undefined && !oneOf.includes(value))) rejectParameter(`invalid ${path}${name} value!`);
}

export function requireNumber(fields: Fields, name: string, path: string, range: NumberRange): void {
  if (fields[name] === undefined) rejectParameter(`${path}${name} is missing`);
  checkNumber(fields, name, path, range);
}

/** A recorder's uid: an integer from 1 to 4294967295, in quotes. */
export function isUid(value: unknown): value is string {
  return typeof value === 'string' && /^[1-9]\d{0,9}$/.test(value) && Number(value) <= 4_294_967_295;
}
