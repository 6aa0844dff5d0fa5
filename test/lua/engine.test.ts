import { describe, expect, it, test } from 'vitest';
import { errorOf, run, valuesOf } from '../helpers/run-lua.ts';

const KEYS_OF = 'local function keys(t) local k = {} for key in pairs(t) do k[#k + 1] = tostring(key) end return table.concat(k, " ") end';

describe('pairs gives the items from 1 on, then the other keys in the order of their insertion', () => {
  test.each([
    ['return keys{"a", "b", "c"}', '1 2 3'],
    ['return keys{"a", "b", x = 1, "c"}', '1 2 3 x'],
    ['return keys(table.pack("a", "b", "c"))', '1 2 3 n'],
    ['local function f(...) return {...} end return keys(f(1, 2, 3))', '1 2 3'],
    ['local t = {3, 1, 2} table.sort(t) table.insert(t, 1, 0) return keys(t)', '1 2 3 4'],
    ['local t = {1, 2, 3} table.remove(t, 1) table.insert(t, 4) return keys(t)', '1 2 3'],
    ['local t = {} for i = 1, 4 do t[i] = i end t[2] = nil t[2] = 9 return keys(t)', '1 2 3 4'],
    ['local t = {} for i = 3, 1, -1 do t[i] = i end return keys(t)', '1 2 3'],
    ['local t = {x = 1} for i = 20, 1, -1 do t[i] = i end return keys(t)', `${Array.from({ length: 20 }, (_, i) => i + 1).join(' ')} x`],
    ['local t = {x = 1} for i = 1, 3 do t[i] = i end t[2] = nil return keys(t)', '1 x 3'],
    ['return next({10, 20, 30})', 1],
  ])('%s', async (code, expected) => {
    expect((await valuesOf(`${KEYS_OF} ${code}`))?.[0]).toBe(expected);
  });

  it('also while entries are removed and the table is walked again inside', async () => {
    const code = `
      local t = {x = 1} for i = 1, 9 do t[i] = i end
      local seen = {}
      for key in pairs(t) do
        seen[#seen + 1] = tostring(key)
        t[key] = nil
        for _ in pairs(t) do end
        if next(t) == nil then break end
      end
      return table.concat(seen, " "), next(t) == nil`;
    expect(await valuesOf(code)).toEqual(['1 2 3 4 5 6 7 8 9 x', true]);
  });

  it('and stays below the CPU limit where each walk has to put the items in order again', async () => {
    const code = 'local t = {} for i = 1, 200000 do t[i] = i end while true do t[1] = nil t[1] = 1 next(t) end';
    expect((await errorOf(code, { limits: { cpuMs: 500 } })).code).toBe('CPU_LIMIT');
  });
});

describe('endless recursion is a stack overflow that pcall catches', () => {
  test.each([
    ['without arguments', 'local function r() return 1 + r() end return pcall(r)'],
    ['in a coroutine', 'local function r(n) return 1 + r(n + 1) end return coroutine.wrap(function() return pcall(r, 1) end)()'],
    ['of two functions that make tables', 'local a, b function a() return {b()} end function b() return {a()} end return pcall(a)'],
    [
      'through a metamethod',
      'local t = setmetatable({}, {}) getmetatable(t).__index = function(_, k) return t[k] end return pcall(function() return t.x end)',
    ],
  ])('%s', async (_shape, code) => {
    const [ok, message] = (await valuesOf(code)) ?? [];
    expect([ok, message]).toEqual([false, expect.stringContaining('stack overflow')]);
  });

  it('and 190,000 calls are not endless', async () => {
    expect(await valuesOf('local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end return f(190000)')).toEqual([190_000]);
  });

  it('its handler can use the stack, and the next call too', async () => {
    const code = `
      local function r(x, y, z) return 1 + r(x, y, z) end
      local _, message = xpcall(r, function(m) return (m:gsub("^.*: ", "handled ")) .. select("#", pcall(r)) end)
      return message, (select(2, pcall(r)):gsub("^.*: ", ""))`;
    expect(await valuesOf(code)).toEqual(['handled stack overflow2', 'stack overflow']);
  });
});

test.each([
  ['1 // 0', 'attempt to divide by zero'],
  ['1 % 0', "attempt to perform 'n%0'"],
  ['string.format("%", 1)', "invalid option '%<\\0>' to 'format'"],
  ['string.find("x", "%b")', "malformed pattern (missing arguments to '%b')"],
  ['math.max()', "bad argument #1 to 'max' (value expected)"],
  ['math.min()', "bad argument #1 to 'min' (value expected)"],
  ['(function() for i = 1, 0, 0 do end end)()', "'for' step is zero"],
  ['(function() for i = 0.5, 0, 0 do end end)()', "'for' step is zero"],
  ['os.date("abc%")', "invalid conversion specifier '%'"],
  ['os.date("%Q %d")', "invalid conversion specifier '%Q'"],
  ['os.date("%Ez %d")', "invalid conversion specifier '%Ez'"],
  ['os.date("%k")', "invalid conversion specifier '%k'"],
  ['table.move({}, math.mininteger, -1, 1)', 'too many elements to move'],
  ['table.move({}, math.mininteger, -2, 2)', 'destination wrap around'],
  ['table.insert(setmetatable({}, { __len = function() return math.maxinteger end }), 1, 5)', 'position out of bounds'],
])('%s fails as in Lua: %s', async (expression, message) => {
  expect((await errorOf(`return ${expression}`, { limits: { cpuMs: 2000 } })).message).toContain(message);
});

test('a repetition that gives everything back matches at the start', async () => {
  const code = 'local s = "ab" return s:find("a*%f[%w]"), s:gsub("a*%f[%w]", "<%0>"), s:match("[a]+%f[%w]"), s:match("()b-%f[%w]")';
  expect(await valuesOf(code)).toEqual([1, '<>ab', null, 1]);
});

test('os.date knows the week of ISO 8601 at both ends of a year, and the forms with E and O', async () => {
  const code = `
    local function week(y, m, d) return os.date("!%G-W%V-%u %g", os.time{year=y, month=m, day=d, hour=12}) end
    return os.date("!%G-W%V-%u", 1700000000), week(2021, 1, 3), week(2018, 12, 31), os.date("!%Ey %OH %EY", 0)`;
  expect(await valuesOf(code)).toEqual(['2023-W46-2', '2020-W53-7 20', '2019-W01-1 19', '70 00 1970']);
});

describe('local time', () => {
  const withZone = async (zone: string, code: string) => {
    const before = process.env.TZ;
    process.env.TZ = zone;
    try {
      return await valuesOf(code);
    } finally {
      if (before === undefined) delete process.env.TZ;
      else process.env.TZ = before;
    }
  };

  test.each(['America/New_York', 'Australia/Sydney', 'Asia/Kolkata', 'Europe/London', 'Australia/Lord_Howe'])(
    'goes to fields and back for every hour of a year in %s',
    async (zone) => {
      const code = `
        local wrong = 0
        local start = os.time{year=2024, month=1, day=1, hour=0}
        for h = 0, 366 * 24 do local x = start + h * 3600 if os.time(os.date("*t", x)) ~= x then wrong = wrong + 1 end end
        return wrong`;
      expect(await withZone(zone, code)).toEqual([0]);
    },
  );

  test.each([
    ['America/New_York', 'os.date("*t", 1720000000).isdst', true],
    ['America/New_York', 'os.date("*t", 1730613600).isdst', false],
    ['America/New_York', 'os.date("!*t", 1720000000).isdst', false],
    ['Asia/Kolkata', 'os.date("*t", 1720000000).isdst', false],
    ['America/New_York', 'os.time{year=2024,month=1,day=15,hour=12,isdst=true} - os.time{year=2024,month=1,day=15,hour=12}', -3600],
    [
      'Australia/Sydney',
      'os.time{year=2024,month=11,day=3,hour=1,min=30,isdst=false} - os.time{year=2024,month=11,day=3,hour=1,min=30}',
      3600,
    ],
    [
      'America/New_York',
      '(function() local s = os.date("*t", 1704110400) s.month = 7 return os.date("%H", os.time(s)) .. tostring(s.isdst) end)()',
      '08true',
    ],
    ['America/New_York', 'os.date("%Z", 1720000000)', 'EDT'],
    ['Australia/Sydney', 'os.date("%Z", 1704110400)', 'AEDT'],
    ['Europe/Berlin', 'os.date("%Z", 1704110400)', 'CET'],
  ])('in %s %s is %s', async (zone, expression, expected) => {
    expect(await withZone(zone, `return ${expression}`)).toEqual([expected]);
  });
});

describe('debug reads what belongs to the script', () => {
  test.each([
    ['debug.getinfo(1, "l").currentline', 1],
    ['debug.getinfo(function(a, b, ...) end).nparams', 2],
    ['debug.getinfo(function(a, b, ...) end, "u").isvararg', true],
    ['debug.getinfo(1, "S").what', 'main'],
    ['debug.getinfo(print).what', 'C'],
    ['debug.getinfo(print).short_src', '[C]'],
    ['debug.getinfo(print, "u").nups', 0],
    ['debug.getinfo(99)', null],
    ['(function() local function named() return debug.getinfo(1, "n").name end local n = named() return n end)()', 'named'],
    ['(function() local function me() return debug.getinfo(1, "f").func == me end local x = me() return x end)()', true],
    ['debug.getlocal(function(first, second) end, 2)', 'second'],
    ['(function() local up = 7 local n, v = debug.getupvalue(function() return up end, 1) return n .. v end)()', 'up7'],
    ['debug.getupvalue(print, 1)', null],
    ['debug.gethook()', null],
    ['debug.setupvalue', null],
    ['debug.sethook', null],
    ['debug.getregistry', null],
  ])('%s is %s', async (expression, expected) => {
    expect((await valuesOf(`return (${expression})`))?.[0] ?? null).toBe(expected);
  });

  it('shows the name of no host function and takes no unknown option', async () => {
    expect((await errorOf('return debug.getinfo(1, "X")')).message).toContain("bad argument #2 to 'getinfo' (invalid option)");
    expect((await errorOf('return debug.getinfo("x")')).message).toContain('number expected, got string');
  });
});

test('coroutines switch inside pcall, sort and gsub as anywhere', async () => {
  const code = `
    local co = coroutine.wrap(function()
      local a = coroutine.yield(1)
      pcall(function() a = a + coroutine.yield(2) end)
      table.sort({2, 1}, function(x, y) a = a + coroutine.yield(3) return x < y end)
      ;("x"):gsub(".", function() a = a + coroutine.yield(4) end)
      for v in coroutine.wrap(function() coroutine.yield(5) end) do a = a + v end
      return a
    end)
    local seen = {co()}
    for _ = 1, 4 do seen[#seen + 1] = co(10) end
    return table.concat(seen, " "), select(2, pcall(coroutine.wrap(coroutine.yield)))`;
  expect(await valuesOf(code)).toEqual(['1 2 3 4 45']);
});

test('weak tables keep what is in them, and no mode is refused', async () => {
  const { error } = await run(
    'for _, mode in ipairs{"k", "v", "kv", "x", ""} do local t = setmetatable({}, {__mode = mode}) t[1] = {} t[{}] = 1 collectgarbage() assert(t[1]) end',
  );
  expect(error).toBeUndefined();
});
