import { luaS_hashlongstr, type TString } from 'fengari/src/lstring.js';
import { luaH_append, luaH_find, type Table } from 'fengari/src/ltable.js';
import { TAG } from './raw-value.ts';

// What `luaH_setint` and `luaH_setfrom` do for a key that is new, without what they do for one that may be dead or there already
// (fengari/src/ltable.js, `add`). The table must be fresh: only filled by these functions, and not yet seen by a script.

const { integer: INTEGER, string: STRING } = TAG;

/** What a table, an entry (with its place in the `Map`, where there is one) and a string without its bytes take in Fengari, measured. */
export const TABLE_BYTES = 100;
export const ENTRY_BYTES = 120;
export const STRING_BYTES = 160;

/** Adds item `index` to a fresh table that has the items before it. */
export function appendItem(table: Table, index: number, type: number, value: unknown): void {
  luaH_append(table, index, INTEGER, index, type, value);
}

/** Adds a field to a fresh table that does not have it. */
export function appendField(table: Table, name: TString, type: number, value: unknown): void {
  luaH_append(table, luaS_hashlongstr(name), STRING, name, type, value);
}

/** Sets a field of a fresh table: the last value of a name wins, in the place of the first. */
export function putField(table: Table, name: TString, type: number, value: unknown): void {
  const existing = luaH_find(table, luaS_hashlongstr(name));
  if (existing === undefined) {
    appendField(table, name, type, value);
  } else {
    existing.type = type;
    existing.value = value;
  }
}

/** Takes a field out of a fresh table again. */
export function removeField(table: Table, name: TString): void {
  const hash = luaS_hashlongstr(name);
  const entry = luaH_find(table, hash);
  if (entry === undefined) return;
  if (entry.p === undefined) table.f = entry.n;
  else entry.p.n = entry.n;
  if (entry.n === undefined) table.l = entry.p;
  else entry.n.p = entry.p;
  table.size--;
  table.strong?.delete(hash);
}
