import { describe, expect, test } from 'vitest';
import { AMPLE_CPU_MS, computedMs } from '../../helpers/computing.ts';
import { errorOf, outputOf, run, valuesOf } from '../../helpers/run-lua.ts';

const limits = { cpuMs: 300, memoryBytes: 48 * 2 ** 20 };

describe('a script that does not end', () => {
  test.each([
    ['a loop', 'while true do end'],
    ['a loop of pcalls', 'while true do pcall(function() while true do end end) end'],
    [
      'a loop of xpcalls with a handler that loops',
      'while true do xpcall(function() while true do end end, function() while true do end end) end',
    ],
    ['a loop in a coroutine', 'while true do coroutine.wrap(function() while true do end end)() end'],
    [
      'a loop of pcalls in a coroutine in pcall',
      'while true do pcall(coroutine.wrap(function() while true do pcall(function() while true do end end) end end)) end',
    ],
    ['a pattern that backtracks', 'string.find(string.rep("a", 40), string.rep("a-", 20) .. "b")'],
    ['moving two billion items', 'table.move({}, 1, 2^31 - 2, 2)'],
    ['an endless iterator', 'for _ in function() return 1 end do end'],
  ])('%s ends at the CPU limit with its line', async (_what, code) => {
    const started = computedMs();
    const error = await errorOf(`\n${code}`, { limits });
    expect(error.code).toBe('CPU_LIMIT');
    expect(error.message).toBe('CPU limit exceeded: the script used more than 0.3 s of CPU time (at test:2)');
    expect(error.details.line).toBe(2);
    expect(computedMs() - started).toBeLessThan(1300);
  });
});

describe('a script that wants too much memory', () => {
  test.each([
    ['one long string', 'string.rep("x", 2^31 - 1)'],
    ['doubling a string', 'local s = "x" while true do s = s .. s end'],
    ['an endless table', 'local t = {} while true do t[#t + 1] = {} end'],
    ['a table of long strings', 'local t = {} while true do t[#t + 1] = ("x"):rep(100000) .. #t end'],
    ['string.format', 'local t = {} while true do t[#t + 1] = ("%s%s"):format(("x"):rep(50000), #t) end'],
    ['gsub', 'local s = ("x"):rep(10000) while true do s = s:gsub("x", "xx") end'],
    ['table.concat', 'local t = {} for i = 1, 2000 do t[i] = ("x"):rep(50) end while true do t[#t + 1] = table.concat(t) end'],
    ['doubling in pcall', 'local s = "x" while true do pcall(function() s = s .. s end) end'],
    ['json.encode', 'local t = {("x"):rep(100)} for i = 1, 24 do t = {t, t} end json.encode(t)'],
    ['coroutines', 'local t = {} while true do t[#t + 1] = coroutine.create(function() end) end'],
  ])('%s ends at a limit, and the process goes on', async (_what, code) => {
    const error = await errorOf(code, { limits: { ...limits, cpuMs: AMPLE_CPU_MS } });
    expect(error.code).toBe('MEMORY_LIMIT');
    expect(error.message).toContain('memory limit exceeded: the script needs more than 48 MiB (at test:1)');
  });

  test('garbage does not count', async () => {
    const { error, memoryPeak } = await run('for i = 1, 1500 do local s = ("x"):rep(100000) end', {
      limits: { ...limits, cpuMs: AMPLE_CPU_MS },
    });
    expect(error).toBeUndefined();
    expect(memoryPeak).toBeLessThanOrEqual(limits.memoryBytes);
  });

  test('a million items do not fit into one megabyte', async () => {
    const error = await errorOf('local t = {} for i = 1, 1e6 do t[i] = i end', { limits: { memoryBytes: 1e6, cpuMs: AMPLE_CPU_MS } });
    expect(error.code).toBe('MEMORY_LIMIT');
  });
});

test.each([
  ['local function f() return 1 + f() end f()', 'stack overflow'],
  ['local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) return t[1]', 'stack overflow'],
  ['local function f() return pcall(f) end return select("#", f())', ''],
  ['return load(("("):rep(100000))', ''],
  ['return load("return " .. ("{"):rep(1000) .. ("}"):rep(1000))', ''],
])('%s fails politely', async (code, message) => {
  const { error } = await run(code, { limits: { ...limits, cpuMs: 5000 } });
  expect(error?.code).not.toBe('INTERNAL_ERROR');
  expect(error?.message ?? '').toContain(message);
});

describe('what scripts may touch', () => {
  test.each([
    'io',
    'dofile',
    'loadfile',
    'js',
    'fengari',
    'os.execute',
    'os.getenv',
    'os.remove',
    'debug.getregistry',
    'debug.sethook',
    'debug.getmetatable',
    'string.dump',
  ])('%s does not exist', async (name) => {
    expect(await valuesOf(`return ${name} == nil`)).toEqual([true]);
  });

  test('no global begins with two underscores, and the list of globals is the documented one', async () => {
    const names = await valuesOf('local t = {} for k in pairs(_G) do t[#t + 1] = k end table.sort(t) return t');
    expect(names).toEqual([
      '_G _VERSION assert collectgarbage coroutine debug defer dump error exit getmetatable host input ipairs json load math next os package pairs parallel pcall print rawequal rawget rawlen rawset regex require select setmetatable sleep string table tonumber tostring type utf8 xpcall'.split(
        ' ',
      ),
    ]);
  });

  test('binary chunks are refused, text chunks load with their environment', async () => {
    expect(await outputOf('print(load("\\27Lua"))')).toContain("attempt to load a binary chunk (mode is 't')");
    expect(await outputOf('print(load("x = 1", "c", "b"))')).toContain("attempt to load a text chunk (mode is 'b')");
    expect(await outputOf('local env = {} load("x = 1", "c", "t", env)() print(env.x, x)')).toBe('1\tnil');
  });

  test("strings' metatable is out of reach", async () => {
    expect(await valuesOf('return getmetatable("")')).toEqual([false]);
  });
});

test.each([
  ['error("x")', 'SCRIPT_ERROR', 'test:1: x'],
  ['error({a = 1})', 'SCRIPT_ERROR', '{\n  a: 1\n}'],
  ['error()', 'SCRIPT_ERROR', 'nil'],
  ['local x = "hello" + 5', 'SCRIPT_ERROR', 'attempt to perform arithmetic on a string value'],
  ['local x = nil; return x.y', 'SCRIPT_ERROR', "attempt to index a nil value (local 'x')"],
  ['function(', 'SYNTAX_ERROR', 'test:1: <name> expected'],
  ['\n\nx = = 1', 'SYNTAX_ERROR', 'test:3: unexpected symbol'],
])('%s fails with %s', async (code, expected, message) => {
  const error = await errorOf(code);
  expect(error.code).toBe(expected);
  expect(error.message).toContain(message);
});

test('keys that differ only in how their bytes split into digits are different keys', async () => {
  expect(
    await outputOf('local t = {["\\1\\x23"] = "a", ["\\x12\\3"] = "b"} print(t["\\1\\x23"], t["\\x12\\3"], "\\1\\x23" == "\\x12\\3")'),
  ).toBe('a\tb\tfalse');
});

test('two runs share nothing', async () => {
  await run('leak = 1 string.leak = 2');
  expect(await valuesOf('return leak == nil and string.leak == nil')).toEqual([true]);
});

test('a limit that is met in a pause knows the line too, also before the first instruction of a loop', async () => {
  // A script is paused after 50 ms: limits around that are met while it is.
  for (let cpuMs = 50; cpuMs < 51; cpuMs += 0.04) {
    expect((await errorOf('while true do end', { limits: { cpuMs } })).message).toContain('(at test:1)');
  }
});
