import {
  LUA_MULTRET,
  LUA_OPEQ,
  LUA_TNIL,
  LUA_TSTRING,
  type LuaFunction,
  type LuaState,
  lua_call,
  lua_compare,
  lua_gettop,
  lua_pop,
  lua_pushcclosure,
  lua_pushinteger,
  lua_pushvalue,
  lua_rawlen,
  lua_replace,
  lua_settop,
  lua_toboolean,
  lua_tointegerx,
  lua_tolstring,
  lua_type,
  lua_upvalueindex,
} from 'fengari/src/lua.js';
import type { Guards } from '../engine/guards.ts';
import { type Guard, hasMetatable } from '../engine/resumable.ts';
import { MAX_INTEGER } from '../values/number.ts';

const MATCHERS = ['find', 'gmatch', 'gsub', 'match'];

/** Steps that a match may take at worst without the watchdog: some milliseconds. */
const MAX_UNGUARDED_STEPS = 100_000;

const PERCENT = 0x25;
const LETTER_B = 0x62;
const REPEATS: readonly number[] = [...'*+-?'].map((sign) => sign.charCodeAt(0));

/** Functions of `table` that take as long as the list is. */
const OVER_LISTS = ['concat', 'insert', 'remove', 'sort'];
const MAX_UNGUARDED_ITEMS = 10_000;

/** The functions of `table` that go over a list, under the watchdog if it is long or has a metatable. */
export function guardLongLists(stock: (name: string) => LuaFunction, guarded: Guard): Record<string, LuaFunction> {
  return Object.fromEntries(
    OVER_LISTS.map((name) => {
      const quick = stock(name);
      const slow = guarded(quick);
      return [name, (L: LuaState) => (hasMetatable(L, 1) || lua_rawlen(L, 1) > MAX_UNGUARDED_ITEMS ? slow(L) : quick(L))];
    }),
  );
}

/**
 * The functions of `string` that match, under the watchdog if pattern and subject allow that they run long. Short matches run without it:
 * while it is installed or removed, Node has no SIGINT handler.
 */
export function guardPatterns(
  stock: (name: string) => LuaFunction,
  { guarded, guardedRestartable, repeatable }: Guards,
): Record<string, LuaFunction> {
  const plainFind = guardedRestartable(repeatable(stock('find')));
  return Object.fromEntries(
    MATCHERS.map((name) => {
      const quick = stock(name);
      const slow = name === 'gmatch' ? guardIterator(quick, guarded) : name === 'gsub' ? guarded(quick) : guardedRestartable(quick);
      if (name !== 'find') return [name, (L: LuaState) => (isQuick(L) ? quick(L) : slow(L))];
      // A search for a plain text never asks the limits.
      return [name, (L: LuaState) => (isQuick(L) ? quick(L) : lua_toboolean(L, 4) ? plainFind(L) : slow(L))];
    }),
  );
}

// Each repetition can try every place in the subject, for each place of the one before. A value that is not a string is refused at once.
function isQuick(L: LuaState): boolean {
  if (lua_type(L, 1) !== LUA_TSTRING || lua_type(L, 2) !== LUA_TSTRING) return true;
  const places = (lua_tolstring(L, 1)?.length ?? 0) + 1;
  const pattern = lua_tolstring(L, 2) ?? new Uint8Array();
  let steps = places * (pattern.length + 1);
  for (let at = 0; at < pattern.length && steps <= MAX_UNGUARDED_STEPS; at++) {
    const isPair = pattern[at] === LETTER_B && pattern[at - 1] === PERCENT;
    if (isPair || REPEATS.includes(pattern[at] as number)) steps *= places;
  }
  return steps <= MAX_UNGUARDED_STEPS;
}

// It is the iterator that matches, not the function that makes it.
function guardIterator(makeIterator: LuaFunction, guarded: Guard): LuaFunction {
  return (L) => {
    makeIterator(L);
    lua_pushcclosure(
      L,
      guarded((state) => {
        lua_settop(state, 0);
        lua_pushvalue(state, lua_upvalueindex(1));
        lua_call(state, 0, LUA_MULTRET);
        return lua_gettop(state);
      }),
      1,
    );
    return 1;
  };
}

/** Items that are moved between two looks at the limits. */
const PIECE = 2 ** 16;

/** `table.move` of plain tables in pieces: it can move billions of items, and executes no instruction that a hook could see. */
export function moveInPieces(plain: LuaFunction, reserve: (L: LuaState, bytes: number) => void): LuaFunction {
  return (L) => {
    const [first, last, to] = [2, 3, 4].map((index) => lua_tointegerx(L, index)) as [number, number, number];
    const count = last - first + 1;
    // Also if an argument is not an integer.
    if (!(count > PIECE) || first <= 0 || to > MAX_INTEGER - count + 1) return plain(L);
    lua_settop(L, lua_type(L, 5) <= LUA_TNIL ? 4 : 5);
    const upwards = to > last || to <= first || (lua_gettop(L) === 5 && lua_compare(L, 1, 5, LUA_OPEQ) !== 1);
    for (let done = 0; done < count; done += PIECE) {
      const size = Math.min(PIECE, count - done);
      const offset = upwards ? done : count - done - size;
      for (const [index, value] of [first + offset, first + offset + size - 1, to + offset].entries()) {
        lua_pushinteger(L, value);
        lua_replace(L, index + 2);
      }
      plain(L);
      lua_pop(L, 1);
      reserve(L, 0);
    }
    lua_pushvalue(L, lua_gettop(L) === 5 ? 5 : 1);
    return 1;
  };
}
