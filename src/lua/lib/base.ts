import { luaL_argerror, luaL_checkany, luaL_optinteger, luaL_optlstring, luaL_requiref } from 'fengari/src/lauxlib.js';
import { luaopen_base } from 'fengari/src/lbaselib.js';
import { luaopen_math } from 'fengari/src/lmathlib.js';
import { luaopen_os } from 'fengari/src/loslib.js';
import { luaopen_string } from 'fengari/src/lstrlib.js';
import { luaopen_table } from 'fengari/src/ltablib.js';
import {
  LUA_TSTRING,
  type LuaFunction,
  type LuaState,
  lua_getfield,
  lua_getglobal,
  lua_getmetatable,
  lua_gettop,
  lua_pop,
  lua_pushboolean,
  lua_pushinteger,
  lua_pushnumber,
  lua_pushstring,
  lua_replace,
  lua_setfield,
  lua_settop,
  lua_tolstring,
  lua_tonumber,
  lua_type,
} from 'fengari/src/lua.js';
import { luaopen_utf8 } from 'fengari/src/lutf8lib.js';
import type { Guards } from '../engine/guards.ts';
import type { Limits } from '../engine/limits.ts';
import type { Output } from '../engine/output.ts';
import { hasMetatable, pushTostring, resumable, valueAt } from '../engine/resumable.ts';
import { formatValue } from '../values/format.ts';
import { topValue } from '../values/raw-value.ts';
import { internBytes, toBytes, toDisplayText } from '../values/string.ts';
import { debugLibrary } from './debug.ts';
import { guardLongLists, guardPatterns } from './guard-slow-calls.ts';
import { clearField, keepFields, replaceFields, setField, setGlobal, setTable } from './library-fields.ts';
import { resumableBase } from './resumable-base.ts';
import { resumableString } from './string.ts';
import { resumableTable } from './table.ts';

export interface BaseOptions {
  readonly limits: Limits;
  readonly output: Output;
  readonly nullValue: object;
  readonly reserve: (L: LuaState, bytes: number, inPieces?: boolean) => void;
}

/** Of each library the names that scripts get; what is not listed does not exist for them. */
const ALLOWED: readonly {
  readonly global: string;
  readonly open: LuaFunction;
  readonly names?: readonly string[];
  readonly without?: readonly string[];
}[] = [
  { global: '_G', open: luaopen_base, without: ['dofile', 'loadfile', 'collectgarbage'] },
  { global: 'string', open: luaopen_string, without: ['dump'] },
  { global: 'table', open: luaopen_table },
  { global: 'math', open: luaopen_math },
  { global: 'utf8', open: luaopen_utf8 },
  { global: 'os', open: luaopen_os, names: ['time', 'date', 'difftime'] },
];

/** Library functions that can loop for long, or backtrack, without executing Lua: nothing but the watchdog can stop them. */
const CAN_RUN_LONG: Readonly<Record<string, readonly string[]>> = {
  _G: ['load'],
  table: ['move', 'unpack'],
};

/** Opens Lua's own libraries, less what reaches the machine, with `print`, `dump` and `tostring` that write tables out. */
export function openBase(L: LuaState, options: BaseOptions): void {
  for (const { global, open, names, without } of ALLOWED) {
    luaL_requiref(L, internBytes(global), open, 1);
    for (const name of without ?? []) clearField(L, name);
    if (names !== undefined) keepFields(L, global, names);
    lua_pop(L, 1);
  }
  protectStringMetatable(L);
  const { output } = options;
  const print = resumable(function* (state) {
    const texts: string[] = [];
    for (let index = 1, count = lua_gettop(state); index <= count; index++) {
      if (yield* pushTostring(state, index)) lua_replace(state, index);
      texts.push(rawText(state, index, options));
    }
    output.writeLine(texts.join('\t'));
    return 0;
  });
  setGlobal(L, 'print', print);
  setGlobal(L, 'dump', (state) => {
    luaL_checkany(state, 1);
    lua_settop(state, 1);
    output.writeLine(rawText(state, 1, options));
    return 1;
  });
  const plainTostring: LuaFunction = (state) => {
    luaL_checkany(state, 1);
    lua_pushstring(state, Buffer.from(rawText(state, 1, options), 'latin1'));
    return 1;
  };
  const slowTostring = resumable(function* (state) {
    if (!(yield* pushTostring(state, 1))) return plainTostring(state);
    lua_tolstring(state, -1);
    return 1;
  });
  setGlobal(L, 'tostring', (state) => (hasMetatable(state, 1) ? slowTostring(state) : plainTostring(state)));
  setGlobal(L, 'collectgarbage', collectGarbage(options.limits));
  wrapReturningBytes(L, 'string', 'byte', options.reserve);
  wrapReturningBytes(L, 'utf8', 'codepoint', options.reserve);
  setTable(L, 'debug', debugLibrary);
  lua_getglobal(L, internBytes('os'));
  setField(L, 'clock', (state) => {
    lua_pushnumber(state, options.limits.cpuUsedMs() / 1000);
    return 1;
  });
  lua_pop(L, 1);
}

/** Repetitions that an empty string may have before the watchdog is worth its while; any other string is bounded by its memory. */
const MANY_REPETITIONS = 65_536;

/** Lets the callbacks of library functions wait, and puts what can run long under the watchdog. Call once, after `openBase`. */
export function openResumableLibraries(L: LuaState, guards: Guards, options: Pick<BaseOptions, 'nullValue' | 'reserve'>): void {
  const { reserve } = options;
  const textAt = (state: LuaState, index: number): string => rawText(state, index, options);
  const { guarded, guardedRestartable, repeatable } = guards;
  replaceFields(L, 'string', (stock) => {
    const rep = stock('rep');
    const guardedRep = guardedRestartable(repeatable(rep));
    return { rep: (state) => (lua_tonumber(state, 2) > MANY_REPETITIONS ? guardedRep(state) : rep(state)) };
  });
  replaceFields(L, 'string', (stock) => resumableString(stock, guarded, textAt));
  replaceFields(L, 'table', (stock) => resumableTable(stock, guarded, reserve));
  replaceFields(L, '_G', (stock) => resumableBase(stock, reserve));
  for (const [global, names] of Object.entries(CAN_RUN_LONG)) {
    replaceFields(L, global, (stock) => Object.fromEntries(names.map((name) => [name, guarded(stock(name))])));
  }
  replaceFields(L, 'string', (stock) => guardPatterns(stock, guards));
  replaceFields(L, 'table', (stock) => guardLongLists(stock, guarded));
}

// What `print` shows of a value without `__tostring`: tables written out.
function rawText(L: LuaState, index: number, options: Pick<BaseOptions, 'nullValue' | 'reserve'>): string {
  return formatValue(valueAt(L, index), options.nullValue, (bytes) => options.reserve(L, bytes));
}

// The answers of the 5.3 manual, 6.1: the collector is JavaScript's, which takes no orders.
function collectGarbage(limits: Limits): LuaFunction {
  let isRunning = true;
  const settings = { setpause: 200, setstepmul: 200 };
  return (L) => {
    const option = toDisplayText(luaL_optlstring(L, 1, internBytes('collect')));
    if (option === 'count') lua_pushnumber(L, limits.memoryNow(false) / 1024);
    else if (option === 'step') lua_pushboolean(L, true);
    else if (option === 'isrunning') lua_pushboolean(L, isRunning);
    else if (option === 'setpause' || option === 'setstepmul') {
      lua_pushinteger(L, settings[option]);
      settings[option] = luaL_optinteger(L, 2, 0);
    } else {
      if (!['collect', 'stop', 'restart'].includes(option)) luaL_argerror(L, 1, toBytes(`invalid option '${option}'`));
      if (option === 'collect') limits.memoryNow(true);
      else isRunning = option === 'restart';
      lua_pushinteger(L, 0);
    }
    return 1;
  };
}

/** What a value takes on the stack and then in a table, where it is one of very many. */
const VALUE_BYTES = 160;

// A function that can return as many values as its string has bytes: they are counted before they are made.
function wrapReturningBytes(L: LuaState, global: string, name: string, reserve: BaseOptions['reserve']): void {
  lua_getglobal(L, internBytes(global));
  lua_getfield(L, -1, internBytes(name));
  const fn = topValue(L, -1).value as LuaFunction;
  lua_pop(L, 1);
  setField(L, name, (state) => {
    if (lua_gettop(state) >= 3 && lua_type(state, 1) === LUA_TSTRING) {
      const length = (lua_tolstring(state, 1) as Uint8Array).length;
      const from = lua_tonumber(state, 2);
      const to = lua_tonumber(state, 3);
      const count = Math.min(length, to < 0 ? length + to + 1 : to) - Math.max(1, from < 0 ? length + from + 1 : from) + 1;
      if (count > 1000) reserve(state, count * VALUE_BYTES);
    }
    return fn(state);
  });
  lua_pop(L, 1);
}

// All strings share it: without this a script could change what string methods do for the host's own error values.
function protectStringMetatable(L: LuaState): void {
  lua_pushstring(L, new Uint8Array(0));
  lua_getmetatable(L, -1);
  lua_pushboolean(L, false);
  lua_setfield(L, -2, internBytes('__metatable'));
  lua_pop(L, 2);
}
