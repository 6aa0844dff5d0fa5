import { luaL_argerror, luaL_checktype } from 'fengari/src/lauxlib.js';
import { pushobj2s, TValue } from 'fengari/src/lobject.js';
import { luaH_getint, luaH_setint, type Table } from 'fengari/src/ltable.js';
import { LUA_TFUNCTION, LUA_TNIL, type LuaState, lua_pop, lua_pushinteger, lua_settop, lua_type } from 'fengari/src/lua.js';
import { luaV_lessthan } from 'fengari/src/lvm.js';
import { raiseText } from '../engine/position.ts';
import { metamethod, type Steps, setTable, valueAt } from '../engine/resumable.ts';
import { seededRandom } from '../engine/seeded-random.ts';
import { type RawValue, TAG, topValue } from '../values/raw-value.ts';
import { toBytes } from '../values/string.ts';
import { createLimitCheck, length, pushItem, type Reserve } from './table-steps.ts';

/** More items than a table can have. */
const TOO_MANY_ITEMS = 2 ** 31 - 1;

/** From this many items on the pivot is chosen at random when halves become too unequal. */
const RANDOM_FROM = 100;

/** A comparison answers at once, or with undefined: then a call has been pushed, and its result has to be taken. */
interface Order {
  readonly less: (a: TValue, b: TValue) => boolean | undefined;
  readonly result: (called: undefined) => boolean;
}

/** `table.sort` with a comparator or metamethods that may wait. */
export function* sort(L: LuaState, reserve: Reserve): Steps<number> {
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
  const look = createLimitCheck(L, reserve);
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
  // From the size, so that a repeated run calls the comparator in the same order.
  const next = seededRandom(items.length);
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
    ranges.push([...larger, isUnequal ? Math.floor(next() * 2 ** 32) : random], [...smaller, random]);
  }
}

function wrongOrder(L: LuaState): never {
  return raiseText(L, 'invalid order function for sorting');
}

function randomPivot(low: number, up: number, random: number): number {
  const quarter = Math.floor((up - low) / 4);
  return (random % (quarter * 2)) + low + quarter;
}
