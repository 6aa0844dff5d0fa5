import { expect, test } from 'vitest';
import { runLua } from '../../src/lua/sandbox.ts';

test('collectgarbage answers each option as Lua 5.3 does', async () => {
  const code = `
    local types = {}
    for _, option in ipairs { "collect", "stop", "restart", "step", "isrunning", "count", "setpause", "setstepmul" } do
      types[#types + 1] = option .. " " .. type(collectgarbage(option))
    end
    return table.concat(types, ", "), collectgarbage(), collectgarbage("stop"), collectgarbage("isrunning"),
      select(2, pcall(collectgarbage, "generation"))`;
  const { result } = await runLua(code, 'test');
  expect(result).toEqual([
    'collect number, stop number, restart number, step boolean, isrunning boolean, count number, setpause number, setstepmul number',
    0,
    0,
    false,
    "bad argument #1 to 'collectgarbage' (invalid option 'generation')",
  ]);
});

test('the count falls when what a script held is collected', async () => {
  const code = `
    local t = {}
    for i = 1, 200000 do t[i] = { i } end
    local full = collectgarbage("count")
    t = nil
    collectgarbage()
    return full, collectgarbage("count")`;
  const [full, empty] = (await runLua(code, 'test')).result as [number, number];
  expect(empty).toBeLessThan(full / 2);
});

test.each(['sleep("x")', 'sleep()', 'sleep(-1)', 'sleep(0 / 0)'])('%s names the line of its mistake', async (code) => {
  const { error } = await runLua(`\n${code}`, 'test');
  expect(error?.code).toBe('INVALID_ARGUMENTS');
  expect(error?.message).toBe('test:2: sleep: expected a number of seconds from 0 to 2147483.');
});

test.each([
  ['error("bad")', 'test:1: bad'],
  ['error(42)', '42'],
  ['error(true)', 'true'],
  ['error()', 'nil'],
])('a group that fails by %s names the item', async (code, text) => {
  const { result } = await runLua(
    `local _, e = pcall(parallel.map, {1, 2}, function(i) if i == 2 then ${code} end end) return e.index, tostring(e)`,
    'test',
  );
  expect(result).toEqual([2, text]);
});

test('a table that a function of a group raises arrives as it is', async () => {
  const { result } = await runLua(
    'local mine = {} local _, e = pcall(parallel.map, {1}, function() error(mine) end) return e == mine, next(mine) == nil',
    'test',
  );
  expect(result).toEqual([true, true]);
});
