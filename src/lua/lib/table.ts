import {
  luaL_addlstring,
  luaL_addvalue,
  luaL_argerror,
  luaL_Buffer,
  luaL_buffinit,
  luaL_checkinteger,
  luaL_checktype,
  luaL_len,
  luaL_optinteger,
  luaL_optlstring,
  luaL_pushresult,
} from 'fengari/src/lauxlib.js';
import { pushobj2s, TValue } from 'fengari/src/lobject.js';
import { luaH_getint, luaH_setint, type Table } from 'fengari/src/ltable.js';
import {
  LUA_OPEQ,
  LUA_TFUNCTION,
  LUA_TNIL,
  LUA_TTABLE,
  type LuaFunction,
  type LuaState,
  lua_checkstack,
  lua_compare,
  lua_gettop,
  lua_isstring,
  lua_pop,
  lua_pushinteger,
  lua_pushnil,
  lua_pushvalue,
  lua_settop,
  lua_tointegerx,
  lua_type,
  lua_typename,
} from 'fengari/src/lua.js';
import { luaV_lessthan } from 'fengari/src/lvm.js';
import { raiseText } from '../engine/position.ts';
import { type Guard, getTable, hasMetatable, metamethod, resumable, type Steps, setTable, valueAt } from '../engine/resumable.ts';
import { MAX_INTEGER } from '../values/number.ts';
import { pushRaw, type RawValue, TAG, topValue } from '../values/raw-value.ts';
import { toBytes, toDisplayText } from '../values/string.ts';
import { moveInPieces } from './guard-slow-calls.ts';

type Reserve = (L: LuaState, bytes: number) => void;

/**
 * Lua's table functions (5.3 manual 6.6) as they are, but where metamethods or a comparator may wait: there the same steps run
 * resumably. `stock` are Fengari's.
 */
export function resumableTable(stock: (name: string) => LuaFunction, guarded: Guard, reserve: Reserve): Record<string, LuaFunction> {
  const functions = { concat, insert, remove, unpack };
  const replaced = Object.entries(functions).map(([name, steps]): [string, LuaFunction] => {
    const plain = stock(name);
    const slow = resumable((L) => steps(L, lookAtLimits(L, reserve)), guarded);
    return [name, (L) => (hasMetatable(L, 1) ? slow(L) : plain(L))];
  });
  const plainSort = stock('sort');
  const slowSort = resumable((L) => sort(L, reserve), guarded);
  const [quickMove, slowMove] = [moveInPieces(stock('move'), reserve), resumable((L) => move(L, lookAtLimits(L, reserve)), guarded)];
  return {
    ...Object.fromEntries(replaced),
    move: (L) => (hasMetatable(L, 1) || hasMetatable(L, 5) ? slowMove(L) : quickMove(L)),
    sort: (L) => (lua_type(L, 1) === LUA_TTABLE ? slowSort(L) : plainSort(L)),
  };
}

/** Steps between two looks at the limits. */
const STEPS = 2 ** 16;

/** Call it in each step of a loop that executes no instruction which a hook could see; it raises the error of a limit. */
function lookAtLimits(L: LuaState, reserve: Reserve): () => void {
  let left = STEPS;
  return () => {
    if (--left > 0) return;
    left = STEPS;
    reserve(L, 0);
  };
}

function* length(L: LuaState): Steps<number> {
  const len = metamethod(valueAt(L, 1), L, '__len');
  if (len === undefined) return luaL_len(L, 1);
  pushRaw(L, len);
  lua_pushvalue(L, 1);
  yield 1;
  const result = lua_tointegerx(L, -1);
  if (result === false) return raiseText(L, 'object length is not an integer');
  lua_pop(L, 1);
  return result;
}

function* pushItem(L: LuaState, index: number): Steps<void> {
  lua_pushinteger(L, index);
  yield* getTable(L, 1);
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

/** More items than a table can have. */
const TOO_MANY_ITEMS = 2 ** 31 - 1;

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

/** From this many items on the pivot is chosen at random when halves become too unequal. */
const RANDOM_FROM = 100;

/** A comparison answers at once, or with undefined: then a call has been pushed, and its result has to be taken. */
interface Order {
  readonly less: (a: TValue, b: TValue) => boolean | undefined;
  readonly result: (called: undefined) => boolean;
}

function* sort(L: LuaState, reserve: Reserve): Steps<number> {
  const size = yield* length(L);
  if (size < 2) return 0;
  if (size >= TOO_MANY_ITEMS) luaL_argerror(L, 1, toBytes('array too big'));
  lua_settop(L, 2);
  if (lua_type(L, 2) !== LUA_TNIL) luaL_checktype(L, 2, LUA_TFUNCTION);
  const table = valueAt(L, 1).value as Table;
  if (size > MANY_ITEMS) reserve(L, size * ITEM_BYTES);
  const items: TValue[] = [];
  for (let index = 1; index <= size; index++) {
    if (table.metatable === null) items.push(copyOf(luaH_getint(table, index)));
    else {
      yield* pushItem(L, index);
      items.push(copyOf(topValue(L, -1)));
      lua_pop(L, 1);
    }
  }
  yield* sortItems(L, items, createOrder(L, reserve));
  for (let index = 1; index <= size; index++) {
    const item = items[index - 1] as TValue;
    if (table.metatable === null) luaH_setint(table, index, item);
    else {
      lua_pushinteger(L, index);
      pushobj2s(L, item);
      yield* setTable(L, 1);
    }
  }
  return 0;
}

/** Fewer are not worth the counting. */
const MANY_ITEMS = 1000;
const ITEM_BYTES = 32;

function copyOf({ type, value }: RawValue): TValue {
  return new TValue(type, value);
}

function createOrder(L: LuaState, reserve: Reserve): Order {
  const look = lookAtLimits(L, reserve);
  const comparator = lua_type(L, 2) === LUA_TNIL ? undefined : copyOf(valueAt(L, 2));
  return {
    less(a, b) {
      const fn = comparator ?? metamethod(a, L, '__lt') ?? metamethod(b, L, '__lt');
      if (fn === undefined) {
        look();
        return luaV_lessthan(L, a, b) === 1;
      }
      pushobj2s(L, fn);
      pushobj2s(L, a);
      pushobj2s(L, b);
      return undefined;
    },
    result() {
      const { type, value } = topValue(L, -1);
      lua_pop(L, 1);
      return !(type === TAG.nil || (type === TAG.boolean && value === false));
    },
  };
}

// Lua's quicksort (ltablib.c), with a list of ranges instead of recursion.
function* sortItems(L: LuaState, items: TValue[], { less, result }: Order): Steps<void> {
  const at = (index: number): TValue => items[index] as TValue;
  const swap = (i: number, j: number): void => {
    [items[i], items[j]] = [at(j), at(i)];
  };
  const ranges: [low: number, up: number, random: number][] = [[0, items.length - 1, 0]];
  for (let range = ranges.pop(); range !== undefined; range = ranges.pop()) {
    const [low, up, random] = range;
    if (low >= up) continue;
    if (less(at(up), at(low)) ?? result(yield 2)) swap(low, up);
    if (up - low === 1) continue;
    const middle = up - low < RANDOM_FROM || random === 0 ? Math.floor((low + up) / 2) : randomPivot(low, up, random);
    if (less(at(middle), at(low)) ?? result(yield 2)) swap(middle, low);
    else if (less(at(up), at(middle)) ?? result(yield 2)) swap(middle, up);
    if (up - low === 2) continue;
    const pivot = at(middle);
    swap(middle, up - 1);
    let i = low;
    let j = up - 1;
    for (;;) {
      while (less(at(++i), pivot) ?? result(yield 2)) if (i === up - 1) wrongOrder(L);
      while (less(pivot, at(--j)) ?? result(yield 2)) if (j < i) wrongOrder(L);
      if (j < i) break;
      swap(i, j);
    }
    swap(up - 1, i);
    const [smaller, larger] =
      i - low < up - i ? [[low, i - 1] as const, [i + 1, up] as const] : [[i + 1, up] as const, [low, i - 1] as const];
    const isUnequal = (larger[1] - larger[0]) / 128 > smaller[1] - smaller[0] + 1;
    ranges.push([...larger, isUnequal ? Math.floor(Math.random() * 2 ** 32) : random], [...smaller, random]);
  }
}

function wrongOrder(L: LuaState): never {
  return raiseText(L, 'invalid order function for sorting');
}

function randomPivot(low: number, up: number, random: number): number {
  const quarter = Math.floor((up - low) / 4);
  return (random % (quarter * 2)) + low + quarter;
}

function typeNameOfTop(L: LuaState): string {
  return toDisplayText(lua_typename(L, lua_type(L, -1)));
}
