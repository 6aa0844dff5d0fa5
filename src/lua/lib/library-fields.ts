import {
  type LuaFunction,
  type LuaState,
  lua_getfield,
  lua_getglobal,
  lua_newtable,
  lua_pop,
  lua_pushcfunction,
  lua_pushnil,
  lua_setfield,
  lua_setglobal,
} from 'fengari/src/lua.js';
import { topValue } from '../values/raw-value.ts';
import { internBytes } from '../values/string.ts';

/** Leaves only `names` of the library on top of the stack, as a new global table. */
export function keepFields(L: LuaState, global: string, names: readonly string[]): void {
  lua_newtable(L);
  for (const name of names) {
    lua_getfield(L, -2, internBytes(name));
    lua_setfield(L, -2, internBytes(name));
  }
  lua_setglobal(L, internBytes(global));
}

/** Removes a field of the table on top of the stack. */
export function clearField(L: LuaState, name: string): void {
  lua_pushnil(L);
  lua_setfield(L, -2, internBytes(name));
}

/** Sets a function as a field of the table on top of the stack. */
export function setField(L: LuaState, name: string, fn: LuaFunction): void {
  lua_pushcfunction(L, fn);
  lua_setfield(L, -2, internBytes(name));
}

/** Replaces functions of a library by others that are made from them. */
export function replaceFields(
  L: LuaState,
  global: string,
  make: (stock: (name: string) => LuaFunction) => Record<string, LuaFunction>,
): void {
  lua_getglobal(L, internBytes(global));
  const stock = (name: string): LuaFunction => {
    lua_getfield(L, -1, internBytes(name));
    const fn = topValue(L, -1).value as LuaFunction;
    lua_pop(L, 1);
    return fn;
  };
  for (const [name, fn] of Object.entries(make(stock))) setField(L, name, fn);
  lua_pop(L, 1);
}

/** Makes a function a global. */
export function setGlobal(L: LuaState, name: string, fn: LuaFunction): void {
  lua_pushcfunction(L, fn);
  lua_setglobal(L, internBytes(name));
}

/** Makes a global table of functions. */
export function setTable(L: LuaState, name: string, functions: Readonly<Record<string, LuaFunction>>): void {
  lua_newtable(L);
  for (const [field, fn] of Object.entries(functions)) setField(L, field, fn);
  lua_setglobal(L, internBytes(name));
}

/** Adds functions to a global table. */
export function addFields(L: LuaState, name: string, functions: Readonly<Record<string, LuaFunction>>): void {
  lua_getglobal(L, internBytes(name));
  for (const [field, fn] of Object.entries(functions)) setField(L, field, fn);
  lua_pop(L, 1);
}
