import 'fengari/src/lua.js';
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';

// Not in the slice of Fengari that the product uses.
const require = createRequire(import.meta.url);
const { lua, lauxlib, to_luastring } = require('fengari') as {
  lua: {
    lua_load(L: object, reader: () => Uint8Array | null, data: null, name: Uint8Array, mode: null): number;
    lua_call(L: object, args: number, results: number): void;
    lua_tojsstring(L: object, index: number): string;
  };
  lauxlib: { luaL_newstate(): object };
  to_luastring(text: string): Uint8Array;
};

const CODE =
  'local function name_of(value) --[[ a comment ]] return "a text of some length" .. value end -- and another\nreturn name_of("\\65b")';

test.each([1, 3, 7, 64])('a chunk reads the same from pieces of %i bytes in one buffer', (size) => {
  const L = lauxlib.luaL_newstate();
  const bytes = to_luastring(CODE);
  const buffer = new Uint8Array(size);
  let at = 0;
  const reader = (): Uint8Array | null => {
    if (at >= bytes.length) return null;
    const piece = bytes.subarray(at, at + size);
    at += size;
    buffer.set(piece);
    return buffer.subarray(0, piece.length);
  };
  expect(lua.lua_load(L, reader, null, to_luastring('=test'), null)).toBe(0);
  lua.lua_call(L, 0, 1);
  expect(lua.lua_tojsstring(L, -1)).toBe('a text of some lengthAb');
});
