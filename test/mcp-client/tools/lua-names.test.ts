import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { luaNames, luaPath } from '../../../src/mcp-client/tools/lua-names.ts';

describe('names for Lua', () => {
  test('spell what Lua cannot, and keep what it can', () => {
    const names = luaNames(['fake-server', 'getUser', 'say-hello.world', 'end', '3d', '--', 'list_items']);
    expect(['fake-server', 'getUser', 'say-hello.world', 'end', '3d', '--', 'list_items'].map(names.luaName)).toEqual([
      'fake_server',
      'getUser',
      'say_hello_world',
      'end_',
      '_3d',
      '_',
      'list_items',
    ]);
    expect(names.resolve('getuser')).toBe('getUser');
    expect(luaPath('app.mcp', 'a-b')).toBe('app.mcp["a-b"]');
  });

  test('of two that would be written alike, none is guessed; a real name is always itself', () => {
    const names = luaNames(['a-b', 'a.b', 'c-d', 'c_d', 'getUser', 'get-user']);
    expect(names.resolve('a_b')).toBeUndefined();
    expect(names.candidatesFor('a_b')).toEqual(['a-b', 'a.b']);
    expect([names.luaName('a-b'), names.luaName('c-d'), names.resolve('c_d'), names.resolve('c-d')]).toEqual(['a-b', 'c-d', 'c_d', 'c-d']);
  });

  test('what is shown leads back, and no two are shown alike, whatever the names are', () => {
    const name = fc.oneof(fc.string(), fc.stringMatching(/^[a-c_.-]{1,4}$/), fc.constantFrom('end', 'and', '__proto__', 'constructor'));
    fc.assert(
      fc.property(fc.uniqueArray(name, { maxLength: 12 }), (raws) => {
        const names = luaNames(raws);
        const shown = raws.map(names.luaName);
        expect(shown.map(names.resolve)).toEqual(raws);
        expect(new Set(shown).size).toBe(raws.length);
        expect(raws.map(names.resolve)).toEqual(raws);
      }),
    );
  });
});
