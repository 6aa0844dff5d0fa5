import {
  luaL_addlstring,
  luaL_addvalue,
  luaL_argerror,
  luaL_Buffer,
  luaL_buffinit,
  luaL_checkinteger,
  luaL_checktype,
  luaL_optinteger,
  luaL_optlstring,
  luaL_pushresult,
} from 'fengari/src/lauxlib.js';
import {
  LUA_OPEQ,
  LUA_TNIL,
  LUA_TTABLE,
  type LuaFunction,
  type LuaState,
  lua_checkstack,
  lua_compare,
  lua_gettop,
  lua_isstring,
  lua_pushinteger,
  lua_pushnil,
  lua_pushvalue,
  lua_type,
  lua_typename,
} from 'fengari/src/lua.js';
import { raiseText } from '../engine/position.ts';
import { type Guard, hasMetatable, resumable, type Steps, setTable } from '../engine/resumable.ts';
import { MAX_INTEGER } from '../values/number.ts';
import { toBytes, toDisplayText } from '../values/string.ts';
import { moveInPieces } from './guard-slow-calls.ts';
import { sort } from './sort.ts';
import { createLimitCheck, length, pushItem, type Reserve } from './table-steps.ts';

/**
 * Lua's table functions (5.3 manual 6.6). If metamethods or a comparator may wait, the same steps run resumably; otherwise `stock`,
 * Fengari's own functions, run.
 */
export function resumableTable(stock: (name: string) => LuaFunction, guarded: Guard, reserve: Reserve): Record<string, LuaFunction> {
  const functions = { concat, insert, remove, unpack };
  const replaced = Object.entries(functions).map(([name, steps]): [string, LuaFunction] => {
    const plain = stock(name);
    const slow = resumable((L) => steps(L, createLimitCheck(L, reserve)), guarded);
    return [name, (L) => (hasMetatable(L, 1) ? slow(L) : plain(L))];
  });
  const plainSort = stock('sort');
  const slowSort = resumable((L) => sort(L, reserve), guarded);
  const [quickMove, slowMove] = [moveInPieces(stock('move'), reserve), resumable((L) => move(L, createLimitCheck(L, reserve)), guarded)];
  return {
    ...Object.fromEntries(replaced),
    move: (L) => (hasMetatable(L, 1) || hasMetatable(L, 5) ? slowMove(L) : quickMove(L)),
    sort: (L) => (lua_type(L, 1) === LUA_TTABLE ? slowSort(L) : plainSort(L)),
  };
}

// Moves t[from] of the first table to t[to] of the one at `target`.
function* moveItem(L: LuaState, from: number, target: number, to: number): Steps<void> {
  lua_pushinteger(L, to);
  yield* pushItem(L, from);
  yield* setTable(L, target);
}

function* concat(L: LuaState, look: () => void): Steps<number> {
  const size = yield* length(L);
  const separator = luaL_optlstring(L, 2, new Uint8Array(0));
  const first = luaL_optinteger(L, 3, 1);
  const last = luaL_optinteger(L, 4, size);
  const buffer = new luaL_Buffer();
  luaL_buffinit(L, buffer);
  for (let done = 0; done < last - first + 1; done++) {
    const index = first + done;
    look();
    if (done > 0) luaL_addlstring(buffer, separator, separator.length);
    yield* pushItem(L, index);
    if (!lua_isstring(L, -1)) raiseText(L, `invalid value (${typeNameOfTop(L)}) at index ${index} in table for 'concat'`);
    luaL_addvalue(buffer);
  }
  luaL_pushresult(buffer);
  return 1;
}

function* insert(L: LuaState, look: () => void): Steps<number> {
  const end = (yield* length(L)) + 1;
  const count = lua_gettop(L);
  if (count !== 2 && count !== 3) return raiseText(L, "wrong number of arguments to 'insert'");
  const position = count === 2 ? end : luaL_checkinteger(L, 2);
  if (position < 1 || position > end || (count === 3 && end >= MAX_INTEGER)) luaL_argerror(L, 2, toBytes('position out of bounds'));
  for (let index = end; index > position; index--) {
    look();
    yield* moveItem(L, index - 1, 1, index);
  }
  lua_pushinteger(L, position);
  lua_pushvalue(L, count);
  yield* setTable(L, 1);
  return 0;
}

function* remove(L: LuaState, look: () => void): Steps<number> {
  const size = yield* length(L);
  let position = luaL_optinteger(L, 2, size);
  if (position !== size && (position < 1 || position > size + 1)) luaL_argerror(L, 1, toBytes('position out of bounds'));
  yield* pushItem(L, position);
  for (; position < size; position++) {
    look();
    yield* moveItem(L, position + 1, 1, position);
  }
  lua_pushinteger(L, position);
  lua_pushnil(L);
  yield* setTable(L, 1);
  return 1;
}

function* move(L: LuaState, look: () => void): Steps<number> {
  const first = luaL_checkinteger(L, 2);
  const last = luaL_checkinteger(L, 3);
  const to = luaL_checkinteger(L, 4);
  const target = lua_gettop(L) >= 5 && lua_type(L, 5) !== LUA_TNIL ? 5 : 1;
  for (const index of [1, target]) luaL_checktype(L, index, LUA_TTABLE);
  if (last >= first) {
    // As in Fengari's own: Lua's lowest integer is one lower than here.
    const low = first === -MAX_INTEGER && last >= -2 ? 1 : 0;
    if (first <= 0 && last >= MAX_INTEGER + first - low) luaL_argerror(L, 3, toBytes('too many elements to move'));
    const count = last - first + 1;
    if (to > MAX_INTEGER - count + 1 - low) luaL_argerror(L, 4, toBytes('destination wrap around'));
    const upwards = to > last || to <= first || (target !== 1 && lua_compare(L, 1, target, LUA_OPEQ) !== 1);
    for (let done = 0; done < count; done++) {
      const offset = upwards ? done : count - 1 - done;
      look();
      yield* moveItem(L, first + offset, target, to + offset);
    }
  }
  lua_pushvalue(L, target);
  return 1;
}

function* unpack(L: LuaState, look: () => void): Steps<number> {
  const first = luaL_optinteger(L, 2, 1);
  const last = lua_gettop(L) >= 3 && lua_type(L, 3) !== LUA_TNIL ? luaL_checkinteger(L, 3) : yield* length(L);
  if (first > last) return 0;
  const count = last - first + 1;
  if (!lua_checkstack(L, count)) return raiseText(L, 'too many results to unpack');
  for (let done = 0; done < count; done++) {
    look();
    yield* pushItem(L, first + done);
  }
  return count;
}

function typeNameOfTop(L: LuaState): string {
  return toDisplayText(lua_typename(L, lua_type(L, -1)));
}
