import { expect, test } from 'vitest';
import { runLua } from '../../src/lua/sandbox.ts';

const hintOf = async (code: string): Promise<string | undefined> => (await runLua(code, 'test')).error?.hint;

test.each([
  ['print(os.getenv("X"))', '--arg'],
  ['io.write("x")', 'print'],
  ['unpack({1})', 'table.unpack'],
  ['loadstring("x")', 'load'],
  ['print(table.getn({}))', '#t'],
  ['print(math.pow(2, 3))', 'x ^ y'],
  ['bit32.band(1, 2)', '<<'],
  ['warn("x")', 'print'],
  ['string.dump(print)', 'load'],
  ['setfenv(1, {})', 'environment'],
  ['if x != 3 then end', '~='],
  ['if !x then end', 'not x'],
  ['x = 1 x += 1', 'x = x + 1'],
  ['x = 1 x++', 'x = x + 1'],
  ['if a && b then end', 'and'],
  ['if a || b then end', 'or'],
  ['for i = 1, 3 do\n  continue\nend', 'goto continue'],
  ['for i = 1, 3 do continue end', 'goto continue'],
  ['local x <const> = 1', 'Lua 5.4'],
  ['local f <close> = nil', 'defer'],
])('%s fails with a hint what to write', async (code, hint) => {
  expect(await hintOf(code)).toContain(hint);
});

test.each(['local t = {} t.getenv()', 'local s = "!=" local t = nil t.x = 1', 'error("attempt")'])('%s has no such hint', async (code) => {
  expect(await hintOf(code)).toBeUndefined();
});

test('a missing name stays nil, so a script can look for it', async () => {
  expect((await runLua('return (unpack or table.unpack)({7}), io == nil, os.getenv == nil', 'test')).result).toEqual([7, true, true]);
});

test.each([
  ['json:encode({})', "json:encode is called with ':'; write '.': json.encode(…)"],
  ['json:decode("1")', "json:decode is called with ':'; write '.': json.decode(…)"],
  ['regex:match("a", "a")', "regex:match is called with ':'; write '.': regex.match(…)"],
  ['parallel:map({}, print)', "parallel:map is called with ':'; write '.': parallel.map(…)"],
])('%s says that a dot is meant', async (code, message) => {
  expect((await runLua(code, 'test')).error?.message).toBe(`test:1: ${message}`);
});
