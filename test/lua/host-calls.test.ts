import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { KosmoError } from '../../src/errors/index.ts';
import { errorOf, outputOf, run, valuesOf } from '../helpers/run-lua.ts';

describe('a host call works from', () => {
  test.each([
    ['the main chunk', 'return host.echo(1)'],
    ['a function', 'local function f(x) return host.echo(x) end return f(1)'],
    ['pcall', 'local ok, x = pcall(host.echo, 1) return x'],
    ['a function inside pcall', 'local ok, x = pcall(function() return host.echo(1) end) return x'],
    ['xpcall', 'local ok, x = xpcall(function() return host.echo(1) end, print) return x'],
    ['a loaded chunk', 'return load("return host.echo(...)")(1)'],
    ['an __index metamethod', 'return setmetatable({}, {__index = function(_, k) return host.echo(k) end})[1]'],
    ['an __add metamethod', 'return setmetatable({}, {__add = function(_, k) return host.echo(k) end}) + 1'],
    [
      'an __eq metamethod',
      'local m = {__eq = function() return host.echo(true) end} return setmetatable({}, m) == setmetatable({}, m) and 1',
    ],
    ['a __call metamethod', 'return setmetatable({}, {__call = function(_, k) return host.echo(k) end})(1)'],
    ['an iterator', 'for x in function(_, last) if not last then return host.echo(1) end end do return x end'],
    ['a coroutine', 'return coroutine.wrap(function() return host.echo(1) end)()'],
    [
      'a coroutine in a coroutine in a coroutine',
      `local function nest(n) return coroutine.wrap(function() if n == 0 then return host.echo(1) end return nest(n - 1)() end) end
       return nest(3)()`,
    ],
    ['pcall in a coroutine', 'return coroutine.wrap(function() return select(2, pcall(host.echo, 1)) end)()'],
  ])('%s', async (_where, code) => {
    expect(await valuesOf(code)).toEqual([1]);
  });
});

test("a coroutine's own yields and host calls do not meet", async () => {
  const code = `
    local co = coroutine.create(function(a)
      local b = coroutine.yield(host.echo(a + 1))
      local c = coroutine.yield(host.echo(b * 2))
      return host.echo(c .. "!")
    end)
    print(coroutine.resume(co, 1))
    print(coroutine.resume(co, 10))
    print(coroutine.status(co))
    print(coroutine.resume(co, "end"))
    print(coroutine.status(co), coroutine.resume(co))`;
  expect(await outputOf(code)).toBe('true\t2\ntrue\t20\nsuspended\ntrue\tend!\ndead\tfalse\tcannot resume dead coroutine');
});

test('a generator that pages through a host function ends its loop', async () => {
  const code = `
    local function pages() return coroutine.wrap(function() for n = 1, 3 do coroutine.yield(n, host.echo({n, n * n})) end end) end
    for n, page in pages() do print(n, page[2]) end`;
  expect(await outputOf(code)).toBe('1\t1\n2\t4\n3\t9');
});

test('the script itself is the main thread and cannot yield', async () => {
  expect(await outputOf('print(select(2, coroutine.running()), coroutine.isyieldable())')).toBe('true\tfalse');
  expect(await outputOf('coroutine.wrap(function() print(select(2, coroutine.running()), coroutine.isyieldable()) end)()')).toBe(
    'false\ttrue',
  );
  expect((await errorOf('coroutine.yield(1)')).message).toBe('test:1: attempt to yield from outside a coroutine');
});

describe('where Lua cannot suspend the caller', () => {
  const time = (call: string) => `os.time(setmetatable({year = 2026, month = 1}, {__index = function() return ${call} end}))`;

  test.each([
    ['a call', time('host.echo(1)')],
    ['a call in a coroutine', time('coroutine.wrap(function() return host.echo(1) end)()')],
    ['a call in a callback', time('tonumber((("1"):gsub("1", host.echo)))')],
    ['sleep', time('sleep(0)')],
    ['parallel.map', time('parallel.map({1}, host.echo)[1]')],
  ])('%s says so, and what to do instead', async (_what, code) => {
    const { message, hint, details } = await errorOf(`local x = 1\n${code}`);
    expect(message).toContain('a function that waits cannot be called from here');
    expect(hint).toContain('collect what it needs first');
    expect(details.line).toBe(2);
  });

  test('the script can catch that and go on', async () => {
    const code = `
      print((select(2, pcall(function() ${time('host.echo(1)')} end))).code)
      print((select(2, coroutine.resume(coroutine.create(function() ${time('host.echo(1)')} end)))).code)
      print(xpcall(function() ${time('host.echo(1)')} end, function(e) return e.code .. host.echo(1) end))
      print(host.echo(2), coroutine.wrap(function() return host.echo(3) end)())`;
    expect(await outputOf(code)).toBe('SCRIPT_ERROR\nSCRIPT_ERROR\nfalse\tSCRIPT_ERROR1\n2\t3');
  });

  test('but a host function that never waits can be called there', async () => {
    expect(await outputOf(`print(${time('host.now(12)')} > 0)`)).toBe('true');
  });
});

describe('the error of a host call', () => {
  test('is a table that behaves like its message', async () => {
    const code = `
      local ok, err = pcall(host.fail, 404)
      print(ok, type(err), err, err.code, err.status, err.outcome, err.retryable, err.hint)
      print(err:match("said (%a+)"), err:upper(), "> " .. err, err .. "!", err.nothing)`;
    expect(await outputOf(code)).toBe(
      'false\ttable\tthe remote side said no\tREMOTE_ERROR\t404\tdone\tfalse\task again\nno\tTHE REMOTE SIDE SAID NO\t> the remote side said no\tthe remote side said no!\tnil',
    );
  });

  test('that the script does not catch ends the run with its code, its facts and the line', async () => {
    const error = await errorOf('local x = 1\nlocal function f() host.fail(500) end\nf()');
    expect(error.toJSON()).toMatchObject({
      code: 'REMOTE_ERROR',
      message: 'the remote side said no',
      hint: 'ask again',
      status: 500,
      line: 2,
      outcome: 'done',
    });
    expect(error.details.traceback).toContain('test:3: in main chunk');
  });

  test('passes through error(), coroutines and pcall unchanged', async () => {
    const code = `
      local function fail() local ok, err = pcall(host.fail, 1) error(err) end
      local ok, err = pcall(coroutine.wrap(fail))
      print(err.code, err.status)
      local co = coroutine.create(fail)
      print(select(2, coroutine.resume(co)).code, coroutine.status(co))
      fail()`;
    const { output, error } = await run(code);
    expect(output).toBe('REMOTE_ERROR\t1\nREMOTE_ERROR\tdead');
    expect(error?.code).toBe('REMOTE_ERROR');
  });

  test('cannot be told from outside by its metatable', async () => {
    expect(await outputOf('local _, e = pcall(host.fail) print(getmetatable(e), pcall(setmetatable, e, {}))')).toContain('false\tfalse');
  });
});

describe('read-only tables', () => {
  test('list what they hold and refuse to be changed', async () => {
    expect(await outputOf('for name, value in pairs(host) do print(name, type(value)) end')).toBe(
      'echo\tfunction\nnow\tfunction\nfail\tfunction',
    );
    expect((await errorOf('host.echo = print')).message).toBe('test:1: host is read-only');
    expect(await valuesOf('return host.echo == host.echo')).toEqual([true]);
  });

  test.each([
    'host.nope()',
    'host.nope.deeper()',
    'print(host.nope)',
    'return #host.nope',
    'return host.nope .. "x"',
    'for _ in pairs(host.nope) do end',
  ])('%s raises the error of the missing name', async (code) => {
    const error = await errorOf(code);
    expect(error.code).toBe('UNKNOWN_FUNCTION');
    expect(error.message).toContain('Unknown function: host.nope');
  });
});

describe('ending a run from outside', () => {
  test('aborting the signal ends a script that waits', async () => {
    const abort = new AbortController();
    const running = run('print("start") sleep(60)', { signal: abort.signal });
    await delay(20);
    abort.abort(new KosmoError('INTERRUPTED', 'interrupted'));
    const { output, error } = await running;
    expect({ output, code: error?.code }).toEqual({ output: 'start', code: 'INTERRUPTED' });
  });

  test('a timeout ends a script that waits, and one that computes', async () => {
    for (const code of ['sleep(60)', 'while true do end', 'pcall(sleep, 60) print("on")']) {
      const { output, error } = await run(code, { limits: { timeoutMs: 50 } });
      expect({ code: error?.code, output }).toEqual({ code: 'TIMEOUT', output: '' });
    }
  });

  test('a waiting script spends no CPU time', async () => {
    const { error, cpuMs } = await run('sleep(0.3)', { limits: { cpuMs: 100 } });
    expect(error).toBeUndefined();
    expect(cpuMs).toBeLessThan(100);
  });
});
