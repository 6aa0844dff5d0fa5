import {
  LUA_TNUMBER,
  LUA_TSTRING,
  type LuaFunction,
  type LuaState,
  lua_gettop,
  lua_pushnil,
  lua_pushstring,
  lua_setfield,
  lua_tolstring,
  lua_tonumber,
  lua_type,
} from 'fengari/src/lua.js';
import type { JsonValue } from '../../json/index.ts';
import { raiseText } from '../engine/position.ts';
import { internBytes, toBytes, toText } from '../values/string.ts';
import { pushJson } from '../values/to-lua.ts';
import { typeNameAt } from './json.ts';
import type { LibraryEntry, LibraryNamespace } from './library-entry.ts';
import { compilePattern } from './pcre-pattern.ts';

/** A message repeats the pattern. */
const MAX_MESSAGE_LENGTH = 300;

/** What a group of a match takes, measured: as text of JavaScript's, in its list, and as a string of Lua's. */
const GROUP_BYTES = 320;

type Reserve = (L: LuaState, bytes: number) => void;

/** `regex.match/match_all/gsub`: V8's regular expressions with the spelling of PCRE where the two differ (see `pattern.ts`). */
export function regexLibrary(reserve: Reserve, guarded: (fn: LuaFunction) => LuaFunction): LibraryNamespace {
  const entry = (fn: (L: LuaState, reserve: Reserve) => number): LibraryEntry => {
    const quick: LuaFunction = (L) => fn(L, reserve);
    const slow = guarded(quick);
    return { kind: 'lua', fn: (L) => (isQuick(L) ? quick(L) : slow(L)) };
  };
  return { kind: 'namespace', entries: () => ({ gsub: entry(gsub), match: entry(match), match_all: entry(matchAll) }) };
}

/** Steps that a match may take at worst without the watchdog. */
const MAX_UNGUARDED_STEPS = 100_000;

/** With repeated groups and references to groups the number of steps has no simple bound. */
const REPEATED_GROUP = /\)\s*[#*+?{]|\\[1-9k]|\(\?P=/;
const REPETITIONS = /[*+?{]/g;

// Each repetition can try every place in the subject, for each of those of the one before.
function isQuick(L: LuaState): boolean {
  if (lua_type(L, 1) !== LUA_TSTRING || lua_type(L, 2) !== LUA_TSTRING) return true;
  const places = (lua_tolstring(L, 1)?.length ?? 0) + 1;
  const bytes = lua_tolstring(L, 2) ?? new Uint8Array(0);
  if (places * (bytes.length + 1) > MAX_UNGUARDED_STEPS) return false;
  const pattern = Buffer.from(bytes).toString('latin1');
  const repetitions = pattern.match(REPETITIONS)?.length ?? 0;
  return !REPEATED_GROUP.test(pattern) && places ** (repetitions + 1) * (bytes.length + 1) <= MAX_UNGUARDED_STEPS;
}

// regex.match(subject, pattern) → {[1] = whole match, [2] = first group, …, name = …} or nil
function match(L: LuaState, reserve: Reserve): number {
  const subject = stringArgument(L, { fn: 'match', index: 1, what: 'subject' }, reserve);
  const found = patternArgument(L, 'match', '', reserve).exec(subject);
  if (found === null) lua_pushnil(L);
  else
    pushGroups(
      L,
      reserve,
      found.map(groupValue),
      Object.entries(found.groups ?? {}).map(([name, group]) => [name, groupValue(group)]),
    );
  return 1;
}

// regex.match_all(subject, pattern) → a list for the whole match and one for each group, as PCRE's pattern order
function matchAll(L: LuaState, reserve: Reserve): number {
  const subject = stringArgument(L, { fn: 'match_all', index: 1, what: 'subject' }, reserve);
  const pattern = patternArgument(L, 'match_all', 'g', reserve);
  const columns: JsonValue[][] = [];
  const named = new Map<string, JsonValue[]>();
  for (const found of subject.matchAll(pattern)) {
    reserve(L, found.length * GROUP_BYTES + found[0].length);
    found.forEach((group, index) => {
      columns[index] ??= [];
      columns[index]?.push(groupValue(group));
    });
    for (const [name, group] of Object.entries(found.groups ?? {})) {
      const column = named.get(name) ?? [];
      column.push(groupValue(group));
      named.set(name, column);
    }
  }
  pushGroups(L, reserve, columns, [...named]);
  return 1;
}

// regex.gsub(subject, pattern, replacement [, limit]) → string; $1, ${1}, \1 and ${name} refer to groups, $0 to the whole match
function gsub(L: LuaState, reserve: Reserve): number {
  const subject = stringArgument(L, { fn: 'gsub', index: 1, what: 'subject' }, reserve);
  const pattern = patternArgument(L, 'gsub', 'g', reserve);
  const replacement = stringArgument(L, { fn: 'gsub', index: 3, what: 'replacement' }, reserve);
  const limit = limitArgument(L);
  let left = limit < 0 ? Number.POSITIVE_INFINITY : limit;
  // Not by `replace`, which collects every match before it asks for the first replacement.
  const parts: string[] = [];
  let copied = 0;
  let total = subject.length;
  let reserved = 0;
  for (const found of subject.matchAll(pattern)) {
    if (left-- <= 0) break;
    const text = expandReplacement(replacement, found);
    reserve(L, GROUP_BYTES);
    total += text.length;
    // The result is made in one piece at the end, where no measure sees it coming: as characters and as bytes.
    if (total > reserved) {
      reserved = total + 65_536;
      reserve(L, reserved * 2);
    }
    parts.push(subject.slice(copied, found.index), text);
    copied = found.index + found[0].length;
  }
  parts.push(subject.slice(copied));
  const result = parts.join('');
  lua_pushstring(L, toBytes(result));
  return 1;
}

const REFERENCE = /\$(\d{1,2})|\\(\d{1,2})|\$\{(\w+)\}|\$\$/g;

function expandReplacement(replacement: string, found: RegExpExecArray): string {
  return replacement.replace(
    REFERENCE,
    (reference, dollar: string | undefined, backslash: string | undefined, braces: string | undefined) => {
      if (reference === '$$') return '$';
      const name = dollar ?? backslash ?? braces ?? '';
      return (/^\d+$/.test(name) ? found[Number(name)] : found.groups?.[name]) ?? '';
    },
  );
}

// A group that took no part is `false`: nil would make a hole, and an empty string is a match.
function groupValue(group: string | undefined): JsonValue {
  return group ?? false;
}

// Numbered groups as an array, with the named ones beside them.
function pushGroups(L: LuaState, reserve: Reserve, numbered: readonly JsonValue[], named: readonly (readonly [string, JsonValue])[]): void {
  const options = { reserve: (bytes: number) => reserve(L, bytes) };
  pushJson(L, numbered, options);
  for (const [name, group] of named) {
    pushJson(L, group, options);
    lua_setfield(L, -2, internBytes(name));
  }
}

interface Argument {
  readonly fn: string;
  readonly index: number;
  readonly what: string;
}

function stringArgument(L: LuaState, { fn, index, what }: Argument, reserve: Reserve): string {
  if (lua_gettop(L) < index || lua_type(L, index) !== LUA_TSTRING) {
    return raiseText(L, `regex.${fn}: expected string ${what}, got ${typeNameAt(L, index)}`);
  }
  const bytes = lua_tolstring(L, index) ?? new Uint8Array(0);
  // As text it takes up to two bytes a character.
  reserve(L, 2 * bytes.length);
  return toText(bytes, `regex.${fn}: the ${what}`);
}

function patternArgument(L: LuaState, fn: string, flags: string, reserve: Reserve): RegExp {
  const source = stringArgument(L, { fn, index: 2, what: 'pattern' }, reserve);
  try {
    return compilePattern(source, flags);
  } catch (thrown) {
    const { message } = thrown as Error;
    return raiseText(
      L,
      `regex.${fn}: bad pattern: ${message.length > MAX_MESSAGE_LENGTH ? `${message.slice(0, MAX_MESSAGE_LENGTH)}…` : message}`,
    );
  }
}

function limitArgument(L: LuaState): number {
  if (lua_gettop(L) < 4 || typeNameAt(L, 4) === 'nil') return -1;
  if (lua_type(L, 4) !== LUA_TNUMBER) return raiseText(L, `regex.gsub: expected number limit, got ${typeNameAt(L, 4)}`);
  return lua_tonumber(L, 4);
}
