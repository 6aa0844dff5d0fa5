import { luaS_bless, TString } from 'fengari/src/lstring.js';
import { luaH_getstr, Table } from 'fengari/src/ltable.js';
import type { LuaState } from 'fengari/src/lua.js';
import type { HostTables } from './lib/host-tables.ts';
import { isStringTag, TAG } from './values/raw-value.ts';
import { internBytes, toDisplayText } from './values/string.ts';

/** Where names are looked up: the globals, and the methods that every string has. */
export interface NameRoots {
  readonly globals: Table;
  readonly stringMethods: Table;
}

/**
 * The names inside what `path` leads to from the globals, which the empty path means: of a table its keys, of a string its methods, of
 * anything else none. Nothing of the script runs: tables are read raw, and of read-only tables their owner is asked.
 */
export function inspectNames(
  L: LuaState,
  { globals, stringMethods }: NameRoots,
  tables: HostTables,
  path: readonly string[],
): readonly string[] {
  let table = globals;
  for (const [index, name] of path.entries()) {
    const host = tables.members(table);
    const { value } = (host === undefined ? luaH_getstr(table, luaS_bless(L, internBytes(name))) : host.get(L, name)) ?? {};
    if (value instanceof Table) table = value;
    else if (value instanceof TString && index === path.length - 1) return stringKeys(stringMethods);
    else return [];
  }
  return tables.members(table)?.names() ?? stringKeys(table);
}

function stringKeys(table: Table): string[] {
  const names: string[] = [];
  for (let entry = table.f; entry !== undefined; entry = entry.n) {
    if (entry.type === TAG.nil || !isStringTag(entry.ktype)) continue;
    names.push(toDisplayText((entry.kvalue as TString).getstr()));
  }
  return names;
}
