import type { TString } from 'fengari/src/lstring.js';
import { luaH_find, Table, type TableEntry } from 'fengari/src/ltable.js';
import { formatNumber } from './number.ts';
import { hostPath, isNumberTag, isStringTag, type RawValue, TAG } from './raw-value.ts';

/** Tables nested deeper than this show as `<nested too deep>`: their indentation alone would grow with the square of the depth. */
const MAX_DEPTH = 200;

interface Formatting {
  readonly nullValue: object;
  readonly reserve: (bytes: number) => void;
  readonly open: Set<Table>;
}

/**
 * A Lua value as `print` and `dump` show it, one character a byte ("latin1" text). Tables are written out: `[…]` for the keys 1…n, else
 * `{key: value}` with number keys first and the others sorted; a table inside itself is `<circular>`.
 */
export function formatValue(raw: RawValue, nullValue: object, reserve: (bytes: number) => void): string {
  return format(raw, 0, { nullValue, reserve, open: new Set() });
}

function format(raw: RawValue, depth: number, formatting: Formatting): string {
  switch (raw.type) {
    case TAG.nil:
      return 'nil';
    case TAG.boolean:
      return String(raw.value);
    case TAG.integer:
    case TAG.float:
      return formatNumber(raw.value as number);
    case TAG.string:
    case TAG.shortString:
      formatting.reserve((raw.value as TString).getstr().length);
      return latin1((raw.value as TString).getstr());
    default:
      if (raw.value === formatting.nullValue) return 'null';
      if (!(raw.value instanceof Table)) return formatReference(raw);
      return nameOfKind(raw.value) ?? formatTable(raw.value, depth, formatting);
  }
}

function formatTable(table: Table, depth: number, formatting: Formatting): string {
  if (formatting.open.has(table)) return '<circular>';
  if (depth >= MAX_DEPTH) return '<nested too deep>';
  const { size } = table;
  if (size === 0) return emptyTable(table);
  formatting.open.add(table);
  const indent = '  '.repeat(depth + 1);
  const lines: string[] = [];
  const add = (line: string): void => {
    formatting.reserve(line.length + indent.length + 2);
    lines.push(indent + line);
  };
  const isSequence = hasKeysOneTo(table, size);
  if (isSequence) {
    for (let index = 1; index <= size; index++) add(format(luaH_find(table, index) as TableEntry, depth + 1, formatting));
  } else {
    for (const entry of sortedEntries(table)) {
      add(`${format({ type: entry.ktype, value: entry.kvalue }, depth + 1, formatting)}: ${format(entry, depth + 1, formatting)}`);
    }
  }
  formatting.open.delete(table);
  const [open, close] = isSequence ? ['[', ']'] : ['{', '}'];
  return `${open}\n${lines.join(',\n')}\n${'  '.repeat(depth)}${close}`;
}

// `__name` says what kind of thing a table stands for (Lua 5.3 manual, `luaL_tolstring`); then its content is not shown.
function nameOfKind(table: Table): string | undefined {
  if (table.metatable === null) return undefined;
  for (let entry = table.metatable.f; entry !== undefined; entry = entry.n) {
    if (!isStringTag(entry.ktype) || !isStringTag(entry.type) || latin1((entry.kvalue as TString).getstr()) !== '__name') continue;
    return `${latin1((entry.value as TString).getstr())}: ${address((table as unknown as { readonly id: number }).id)}`;
  }
  return undefined;
}

function emptyTable(table: Table): string {
  const path = hostPath(table);
  return path === undefined ? '{}' : `<${path}>`;
}

function hasKeysOneTo(table: Table, size: number): boolean {
  for (let index = 1; index <= size; index++) if (luaH_find(table, index) === undefined) return false;
  return true;
}

// Numbers ascending, then strings by byte, then what has no order of its own, as it was inserted.
function sortedEntries(table: Table): TableEntry[] {
  const numbers: TableEntry[] = [];
  const strings: [string, TableEntry][] = [];
  const others: TableEntry[] = [];
  for (let entry = table.f; entry !== undefined; entry = entry.n) {
    if (isNumberTag(entry.ktype)) numbers.push(entry);
    else if (isStringTag(entry.ktype)) strings.push([latin1((entry.kvalue as TString).getstr()), entry]);
    else others.push(entry);
  }
  numbers.sort((a, b) => (a.kvalue as number) - (b.kvalue as number));
  strings.sort(([a], [b]) => (a < b ? -1 : 1));
  return [...numbers, ...strings.map(([, entry]) => entry), ...others];
}

function formatReference(raw: RawValue): string {
  const id = typeof raw.value === 'function' ? builtinId(raw.value) : (raw.value as { readonly id?: number }).id;
  const kind =
    raw.value !== null && typeof raw.value === 'object' && 'stack' in raw.value
      ? 'thread'
      : raw.type === TAG.userdata
        ? 'userdata'
        : 'function';
  return id === undefined ? kind : `${kind}: ${address(id)}`;
}

function address(id: number): string {
  return `0x${id.toString(16).padStart(8, '0')}`;
}

/** Functions of libraries are JavaScript's own, which have no number. Theirs begin where those of Lua's functions do not come. */
const builtinIds = new WeakMap<object, number>();
let lastBuiltinId = 0x7f000000;

function builtinId(fn: object): number {
  const id = builtinIds.get(fn) ?? ++lastBuiltinId;
  builtinIds.set(fn, id);
  return id;
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
