import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isKosmoError } from '../../src/errors/index.ts';
import type { HostEntry } from '../../src/lua/index.ts';
import { runLua } from '../../src/lua/sandbox.ts';
import { type RecordingServer, startRecordingServer } from '../helpers/recording-server.ts';

let server: RecordingServer;

beforeAll(async () => {
  server = await startRecordingServer();
  server.respond = (request, response) => {
    const name = decodeURIComponent((request.url ?? '/').slice(1));
    response.writeHead(name.startsWith('fail') ? 503 : 200);
    response.end(name);
  };
});
beforeEach(() => {
  server.seen.length = 0;
});
afterAll(() => server.close());

/** `get(x)` asks the server for `/x` and returns what it answers, which is `x` as text; for `fail…` it raises an error. */
const get: HostEntry = {
  kind: 'function',
  call: async (args, { signal }) => {
    if (isKosmoError(args)) throw args;
    const response = await fetch(`${server.url}/${encodeURIComponent(String(args[0]))}`, { signal });
    const text = await response.text();
    if (!response.ok) throw new Error(`${response.status} ${text}`);
    return text;
  },
};

const runScript = (code: string) => runLua(code, 'test', { globals: { get } });

/** What a script printed, and what it asked the server for, in order. */
async function outcomeOf(code: string): Promise<{ output: string; asked: string }> {
  const { output, error } = await runScript(code);
  if (error !== undefined) throw error;
  return { output, asked: server.seen.map(({ url }) => decodeURIComponent(url ?? '').slice(1)).join(' ') };
}

/** Place, script, what it prints, what it asks for. */
type Place = readonly [place: string, code: string, output: string, asked: string];

/** A table whose metamethod `name` asks for its own name and returns `result`. */
const metamethod = (name: string, use: string, output: string, result = 'x'): Place => [
  name,
  `local x = setmetatable({}, {${name} = function(...) local x = get("${name}") return ${result} end})
   local y = setmetatable({}, getmetatable(x))
   ${use}`,
  output,
  name,
];

const binary = (name: string, operator: string): Place => metamethod(name, `print(1 ${operator} x)`, name);

const metamethods: Place[] = [
  ...Object.entries({ __add: '+', __sub: '-', __mul: '*', __div: '/', __mod: '%', __pow: '^', __idiv: '//' }),
  ...Object.entries({ __band: '&', __bor: '|', __bxor: '~', __shl: '<<', __shr: '>>', __concat: '..' }),
].map(([name, operator]) => binary(name, operator));

metamethods.push(
  metamethod('__unm', 'print(-x)', '__unm'),
  metamethod('__bnot', 'print(~x)', '__bnot'),
  metamethod('__len', 'print(#x)', '__len'),
  metamethod('__eq', 'print(x == y)', 'true'),
  metamethod('__eq', 'print(x ~= y, "else")', 'false\telse'),
  metamethod('__lt', 'print(x < y)', 'true'),
  metamethod('__lt', 'if x > y then print("yes") else print("no") end', 'no', 'false'),
  metamethod('__le', 'print(x <= y)', 'true'),
  ['__le by way of __lt', ...metamethod('__lt', 'print(x <= y)', 'false').slice(1)] as unknown as Place,
  metamethod('__call', 'print(x(1, 2))', '__call\t3', 'x, select("#", ...)'),
  metamethod('__index', 'print(x.field)', '__index'),
  metamethod('__index', 'print(x:method())', 'called', 'function() return "called" end'),
  metamethod('__newindex', 'x.field = 1 print(rawget(x, "field"))', 'nil'),
  metamethod('__tostring', 'print(tostring(x))', '__tostring'),
  metamethod('__tostring', 'print("a", x, "b")', 'a\t__tostring\tb'),
  metamethod('__tostring', 'print(("%s|%5.2s|%d"):format(1, x, 3))', '1|   __|3'),
  metamethod('__tostring', 'print(pcall(error, x))', 'false\t__tostring'),
  metamethod('__pairs', 'for k, v in pairs(x) do print(k, v) end', '1\t2', 'next, {2}'),
  [
    '__index of a chain of tables',
    `local base = setmetatable({}, {__index = function(_, k) return get(k) end})
     print(setmetatable({}, {__index = setmetatable({}, {__index = base})}).deep)`,
    'deep',
    'deep',
  ],
  [
    '__concat in the middle of a chain',
    `local x = setmetatable({}, {__concat = function(a, b) return get(type(a) == "table" and "x" .. b or a .. "x") end})
     print("a" .. "b" .. x .. "c" .. "d")`,
    'abxcd',
    'xcd',
  ],
  ['globals', 'setmetatable(_G, {__index = function(_, k) return get(k) end}) print(color)', 'color', 'color'],
);

const functions: Place[] = [
  ['a tail call', 'local function f(x) return get(x) end print((f(1)))', '1', '1'],
  ['pcall in pcall', 'print(pcall(pcall, pcall, get, 1))', 'true\ttrue\ttrue\t1', '1'],
  ['a loop of goto', 'local n = 0 ::again:: n = n + 1 local x = get(n) if n < 3 then goto again end print(n, x)', '3\t3', '1 2 3'],
  [
    'an iterator of a generic for',
    'for x in function(_, x) x = get((x or 0) + 1) return x ~= "3" and x or nil end do print(x) end',
    '1\n2',
    '1 2 3',
  ],
  [
    'a callable iterator',
    'for x in setmetatable({}, {__call = function(_, _, x) if not x then return get(1) end end}) do print(x) end',
    '1',
    '1',
  ],
  [
    'arguments and fields',
    'local t = {get(1), get(2), k = get(3)} print(get(4) .. get(5), #t, t.k, select("#", get(6), get(7)))',
    '45\t2\t3\t2',
    '1 2 3 4 5 6 7',
  ],
  ['a chunk from a string', 'print(load("local x = get(...) return x")(1))', '1', '1'],
  ['a chunk with an environment', 'print(load("return get(1)", "c", "t", {get = get})())', '1', '1'],
  [
    'a reader function of load',
    'local n = 0 print(load(function() n = n + 1 return n < 4 and get(({"return ", "4", "2"})[n]) or nil end)())',
    '42',
    'return  4 2',
  ],
  [
    'a function as the reader of a chunk that calls',
    'local s = "return get(1)" print(load(function() local t = s s = nil return t end)())',
    '1',
    '1',
  ],
  [
    'a comparator of table.sort',
    'local t = {3, 1, 2} table.sort(t, function(a, b) return get(a) < get(b) end) print(table.concat(t, " "))',
    '1 2 3',
    '2 3 1 2',
  ],
  [
    '__lt in table.sort',
    `local m = {__lt = function(a, b) return get(a.v) < get(b.v) end}
     local t = {setmetatable({v = 2}, m), setmetatable({v = 1}, m)} table.sort(t) print(t[1].v, t[2].v)`,
    '1\t2',
    '1 2',
  ],
  ['a function as the replacement of string.gsub', 'print(("a-b"):gsub("%w", function(c) return get(c .. c) end))', 'aa-bb\t2', 'aa bb'],
  ['a host function as the replacement of string.gsub', 'print(("a-b"):gsub("%w", get))', 'a-b\t2', 'a b'],
  [
    '__index of the replacement of string.gsub',
    'print(("$a $b"):gsub("%$(%w)", setmetatable({a = 1}, {__index = function(_, k) return get(k) end})))',
    '1 b\t2',
    'b',
  ],
  [
    'ipairs',
    'for i, v in ipairs(setmetatable({}, {__index = function(_, i) if i < 3 then return get(i) end end})) do print(i, v) end',
    '1\t1\n2\t2',
    '1 2',
  ],
  [
    'table.unpack',
    'print(table.unpack(setmetatable({}, {__len = function() return get(2) // 1 end, __index = function(_, i) return get(i) end})))',
    '1\t2',
    '2 1 2',
  ],
  [
    'table.concat',
    'print(table.concat(setmetatable({}, {__len = function() return get(3) // 1 end, __index = function(_, i) return get(i) end}), "-"))',
    '1-2-3',
    '3 1 2 3',
  ],
  [
    'table.insert',
    'local t = {} table.insert(setmetatable({}, {__newindex = function(_, k, v) t[k] = get(v) end}), "v") print(t[1])',
    'v',
    'v',
  ],
  [
    'table.remove',
    `local t = {"a", "b"}
     local proxy = {__len = function() return #t end, __index = function(_, k) return t[k] and get(t[k]) end, __newindex = function(_, k, v) t[k] = v end}
     print(table.remove(setmetatable({}, proxy), 1), #t, t[1])`,
    'a\t1\tb',
    'a b',
  ],
  [
    'table.move',
    'print(table.unpack(table.move(setmetatable({}, {__index = function(_, k) return get(k) end}), 1, 2, 1, {})))',
    '1\t2',
    '1 2',
  ],
  [
    'table.sort of a proxy',
    `local t = {2, 1}
     local proxy = {__len = function() return get(2) // 1 end, __index = function(_, k) return t[k] end, __newindex = function(_, k, v) t[k] = v get(k) end}
     table.sort(setmetatable({}, proxy)) print(t[1], t[2])`,
    '1\t2',
    '2 1 2',
  ],
  [
    'a method of an error value',
    'local _, e = pcall(get, {}) print((e:gsub("^.*$", function() return get("m") end)))',
    'm',
    '[object Object] m',
  ],
  [
    'concatenation with an error value',
    'local _, e = pcall(get, "fail") print((setmetatable({}, {__tostring = function() return get("x") end}) .. e):sub(1, 1))',
    'x',
    'fail x',
  ],
  [
    'a function in parallel.map',
    'local r = parallel.map({3, 2, 1}, function(x) return get(x) end, {limit = 1}) print(table.concat(r, " "))',
    '3 2 1',
    '3 2 1',
  ],
  [
    'a comparator in parallel.map',
    `local r = parallel.map({1, 2}, function(x)
       local t = {x, x + 1}
       table.sort(t, function(a, b) return get(a) > get(b) end)
       return table.concat(t, " ")
     end, {limit = 1}) print(r[1], r[2])`,
    '2 1\t3 2',
    '2 1 3 2',
  ],
  ['a deferred function', 'defer(function() print((("x"):gsub("x", get))) end)', 'x', 'x'],
  ['a regex and its result', 'for _, x in ipairs(regex.match_all("a1b2", "\\\\d")[1]) do print(get(x)) end', '1\n2', '1 2'],
  [
    'all of it at once',
    `local x = setmetatable({}, {__tostring = function() return (("ab"):gsub(".", function(c) return coroutine.wrap(function() return get(c) end)() end)) end})
     local t = {2, 1}
     table.sort(t, function(a, b) return tostring(x) == "ab" and a < b end)
     print(t[1], t[2], x)`,
    '1\t2\tab',
    'a b a b',
  ],
];

const handlers: Place[] = [
  [
    'for an error of Lua code',
    'print(xpcall(function() error("oops", 0) end, function(m) return get(m) .. "!" end))',
    'false\toops!',
    'oops',
  ],
  [
    'for a mistake that Lua finds',
    'print(xpcall(function() return nil + 1 end, function(m) return get("1") .. #m end))',
    'false\t152',
    '1',
  ],
  [
    'for the error of a host call',
    'print(xpcall(get, function(e) return e.code .. get("again") end, "fail"))',
    'false\tINTERNAL_ERRORagain',
    'fail again',
  ],
  [
    'for an error that a library function raises',
    'print(xpcall(string.rep, function(m) return get("again") end))',
    'false\tagain',
    'again',
  ],
  [
    'for an error in the middle of library functions',
    `print(xpcall(function() table.sort({2, 1}, function() string.gsub("x", "x", function() error("in", 0) end) end) end, get))`,
    'false\tin',
    'in',
  ],
  [
    'that waits several times and sees the stack of the error',
    `local function culprit() error("x") end
     local ok, trace = xpcall(function() culprit() end, function() get(1) get(2) return debug.traceback() end)
     print(trace:find("culprit", 1, true) ~= nil, trace:match("test:1: in") )`,
    'true\ttest:1: in',
    '1 2',
  ],
  [
    'in a coroutine that goes on',
    `local f = coroutine.wrap(function()
       coroutine.yield((select(2, xpcall(error, get, 1))))
       coroutine.yield((select(2, xpcall(error, get, 2))))
       return "end"
     end)
     print(f(), f(), f())`,
    '1\t2\tend',
    '1 2',
  ],
  [
    'of an xpcall in a handler',
    'print(xpcall(error, function(m) return select(2, xpcall(error, get, m .. "b")) end, "a"))',
    'false\tab',
    'ab',
  ],
  [
    'and an error caught in it',
    'print(xpcall(error, function(m) local ok, e = pcall(get, "fail") return tostring(ok) .. get(m) end, "a"))',
    'false\tfalsea',
    'fail a',
  ],
  [
    'that fails itself and is called again',
    'print(xpcall(error, function(m) get(m) if m == "a" then error("b", 0) end return m .. "!" end, "a"))',
    'false\tb!',
    'a b',
  ],
  [
    'that always fails, which ends it',
    'print(xpcall(get, function() get("failing") end, "fail")) print(get("on"))',
    'false\terror in error handling\non',
    `fail ${'failing '.repeat(10)}on`,
  ],
  ['after which the code goes on', 'for i = 1, 3 do pcall(xpcall, error, get, i) end print(xpcall(get, print, 4))', 'true\t4', '1 2 3 4'],
];

const coroutines: Place[] = [
  [
    'three deep, with own yields in between',
    `local function level(n)
       return coroutine.wrap(function()
         coroutine.yield("down " .. n .. get("d" .. n))
         if n < 3 then for x in level(n + 1) do coroutine.yield(x) end end
         coroutine.yield("up " .. n .. get("u" .. n))
       end)
     end
     for x in level(1) do print(x) end`,
    'down 1d1\ndown 2d2\ndown 3d3\nup 3u3\nup 2u2\nup 1u1',
    'd1 d2 d3 u3 u2 u1',
  ],
  [
    'an iterator that pages',
    `local function items()
       return coroutine.wrap(function()
         for page = 1, 2 do local text = get("page" .. page) for i = 1, 2 do coroutine.yield(text, i) end end
       end)
     end
     for text, i in items() do print(text, i) end`,
    'page1\t1\npage1\t2\npage2\t1\npage2\t2',
    'page1 page2',
  ],
  [
    'two that take turns',
    `local function walker(name) return coroutine.wrap(function() for i = 1, 2 do coroutine.yield(get(name .. i)) end end) end
     local a, b = walker("a"), walker("b")
     print(a(), b(), a(), b())`,
    'a1\tb1\ta2\tb2',
    'a1 b1 a2 b2',
  ],
  [
    'resumed in a comparator, which yields nothing of it',
    `local less = coroutine.wrap(function(a, b) while true do a, b = coroutine.yield(get(a) < get(b)) end end)
     local t = {2, 1} table.sort(t, less) print(t[1], t[2])`,
    '1\t2',
    '1 2',
  ],
  [
    'that ends in an error after a call',
    'local co = coroutine.create(function() get(1) error("x", 0) end) print(coroutine.resume(co)) print(coroutine.status(co))',
    'false\tx\ndead',
    '1',
  ],
  [
    'whose status is asked while it waits',
    `local co
     co = coroutine.create(function() get("co") end)
     local r = parallel.all { function() coroutine.resume(co) end, function() return coroutine.status(co) end }
     print(r[2], coroutine.status(co))`,
    'normal\tdead',
    'co',
  ],
  [
    'with running, isyieldable and status around calls',
    `local co
     co = coroutine.create(function()
       get(1)
       local own, main = coroutine.running()
       print(own == co, main, coroutine.isyieldable(), coroutine.status(co))
       coroutine.wrap(function() get(2) print(coroutine.status(co)) end)()
       coroutine.yield()
     end)
     print(coroutine.isyieldable(), select(2, coroutine.running()))
     coroutine.resume(co) print(coroutine.status(co)) coroutine.resume(co) print(coroutine.status(co))`,
    'false\ttrue\ntrue\tfalse\ttrue\trunning\nnormal\nsuspended\ndead',
    '1 2',
  ],
];

const errors: Place[] = [
  ['raised after a call, through pcall', 'print(pcall(function() local x = get(1) error({x}) end))', 'false\t[\n  1\n]', '1'],
  [
    'raised in a comparator after a call',
    'local t = {3, 2, 1} print(pcall(table.sort, t, function(a, b) get(a) error("stop", 0) end)) print(#t, get("on"))',
    'false\tstop\n3\ton',
    '1 on',
  ],
  [
    'raised in a callback after a call',
    'print(pcall(string.gsub, "x", "x", function(c) get(c) return {} end))',
    'false\tinvalid replacement value (a table)',
    'x',
  ],
  [
    'raised in __tostring after a call',
    'print(pcall(tostring, setmetatable({}, {__tostring = function() get(1) error("no", 0) end})))',
    'false\tno',
    '1',
  ],
  ['raised in a reader after a call', 'print(load(function() get(1) error("no", 0) end))', 'nil\tno', '1'],
  [
    'of the call itself, in a comparator',
    'print((select(2, pcall(table.sort, {2, 1}, function() get("fail") end))).code)',
    'INTERNAL_ERROR',
    'fail',
  ],
  [
    'through coroutines and pcalls, each of which waited',
    `print(pcall(function() get(1)
       coroutine.wrap(function() get(2)
         local ok, e = pcall(function() get(3) error("deep", 0) end)
         get(4) error(e .. "er", 0)
       end)()
     end))`,
    'false\ttest:2: deeper',
    '1 2 3 4',
  ],
];

describe.each([
  ['metamethod', metamethods],
  ['place', functions],
  ['message handler', handlers],
  ['coroutine', coroutines],
  ['error', errors],
])('a call from a %s', (_kind, places) => {
  test.each(places)('%s', async (_place, code, output, asked) => {
    expect(await outcomeOf(code)).toEqual({ output, asked });
  });
});

describe('an error that the script does not catch', () => {
  const uncaught = async (tostring: string) =>
    (await runScript(`error(setmetatable({code = 7}, {__tostring = function(e) ${tostring} end}))`)).error;

  test('is shown as its __tostring says, which may call', async () => {
    expect(await uncaught('return "code " .. e.code .. get(1)')).toMatchObject({
      code: 'SCRIPT_ERROR',
      message: 'code 71',
      details: { line: 1 },
    });
  });

  test.each(['error("again")', 'return {}', 'get("fail")'])('is written out where __tostring does %s', async (tostring) => {
    expect((await uncaught(tostring))?.message).toBe('{\n  code: 7\n}');
  });

  test('is a limit where __tostring passes one', async () => {
    const code = 'error(setmetatable({}, {__tostring = function() while true do pcall(error) end end}))';
    expect((await runLua(code, 'test', { limits: { cpuMs: 100 } })).error?.code).toBe('CPU_LIMIT');
  });

  test('in a deferred function is shown in the same way', async () => {
    const code = 'defer(function() error(setmetatable({}, {__tostring = function() return get("late") end})) end)';
    expect((await runScript(code)).error?.message).toBe('late');
  });
});

describe('coroutine.close', () => {
  test.each([
    [
      'ends a suspended coroutine',
      'local co = coroutine.create(function() coroutine.yield() print("never") end) coroutine.resume(co) print(coroutine.close(co), coroutine.status(co), coroutine.resume(co))',
      'true\tdead\tfalse\tcannot resume dead coroutine',
    ],
    ['ends one that never ran', 'local co = coroutine.create(print) print(coroutine.close(co), coroutine.status(co))', 'true\tdead'],
    ['accepts one that has ended', 'local co = coroutine.create(function() end) coroutine.resume(co) print(coroutine.close(co))', 'true'],
    [
      'tells the error of one that failed, once',
      'local co = coroutine.create(error) print(coroutine.resume(co, 100)) print(coroutine.close(co)) print(coroutine.close(co))',
      'false\t100\nfalse\t100\ntrue',
    ],
    [
      'refuses the running one',
      'coroutine.wrap(function() print(pcall(coroutine.close, coroutine.running())) end)()',
      'false\tcannot close a running coroutine',
    ],
    [
      'refuses one that resumed another',
      'local co co = coroutine.create(function() coroutine.wrap(function() print(pcall(coroutine.close, co)) end)() end) coroutine.resume(co)',
      'false\tcannot close a normal coroutine',
    ],
    [
      'accepts one whose call was cancelled; it is dead',
      `local co = coroutine.create(function() sleep(60) end)
       pcall(parallel.all, {function() coroutine.resume(co) end, function() sleep(0) error("stop") end})
       print(coroutine.status(co), coroutine.resume(co)) print(coroutine.close(co))`,
      'dead\tfalse\tcannot resume dead coroutine\ntrue',
    ],
    [
      'refuses one that waits',
      'local co = coroutine.create(function() get(1) end) parallel.all { function() coroutine.resume(co) end, function() print(pcall(coroutine.close, co)) end }',
      'false\tcannot close a normal coroutine',
    ],
    [
      'leaves closures their variables',
      'local f local co = coroutine.create(function() local n = 1 f = function() n = n + 1 return n end coroutine.yield() end) coroutine.resume(co) coroutine.close(co) print(f(), f())',
      '2\t3',
    ],
    [
      'wants a coroutine',
      'print(pcall(function() coroutine.close(1) end))',
      "false\ttest:1: bad argument #1 to 'close' (coroutine expected)",
    ],
  ])('%s', async (_what, code, output) => {
    expect((await outcomeOf(code)).output).toBe(output);
  });
});

describe('library functions that call back keep to the manual', () => {
  test.each([
    [
      'sort with a wrong order',
      'print(pcall(table.sort, {1, 2, 3, 4, 5}, function() return true end))',
      'false\tinvalid order function for sorting',
    ],
    [
      'sort of what has no order',
      'print(pcall(table.sort, {1, {}, 3}))\nprint(pcall(table.sort, {{}, {}}))',
      'false\tattempt to compare table with number\nfalse\tattempt to compare two table values',
    ],
    [
      'sort of many equal items',
      'local t = {} for i = 1, 500 do t[i] = i % 3 end table.sort(t, function(a, b) return a > b end) print(t[167], t[168], t[334], t[335])',
      '2\t1\t1\t0',
    ],
    [
      'load of a binary chunk, whatever the mode',
      `local function endless() return "\\27Lua" end
       for _, mode in ipairs {"b", "t", "bt"} do print(select(2, load("\\27Lua", "c", mode)), select(2, load(endless, "c", mode))) end`,
      Array(3).fill(Array(2).fill("attempt to load a binary chunk (mode is 't')").join('\t')).join('\n'),
    ],
    ['load of text where only binary is allowed', 'print(load("return 1", "c", "b"))', "nil\tattempt to load a text chunk (mode is 'b')"],
    [
      'sort of items in any order',
      `local n = 1
       for _, next in ipairs {function() n = n * 16807 % 2147483647 return n end, function() n = n + 1 return n end, function() n = n - 1 return n end} do
         local t, sum = {}, 0
         for i = 1, 3000 do t[i] = next() sum = sum + t[i] end
         table.sort(t, function(a, b) return a < b end)
         for i = 1, 3000 do sum = sum - t[i] assert(i == 1 or t[i - 1] <= t[i]) end
         print(sum)
       end`,
      '0\n0\n0',
    ],
    [
      'gsub of empty matches',
      'print(("hello world"):gsub("o*", function(s) return "<" .. s .. ">" end))',
      '<>h<>e<>l<>l<o> <>w<o>r<>l<>d<>\t10',
    ],
    [
      'gsub with an anchor, a limit, captures',
      'print(("abab"):gsub("^a", function() return "x" end), ("abab"):gsub("(a)(b)", function(a, b) return b .. a end, 1))',
      'xbab\tbaab\t1',
    ],
    ['gsub with positions', 'print(("hey"):gsub("()", function(p) return p end))', '1h2e3y4\t4'],
    ['gsub that keeps the text', 'print(("abc"):gsub(".", function(c) return c ~= "b" and c:upper() end))', 'AbC\t3'],
    [
      'gsub with a wrong replacement',
      'print(pcall(string.gsub, "a", "a", function() return {} end))',
      'false\tinvalid replacement value (a table)',
    ],
    ['gsub with a wrong pattern', 'print(pcall(string.gsub, "a", "(", function() end))', 'false\tunfinished capture'],
    [
      '__tostring that returns no string',
      'print(pcall(tostring, setmetatable({}, {__tostring = function() return {} end})))',
      "false\t'__tostring' must return a string",
    ],
    ['load with a wrong reader', 'print(load(function() return {} end))', 'nil\ttest:1: reader function must return a string'],
    ['load with an empty piece', 'local n = 0 print(load(function() n = n + 1 return ({"return 1", "", "error"})[n] end)(), n)', '1\t2'],
    ['an error in a handler', 'print(xpcall(error, function() error("b") end, "a"))', 'false\terror in error handling'],
    ['concat of an empty range', 'print(table.concat(setmetatable({}, {__len = function() return 0 end})) == "")', 'true'],
    [
      'a length that is none',
      'print(pcall(table.unpack, setmetatable({}, {__len = function() return {} end})))',
      'false\tobject length is not an integer',
    ],
    [
      'insert out of bounds',
      'print(pcall(table.insert, setmetatable({}, {}), 5, 1))',
      "false\tbad argument #2 to 'table.insert' (position out of bounds)",
    ],
  ])('%s', async (_what, code, output) => {
    expect((await outcomeOf(code)).output).toBe(output);
  });
});

describe('debug.traceback', () => {
  const HEAD = 'stack traceback:\n';

  test.each([
    ['print(debug.traceback("m"))', `m\n${HEAD}\ttest:1: in main chunk`],
    ['print(debug.traceback(nil), debug.traceback(12, 2))', `${HEAD}\ttest:1: in main chunk\t12\nstack traceback:`],
    ['local mine = {} print(debug.traceback(mine) == mine, debug.traceback(true))', 'true\ttrue'],
    ['local function inner() print(debug.traceback("", 2)) end inner()', `\n${HEAD}\ttest:1: in main chunk`],
    [
      'local co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co) print(debug.traceback(co, "of it"))',
      `of it\n${HEAD}\ttest:1: in function <test:1>`,
    ],
    ['print(debug.traceback(coroutine.create(print), nil, 0))', 'stack traceback:'],
    ['print(pcall(debug.traceback, "m", {}))', "false\tbad argument #2 to '?' (number expected, got table)"],
  ])('%s', async (code, printed) => {
    expect((await runScript(code)).output).toBe(printed);
  });
});

test.each([
  [
    'an __eq that table.move asks',
    'local equal = {__eq = function() return get(1) end} table.move(setmetatable({1, 2}, equal), 1, 2, 2, setmetatable({}, equal))',
  ],
  ['a field of a time table', 'os.time(setmetatable({}, {__index = function() return get(1) end}))'],
])('%s cannot wait, and says so', async (_what, code) => {
  const { output, error } = await runScript(`print(pcall(function() ${code} end)) ${code}`);
  expect(output).toContain('false\ta function that waits cannot be called from here');
  expect(error).toMatchObject({ code: 'SCRIPT_ERROR', hint: expect.stringContaining('collect what it needs first') });
});
