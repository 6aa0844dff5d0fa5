import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { isKosmoError, KosmoError } from '../../../src/errors/index.ts';
import type { HostEntry } from '../../../src/lua/index.ts';
import { errorOf, outputOf, run, testGlobals, valuesOf } from '../../helpers/run-lua.ts';

/** `gate.work(ms)` waits and knows how many wait at once, and which were aborted. */
function createGate(): {
  readonly globals: Record<string, HostEntry>;
  readonly seen: { most: number; aborted: unknown[]; done: unknown[] };
} {
  const seen = { most: 0, aborted: [] as unknown[], done: [] as unknown[] };
  let now = 0;
  const work: HostEntry = {
    kind: 'function',
    call: async (args, { signal }) => {
      if (isKosmoError(args)) throw args;
      const [ms, name = ms] = args as readonly (number | string)[];
      seen.most = Math.max(seen.most, ++now);
      try {
        await delay(Number(ms), undefined, { signal });
        seen.done.push(name);
      } catch (thrown) {
        seen.aborted.push(name);
        throw thrown;
      } finally {
        now--;
      }
      return name ?? null;
    },
  };
  return { seen, globals: { ...testGlobals, gate: { kind: 'namespace', entries: () => ({ work }) } } };
}

describe('parallel.map', () => {
  test('keeps the order of the results, whatever ends first', async () => {
    expect(await valuesOf('return parallel.map({30, 1, 15}, function(ms, i) sleep(ms / 1000) return {ms, i} end)')).toEqual([
      [
        [30, 1],
        [1, 2],
        [15, 3],
      ],
    ]);
  });

  test('works on as many items at a time as limit says, ten unless told otherwise', async () => {
    for (const [options, most] of [
      ['', 10],
      [', {limit = 3}', 3],
      [', {limit = 100}', 25],
      [', {limit = 1}', 1],
    ] as const) {
      const { globals, seen } = createGate();
      const code = `local t = {} for i = 1, 25 do t[i] = i end return #parallel.map(t, function(i) return gate.work(2, i) end${options})`;
      expect(await valuesOf(code, { globals })).toEqual([25]);
      expect(seen.most).toBe(most);
    }
  });

  test('the first error cancels the rest, aborts their calls and is raised with the index', async () => {
    const { globals, seen } = createGate();
    const code = `
      local ok, err = pcall(parallel.map, {1, 2, 3, 4}, function(i)
        if i == 2 then gate.work(1, "quick") host.fail(503) end
        gate.work(60000, i)
      end, {limit = 3})
      print(ok, err.code, err.status, err.index, err)`;
    expect(await outputOf(code, { globals })).toBe('false\tREMOTE_ERROR\t503\t2\tthe remote side said no');
    expect(seen).toMatchObject({ aborted: [1, 3], done: ['quick'] });
  });

  test('an error of a script carries its index too, an own error object stays what it is', async () => {
    expect(
      await outputOf('local _, e = pcall(parallel.map, {1, 2}, function(i) if i == 2 then error("bad") end end) print(e, e.index, e.code)'),
    ).toBe('test:1: bad\t2\tSCRIPT_ERROR');
    expect(await outputOf('local mine = {} print(select(2, pcall(parallel.map, {1}, function() error(mine) end)) == mine)')).toBe('true');
  });

  test('settle = true waits for all and tells of each', async () => {
    const code = `
      local results = parallel.map({1, 2, 3}, function(i) sleep(0.001) if i == 2 then error("bad", 0) end return i * 10 end, {settle = true})
      for _, r in ipairs(results) do print(r.ok, r.value, r.error) end`;
    expect(await outputOf(code)).toBe('true\t10\tnil\nfalse\tnil\tbad\ntrue\t30\tnil');
  });

  test('results may be anything, nothing too', async () => {
    expect(
      await valuesOf(
        'local f = function() end local r = parallel.map({1, 2}, function(i) return i == 1 and f or nil end) return r[1] == f, r[2] == nil',
      ),
    ).toEqual([true, true]);
    expect(await valuesOf('return parallel.map({}, print)')).toEqual([[]]);
  });

  test('takes whatever can be called', async () => {
    const double = 'setmetatable({}, {__call = function(_, n) return host.echo(n or 5) * 2 end})';
    expect(await valuesOf(`return parallel.map({1, 2}, ${double}), parallel.all{${double}, function() return 1 end}`)).toEqual([
      [2, 4],
      [10, 1],
    ]);
  });

  test('nests, and works in coroutines and pcall', async () => {
    const code = `
      return coroutine.wrap(function()
        local ok, rows = pcall(parallel.map, {1, 2, 3}, function(a)
          return parallel.map({10, 20}, function(b) return host.echo(a * b) end)
        end)
        return rows
      end)()`;
    expect(await valuesOf(code)).toEqual([
      [
        [10, 20],
        [20, 40],
        [30, 60],
      ],
    ]);
  });

  test('coroutines of one task do not meet those of another', async () => {
    const code = `
      return parallel.map({1, 2, 3}, function(n)
        local sum = 0
        for x in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(host.echo(i * n)) end end) do sum = sum + x end
        return sum
      end)`;
    expect(await valuesOf(code)).toEqual([[6, 12, 18]]);
  });

  test.each<readonly [string, string]>([
    ['parallel.map(5, print)', 'parallel.map: expected a list, got number'],
    ['parallel.map({a = 1}, print)', 'parallel.map: expected a list, got a table with named fields'],
    ['parallel.map({}, 5)', 'parallel.map: expected function, got number'],
    ['parallel.map({1}, print, {limt = 2})', "unknown option 'limt'"],
    ...['0', '-1', '1.5', '1001', '"10"', '{}'].map(
      (limit) => [`parallel.map({1}, print, {limit = ${limit}})`, 'parallel.map: limit must be a whole number from 1 to 1000'] as const,
    ),
    ['parallel.map({1}, print, {limit = 1/0})', 'parallel.map: options.limit is infinite'],
    ['parallel.all({print}, {limit = 1001})', 'parallel.all: limit must be a whole number from 1 to 1000'],
    ['parallel.all({print}, {settle = 1})', 'parallel.all: settle must be true or false'],
    ['parallel.all({print}, 5)', 'parallel.all: the options must be a table'],
    ['parallel.map({1, nil, 3}, print)', 'parallel.map: the list has a hole at 2'],
    ['parallel.all{print, 5}', 'parallel.all: item 2 is not a function'],
    ['parallel.map({1}, function() coroutine.yield() end)', 'attempt to yield from outside a coroutine'],
  ])('%s is refused', async (code, message) => {
    expect((await errorOf(code)).message).toContain(message);
  });
});

test('parallel.all runs different functions beside each other', async () => {
  const { globals, seen } = createGate();
  expect(
    await valuesOf('return parallel.all{function() return gate.work(2000, "a") end, function() return gate.work(1, "b") end}', { globals }),
  ).toEqual([['a', 'b']]);
  expect(seen).toMatchObject({ most: 2, done: ['b', 'a'] });
});

test('tasks take turns only where they wait: what one computes in between, no other sees half done', async () => {
  const code = `
    local n = 0
    local function count()
      sleep(0)
      local clock = os.clock()
      while os.clock() - clock < 0.3 do
        for _ = 1, 100 do
          local before = n
          n = before + 1
          if n ~= before + 1 then error("seen half done") end
        end
        local mine = n
        string.find(string.rep("a", 2000), ".-b")
        if n ~= mine then error("seen half done") end
      end
    end
    parallel.all {count, count, count}
    return "whole"`;
  expect(await valuesOf(code)).toEqual(['whole']);
});

describe('what an error leaves behind is freed', () => {
  // Each coroutine left behind keeps a string of 1 MiB; 64 of them do not fit.
  test.each([
    [
      'tasks of a group that failed',
      'pcall(parallel.all, {function() local s = fill(i) sleep(60) return s end, function() error("stop") end})',
    ],
    [
      'tasks of a group inside one that failed',
      `pcall(parallel.all, {
        function() parallel.all {function() local s = fill(i) sleep(60) return s end} end,
        function() sleep(0) error("stop") end})`,
    ],
    [
      'tasks whose call waits',
      'pcall(parallel.all, {function() local s = fill(i) return gate.work(60000, i), s end, function() sleep(0) error("stop") end})',
    ],
    ['coroutines that failed', 'coroutine.resume(coroutine.create(function() local s = fill(i) error("stop") return s end))'],
    ['coroutines that nobody resumes again', 'coroutine.wrap(function() local s = fill(i) coroutine.yield() return s end)()'],
    [
      'coroutines that waited in a task that was given up',
      'pcall(parallel.all, {function() coroutine.wrap(function() local s = fill(i) sleep(60) return s end)() end, function() sleep(0) error("stop") end})',
    ],
  ])('%s', { timeout: 120_000 }, async (_what, step) => {
    const { globals } = createGate();
    const code = `local function fill(i) return ("x"):rep(2^20 - i) end for i = 1, 64 do ${step} end return "done"`;
    expect(await valuesOf(code, { globals, limits: { memoryBytes: 2 ** 25, cpuMs: 100_000 } })).toEqual(['done']);
  });

  test('the same values, kept, pass the limit', async () => {
    const code = 'local kept = {} for i = 1, 64 do kept[i] = coroutine.create(print) kept[-i] = ("x"):rep(2^20 - i) end';
    expect((await errorOf(code, { limits: { memoryBytes: 2 ** 25, cpuMs: 100_000 } })).code).toBe('MEMORY_LIMIT');
  });
});

describe('sleep', () => {
  test('lets the others go on, and wakes in the order of the times', async () => {
    const code = `
      local order = {}
      parallel.map({0.6, 0, 0.1, 0.0001}, function(s, i) sleep(s) order[#order + 1] = s end)
      return table.concat(order, " ")`;
    expect(await valuesOf(code)).toEqual(['0 0.0001 0.1 0.6']);
    expect(await valuesOf('return sleep(0), select("#", sleep(0))')).toEqual([null, 1]);
  });

  test.each(['-1', '0/0', '1/0', '"1"', '{}', 'nil', 'true', '2147484', 'print', ''])('sleep(%s) is refused', async (seconds) => {
    expect((await errorOf(`sleep(${seconds})`)).message).toMatch(/^test:1: sleep: /);
  });

  test('one that was given up keeps no process alive', async () => {
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    await run('pcall(parallel.all, {function() sleep(3600) end, function() error("stop") end})');
    await run('sleep(3600)', { limits: { timeoutMs: 20 } });
    expect(timers()).toBeLessThanOrEqual(before);
  });
});

describe('what ends a run ends its tasks', () => {
  test('a limit that one task passes', async () => {
    const { globals, seen } = createGate();
    const error = await errorOf('parallel.all{function() gate.work(60000, "slow") end, function() while true do end end}', {
      globals,
      limits: { cpuMs: 100 },
    });
    expect(error.code).toBe('CPU_LIMIT');
    await vi.waitFor(() => expect(seen.aborted).toEqual(['slow']));
  });

  test('a timeout and an interruption from outside', async () => {
    const { globals, seen } = createGate();
    expect(
      (
        await errorOf('parallel.map({1, 2}, function(i) pcall(gate.work, 60000, i) print("on") end)', {
          globals,
          limits: { timeoutMs: 500 },
        })
      ).code,
    ).toBe('TIMEOUT');
    await vi.waitFor(() => expect(seen.aborted).toEqual([1, 2]));
    const abort = new AbortController();
    const running = run('parallel.all{function() sleep(60) end}', { signal: abort.signal });
    await delay(10);
    abort.abort(new KosmoError('INTERRUPTED', 'interrupted'));
    expect((await running).error?.code).toBe('INTERRUPTED');
  });
});

describe('defer', () => {
  test('runs functions at the end, last first, also those that they defer', async () => {
    const code = `
      defer(function() print("first given") end)
      defer(function() print("second given") defer(function() print("given late") end) end)
      print("body") return 1`;
    const { output, result } = await run(code);
    expect({ output, result }).toEqual({ output: 'body\nsecond given\ngiven late\nfirst given', result: [1] });
  });

  test.each([
    ['an error', 'error("stop")', 'SCRIPT_ERROR', {}],
    ['the CPU limit', 'while true do end', 'CPU_LIMIT', { cpuMs: 60 }],
    ['the CPU limit inside a library', 'string.find(string.rep("a", 60), string.rep("a-", 30) .. "b")', 'CPU_LIMIT', { cpuMs: 60 }],
    ['the memory limit', 'local t = {} while true do t[#t + 1] = ("x"):rep(1e5) end', 'MEMORY_LIMIT', { memoryBytes: 2 ** 25 }],
    ['the timeout', 'sleep(60)', 'TIMEOUT', { timeoutMs: 30 }],
  ])('runs after %s, and may call and wait there', async (_what, code, expected, limits) => {
    const { output, error } = await run(`defer(function() sleep(0.001) print("stopped", host.echo("S1")) end) ${code}`, { limits });
    expect({ output, code: error?.code }).toEqual({ output: 'stopped\tS1', code: expected });
  });

  test('runs after an interruption', async () => {
    const abort = new AbortController();
    const running = run('defer(function() print(host.echo("cleaned")) end) sleep(60)', { signal: abort.signal });
    await delay(10);
    abort.abort(new KosmoError('INTERRUPTED', 'interrupted'));
    expect(await running).toMatchObject({ output: 'cleaned', error: { code: 'INTERRUPTED' } });
  });

  test('runs functions given by tasks that were cancelled', async () => {
    const code = `parallel.all{function() defer(function() print("cleaned") end) sleep(60) end, function() sleep(0.005) error("stop") end}`;
    expect((await run(code)).output).toBe('cleaned');
  });

  test('an error in one does not keep the others from running, and fails the run', async () => {
    const { output, error, result } = await run('defer(function() print("last") end) defer(function() error("broken", 0) end) return 1');
    expect({ output, result, message: error?.message }).toEqual({ output: 'last', result: null, message: 'broken' });
    const failed = await errorOf('defer(function() error("broken", 0) end) error("first", 0)');
    expect(failed.toJSON()).toMatchObject({ message: 'first', deferred_errors: ['broken'] });
  });

  test('what is not a function is refused', async () => {
    expect((await errorOf('defer(5)')).message).toContain('function expected');
  });
});
