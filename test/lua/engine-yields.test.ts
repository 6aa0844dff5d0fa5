import 'fengari/src/lua.js';
import { luaL_newstate } from 'fengari/src/lauxlib.js';
import {
  LUA_ERRRUN,
  LUA_YIELD,
  lua_newthread,
  lua_pushcfunction,
  lua_pushinteger,
  lua_resume,
  lua_tolstring,
  lua_yield,
} from 'fengari/src/lua.js';
import { expect, test } from 'vitest';

test('a function that yields and forgets to return what lua_yield returns raises an error', () => {
  const L = luaL_newstate();
  const thread = lua_newthread(L);
  lua_pushcfunction(thread, (state) => {
    lua_pushinteger(state, 1);
    lua_yield(state, 1);
    return 0;
  });
  expect(lua_resume(thread, L, 0)).toBe(LUA_ERRRUN);
  expect(Buffer.from(lua_tolstring(thread, -1) ?? []).toString()).toContain("must return the result of 'lua_yieldk'");
});

test('a function that returns it is suspended', () => {
  const L = luaL_newstate();
  const thread = lua_newthread(L);
  lua_pushcfunction(thread, (state) => {
    lua_pushinteger(state, 7);
    return lua_yield(state, 1);
  });
  expect(lua_resume(thread, L, 0)).toBe(LUA_YIELD);
  expect(lua_resume(thread, L, 0)).toBe(0);
});
