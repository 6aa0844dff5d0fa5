import { luaL_getmetafield } from 'fengari/src/lauxlib.js';
import type { TValue } from 'fengari/src/lobject.js';
import { luaS_bless } from 'fengari/src/lstring.js';
import { luaH_get, luaH_getstr, Table } from 'fengari/src/ltable.js';
import {
  LUA_TNIL,
  type LuaFunction,
  type LuaState,
  lua_callk,
  lua_gettable,
  lua_gettop,
  lua_insert,
  lua_isstring,
  lua_pop,
  lua_pushvalue,
  lua_settable,
} from 'fengari/src/lua.js';
import { pushRaw, type RawValue, TAG, topValue } from '../values/raw-value.ts';
import { internBytes } from '../values/string.ts';
import { raiseText } from './position.ts';

/** Part of a library function that calls back: `yield n` calls the function below the n topmost values, and its result takes their place. */
export type Steps<Result> = Generator<number, Result, undefined>;

/** Puts a function under the watchdog. */
export type Guard = (fn: LuaFunction) => LuaFunction;

/**
 * A library function whose callbacks can be suspended: between two steps everything that it knows is in the generator and nothing on
 * JavaScript's stack, so the stack may go while a callback waits (Lua 5.3 manual 4.7).
 */
export function resumable(body: (L: LuaState) => Steps<number>, guarded: Guard = (fn) => fn): LuaFunction {
  const run = (L: LuaState, steps: Steps<number>): number => {
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) return step.value;
      lua_callk(L, step.value, 1, steps, goOn);
    }
  };
  // What goes on after a wait may again run long.
  const goOn = (L: LuaState, _status: number, steps: Steps<number>): number => guarded((state) => run(state, steps))(L);
  return (L) => run(L, body(L));
}

/** The value at a positive index, or nil without one. */
export function valueAt(L: LuaState, index: number): RawValue {
  const offset = index - 1 - lua_gettop(L);
  return offset < 0 ? topValue(L, offset) : { type: TAG.nil, value: null };
}

/** Whether the value at `index` is a table that has a metatable: nothing else that scripts can make has its own metamethods. */
export function hasMetatable(L: LuaState, index: number): boolean {
  const slot = L.ci.funcOff + index;
  const value = slot < L.top ? L.stack[slot]?.value : undefined;
  return value instanceof Table && value.metatable !== null;
}

/** The metamethod of a table, without calling anything. */
export function metamethod({ value }: RawValue, L: LuaState, name: string): TValue | undefined {
  if (!(value instanceof Table) || value.metatable === null) return undefined;
  const found = luaH_getstr(value.metatable, luaS_bless(L, internBytes(name)));
  return found.type === TAG.nil ? undefined : found;
}

/** `lua_gettable` that can be suspended, for the table at `index`: the key on top gives way to the value. */
export function* getTable(L: LuaState, index: number): Steps<void> {
  const found = accessor(L, valueAt(L, index), topValue(L, -1) as TValue, '__index');
  if (found === undefined) {
    lua_gettable(L, index);
    return;
  }
  pushRaw(L, found.fn);
  pushRaw(L, found.holder);
  lua_pushvalue(L, -3);
  yield 2;
  lua_insert(L, -2);
  lua_pop(L, 1);
}

/** `lua_settable` that can be suspended, for the table at `index`: takes the key and the value on top. */
export function* setTable(L: LuaState, index: number): Steps<void> {
  const found = accessor(L, valueAt(L, index), topValue(L, -2) as TValue, '__newindex');
  if (found === undefined) {
    lua_settable(L, index);
    return;
  }
  pushRaw(L, found.fn);
  pushRaw(L, found.holder);
  lua_pushvalue(L, -4);
  lua_pushvalue(L, -4);
  yield 3;
  lua_pop(L, 3);
}

/** As many tables as Lua itself follows before it calls it a loop. */
const MAX_METATABLE_CHAIN = 2000;

// The function that a chain of `__index` or `__newindex` ends at. Without one nothing of the script's runs, and Lua's own access will do.
function accessor(L: LuaState, start: RawValue, key: TValue, name: string): { fn: RawValue; holder: RawValue } | undefined {
  let suspendedTask = start;
  for (let length = 0; length < MAX_METATABLE_CHAIN; length++) {
    const next = metamethod(suspendedTask, L, name);
    if (next === undefined || luaH_get(L, suspendedTask.value as Table, key).type !== TAG.nil) return undefined;
    if (next.ttisfunction()) return { fn: next, holder: suspendedTask };
    suspendedTask = next;
  }
  return undefined;
}

/** Pushes what `__tostring` makes of the value at the positive `index`, if it has that, and says whether it has. */
export function* pushTostring(L: LuaState, index: number): Steps<boolean> {
  if (luaL_getmetafield(L, index, internBytes('__tostring')) === LUA_TNIL) return false;
  lua_pushvalue(L, index);
  yield 1;
  if (!lua_isstring(L, -1)) raiseText(L, "'__tostring' must return a string");
  return true;
}
