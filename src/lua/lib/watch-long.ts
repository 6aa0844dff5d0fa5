import {
  LUA_MULTRET,
  LUA_TSTRING,
  type LuaFunction,
  type LuaState,
  lua_call,
  lua_gettop,
  lua_pushcclosure,
  lua_pushvalue,
  lua_rawlen,
  lua_settop,
  lua_tolstring,
  lua_type,
  lua_upvalueindex,
} from 'fengari/src/lua.js';
import { hasMetatable, type Watched } from '../resumable.ts';

const MATCHERS = ['find', 'gmatch', 'gsub', 'match'];

/** Steps that a match may take at worst, and still be over before anybody would want to stop it. */
const QUICK_STEPS = 100_000;

const PERCENT = 0x25;
const LETTER_B = 0x62;
const REPEATS: readonly number[] = [...'*+-?'].map((sign) => sign.charCodeAt(0));

/** Functions of `table` that take as long as the list is. */
const OVER_LISTS = ['concat', 'insert', 'remove', 'sort'];
const LONG_LIST = 10_000;

/** The functions of `table` that go over a list, under the watchdog where it is long, or where its metatable says what it is. */
export function watchLongLists(stock: (name: string) => LuaFunction, watched: Watched): Record<string, LuaFunction> {
  return Object.fromEntries(
    OVER_LISTS.map((name) => {
      const quick = stock(name);
      const slow = watched(quick);
      return [name, (L: LuaState) => (hasMetatable(L, 1) || lua_rawlen(L, 1) > LONG_LIST ? slow(L) : quick(L))];
    }),
  );
}

/**
 * The functions of `string` that match, under the watchdog where pattern and subject allow that they run long. Not otherwise: while it
 * is set up and taken down, which takes milliseconds on a busy machine, Ctrl-C finds nobody who listens.
 */
export function watchPatterns(
  stock: (name: string) => LuaFunction,
  { watched, watchedAnew }: Readonly<Record<'watched' | 'watchedAnew', Watched>>,
): Record<string, LuaFunction> {
  return Object.fromEntries(
    MATCHERS.map((name) => {
      const quick = stock(name);
      const slow = name === 'gmatch' ? watchIterator(quick, watched) : name === 'gsub' ? watched(quick) : watchedAnew(quick);
      return [name, (L: LuaState) => (isQuick(L) ? quick(L) : slow(L))];
    }),
  );
}

// Each repetition can try every place in the subject, for each of those of the one before. What is no string is refused at once.
function isQuick(L: LuaState): boolean {
  if (lua_type(L, 1) !== LUA_TSTRING || lua_type(L, 2) !== LUA_TSTRING) return true;
  const places = (lua_tolstring(L, 1)?.length ?? 0) + 1;
  const pattern = lua_tolstring(L, 2) ?? new Uint8Array();
  let steps = places * (pattern.length + 1);
  for (let at = 0; at < pattern.length && steps <= QUICK_STEPS; at++) {
    const isPair = pattern[at] === LETTER_B && pattern[at - 1] === PERCENT;
    if (isPair || REPEATS.includes(pattern[at] as number)) steps *= places;
  }
  return steps <= QUICK_STEPS;
}

// It is the iterator that matches, not the function that makes it.
function watchIterator(makeIterator: LuaFunction, watched: Watched): LuaFunction {
  return (L) => {
    makeIterator(L);
    lua_pushcclosure(
      L,
      watched((state) => {
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
