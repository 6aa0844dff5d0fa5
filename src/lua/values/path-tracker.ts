import { TString } from 'fengari/src/lstring.js';
import type { Table } from 'fengari/src/ltable.js';
import { KosmoError } from '../../errors/index.ts';
import { hostPath, isNumberTag, MAX_DEPTH, type RawValue, TAG } from './raw-value.ts';
import { toDisplayText } from './string.ts';

/**
 * The way from the root of a Lua value to where a walk through it is. Knows cycles and depth, and says the path in the messages of what
 * JSON cannot hold. The path is put together only then: most walks never need it.
 */
export class PathTracker {
  private readonly tables: Table[] = [];
  private readonly keys: unknown[] = [];

  /** `root` is how messages call the value; with '' its fields are called by their own names. */
  constructor(private readonly root: string) {}

  /** Goes into a table. Throws if it is one of those that contain it, or too deep. */
  enter(table: Table): void {
    const { tables } = this;
    // A list is faster than a set: it is short, and a text of one depth is walked once.
    for (let index = tables.length - 1; index >= 0; index--) {
      if (tables[index] === table) throw this.refused('refers back to a table that contains it (a cycle).');
    }
    const path = hostPath(table);
    if (path !== undefined) throw this.refused(`is ${path}, which holds functions; only data can be passed on.`);
    if (tables.length >= MAX_DEPTH) throw this.refused(`is nested more than ${MAX_DEPTH} levels deep.`);
    tables.push(table);
    this.keys.push(undefined);
  }

  leave(): void {
    this.tables.pop();
    this.keys.pop();
  }

  /** Goes to a field or an item of the table that was entered last. */
  at(key: TString | number | undefined): void {
    this.keys[this.keys.length - 1] = key;
  }

  /** How many tables contain the value. */
  get depth(): number {
    return this.tables.length;
  }

  path(): string {
    let path = this.root;
    for (const key of this.keys) {
      if (typeof key === 'number') path += `[${key}]`;
      else if (key instanceof TString) path += `${path === '' ? '' : '.'}${toDisplayText(key.getstr())}`;
    }
    return path;
  }

  /** The error of a value that is neither data nor a table. */
  typeError(raw: RawValue): KosmoError {
    return this.refused(`is a ${typeName(raw)}; only strings, numbers, booleans and tables can be passed on.`);
  }

  numberError(value: number): KosmoError {
    return this.refused(`is ${Number.isNaN(value) ? 'NaN' : 'infinite'}, which JSON cannot hold.`);
  }

  /** The error of the table that was entered last, whose keys are neither 1…n nor all strings. */
  keysError(table: Table): KosmoError {
    this.at(undefined);
    let hasOther = false;
    for (let entry = table.f; entry !== undefined; entry = entry.n) if (!isNumberTag(entry.ktype)) hasOther = true;
    return this.refused(
      hasOther
        ? 'mixes array items with named fields; JSON has arrays or objects, not both.'
        : 'is an array with holes: its keys are not 1, 2, 3 … without a gap.',
    );
  }

  private refused(what: string): KosmoError {
    return new KosmoError('INVALID_ARGUMENTS', `${this.path() || 'the table'} ${what}`);
  }
}

function typeName(raw: RawValue): string {
  if (raw.type === TAG.userdata) return 'userdata';
  if (typeof raw.value === 'function') return 'function';
  return raw.value !== null && typeof raw.value === 'object' && 'stack' in raw.value ? 'thread' : 'function';
}
