import { TValue } from 'fengari/src/lobject.js';
import { luaS_hashlongstr, type TString } from 'fengari/src/lstring.js';
import type { Table, TableEntry } from 'fengari/src/ltable.js';
import { TAG } from './kinds.ts';

// What `luaH_setint` and `luaH_setfrom` do for a key that is new, without what they do for one that may be dead or there already
// (fengari/src/ltable.js, `add`). The table must be fresh: only filled by these functions, and not yet seen by a script.

const { integer: INTEGER, string: STRING } = TAG;

/** What a table, an entry (in the `Map` and the list, with two `TValue`s) and a string without its bytes take in Fengari, measured. */
export const TABLE_BYTES = 400;
export const ENTRY_BYTES = 160;
export const STRING_BYTES = 160;

/** Adds item `index` to a fresh table that has the items before it. */
export function appendItem(table: Table, index: number, type: number, value: unknown): void {
  append(table, index, INTEGER, index, type, value);
}

/** Sets a field of a fresh table: the last value of a name wins, in the place of the first. */
export function putField(table: Table, name: TString, type: number, value: unknown): void {
  const hash = luaS_hashlongstr(name);
  const existing = table.strong.get(hash);
  if (existing === undefined) {
    append(table, hash, STRING, name, type, value);
  } else {
    existing.value.type = type;
    existing.value.value = value;
  }
}

/** Takes a field out of a fresh table again. */
export function removeField(table: Table, name: TString): void {
  const hash = luaS_hashlongstr(name);
  const entry = table.strong.get(hash);
  if (entry === undefined) return;
  if (entry.p === undefined) table.f = entry.n;
  else entry.p.n = entry.n;
  if (entry.n === undefined) table.l = entry.p;
  else entry.n.p = entry.p;
  table.strong.delete(hash);
}

// The three objects of an entry are made in one function: then V8, once it has seen that entries live on, makes all three where they
// need not be moved any more. Most of the time of a large text goes into moving.
function append(table: Table, hash: unknown, keyType: number, key: unknown, type: number, value: unknown): void {
  const last = table.l;
  const entry: TableEntry = { key: new TValue(keyType, key), value: new TValue(type, value), p: last, n: undefined };
  if (last === undefined) table.f = entry;
  else last.n = entry;
  table.l = entry;
  table.strong.set(hash, entry);
}
