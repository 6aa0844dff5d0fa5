import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHost, type EmbeddedHost, isKosmoError } from '../../src/index.ts';

let host: EmbeddedHost;

beforeAll(async () => {
  host = await createHost({
    emulate: true,
    functions: {
      shop: {
        price: async ([query]) => ({ ...(query as { sku: string }), eur: 5 }),
        fail: () => {
          throw new TypeError('out of stock');
        },
      },
      wait: ([ms], { signal }) =>
        new Promise((resolve) => {
          const timer = setTimeout(() => resolve('waited'), Number(ms));
          signal.addEventListener('abort', () => {
            clearTimeout(timer);
            resolve('aborted');
          });
        }),
    },
  });
});
afterAll(() => host.close());

describe('a program that embeds kosmo', () => {
  test('gives scripts functions of its own, beside those of kosmo', async () => {
    const code = `
      local ips = app.integrations.agora.get_notification_ips({})
      return shop.price{sku = input.sku}.eur, #ips.data.service.hosts > 0`;
    const { result, call_log } = await host.run(code, { input: { sku: 'x' } });
    expect(result).toEqual([5, true]);
    expect(call_log).toHaveLength(1);
  });

  test('gives the modules that scripts require, as texts or by a function', async () => {
    const code = 'return require("lib.sum")(2, 3), select(2, pcall(require, "lib.sun")).message';
    const text = 'return function(a, b) return a + b end';
    const close = "script:1: require: there is no module 'lib.sun'.";
    expect((await host.run(code, { modules: { 'lib.sum': text } })).result).toEqual([5, close]);
    expect((await host.run(code, { modules: (name) => (name === 'lib.sum' ? text : undefined) })).result).toEqual([5, close]);
    await expect(host.run('return 1', { modules: 'lib' as never })).rejects.toThrow(
      'run: modules must be an object of texts or a function, not a value of type string',
    );
  });

  test('an error of such a function is raised in the script, by its message and without its stack', async () => {
    const { output } = await host.run('local ok, err = pcall(shop.fail) print(err, err.code, err.function_name)');
    expect(output).toBe('shop.fail: out of stock\tFUNCTION_FAILED\tshop.fail');
    const { error_detail } = await host.run('shop.fail()');
    expect(JSON.stringify(error_detail)).not.toContain('create-host.test');
  });

  test('gives each run limits, a name and a signal of its own', async () => {
    expect((await host.run('while true do end', { limits: { cpuMs: 50 }, name: 'mine' })).error).toContain('(at mine:1)');
    const abort = new AbortController();
    const running = host.run('wait(60000)', { signal: abort.signal });
    abort.abort();
    expect((await running).error_detail).toMatchObject({ code: 'INTERRUPTED', message: 'the run was aborted' });
    await expect(host.run('return 1', { limits: { timeoutMs: 1e12 } })).rejects.toThrow('limits.timeoutMs must be at most');
  });

  test('writes need force here too', async () => {
    const code = 'return app.integrations.agora.acquire_recording_resource{cname = "a", uid = "1"}.cname';
    expect((await host.run(code)).error_detail?.code).toBe('APPROVAL_REQUIRED');
    expect((await host.run(code, { force: true })).result).toEqual(['a']);
  });

  test('a thousand scripts wait at the same time, and share nothing', async () => {
    const runs = Array.from({ length: 1000 }, (_, i) => host.run('x = input wait(200) return x', { input: i }));
    const reports = await Promise.all(runs);
    expect(reports.map(({ result }) => result?.[0])).toEqual(reports.map((_, i) => i));
  });

  test('lines arrive as they are printed', async () => {
    const lines: string[] = [];
    await host.run('print("é", 1) print("b")', { onLine: (line) => lines.push(line) });
    expect(lines).toEqual(['é\t1', 'b']);
  });
});

describe('what a function of the program answers', () => {
  const answered = async (value: unknown) => {
    const own = await createHost({ functions: { answer: () => value } });
    const { result, error, error_detail } = await own.run('return answer()');
    await own.close();
    return error === null ? result : `${error_detail?.code}: ${error}`;
  };
  const cycle: { self?: object } = {};
  cycle.self = cycle;

  test.each([
    ['nothing', undefined, [null]],
    ['an optional member that is not there', { a: 1, b: undefined }, [{ a: 1 }]],
    ['a date', { at: new Date(0) }, [{ at: '1970-01-01T00:00:00.000Z' }]],
    ['an object without a prototype', Object.assign(Object.create(null), { a: [1, { b: true }] }), [{ a: [1, { b: true }] }]],
    ['a function', { list: [{ go: () => 1 }] }, 'FUNCTION_FAILED: answer: the answer.list[0].go is a function, which JSON has no form for'],
    ['a bigint', 10n, 'FUNCTION_FAILED: answer: the answer is a bigint, which JSON has no form for'],
    ['a map', { byId: new Map([[1, 2]]) }, 'FUNCTION_FAILED: answer: the answer.byId is a Map, which JSON has no form for'],
    ['an emoji', { text: 'a😀' }, [{ text: 'a😀' }]],
    [
      'half of an emoji',
      ['😀', '😀a\ud83d'],
      'FUNCTION_FAILED: answer: the answer[1] has half of a surrogate pair at index 3, which no text can hold',
    ],
    ['a cycle', cycle, 'FUNCTION_FAILED: answer: the answer is nested more than 512 levels deep'],
  ])('%s', async (_what, value, expected) => {
    expect(await answered(value)).toEqual(expected);
  });
});

test('an error of onLine is told as what it is', async () => {
  const onLine = (): void => {
    throw new Error('disk full');
  };
  expect((await host.run('print(1)', { onLine })).error).toBe('onLine: disk full');
});

describe('options that cannot be meant are refused', () => {
  test.each([
    [{ cpu: 5 }, 'run: limits.cpu is unknown; there are cpuMs, memoryBytes, timeoutMs, outputBytes'],
    [{ cpuMs: -1 }, 'run: limits.cpuMs must be a number above 0, not -1'],
    [{ cpuMs: Number.NaN }, 'run: limits.cpuMs must be a number above 0, not NaN'],
    [{ memoryBytes: '64MiB' }, 'run: limits.memoryBytes must be a number above 0, not a value of type string'],
  ])('limits %j', async (limits, message) => {
    await expect(host.run('return 1', { limits: limits as object })).rejects.toThrow(new TypeError(message));
  });

  test('a script, an input and functions that are none', async () => {
    await expect(host.run(5 as never)).rejects.toThrow('run: the script must be a string, not a value of type number');
    await expect(host.run('return 1', { input: { at: Symbol('x') } })).rejects.toThrow('input.at is a symbol, which JSON has no form for');
    await expect(host.run('return 1', { input: { list: ['\ude00x'] } })).rejects.toThrow(
      'input.list[0] has half of a surrogate pair at index 0, which no text can hold',
    );
    await expect(host.run('return 1', { input: { at: { 'x\ud83d': 1 } } })).rejects.toThrow(
      'the key "x\\ud83d" of input.at has half of a surrogate pair at index 1, which no text can hold',
    );
    await expect(createHost({ functions: { shop: { price: 5 as never } } })).rejects.toThrow(
      'createHost: functions.shop.price must be a function or an object of functions, not a value of type number',
    );
  });
});

test('errors are recognised across copies of the package', () => {
  expect(isKosmoError({ [Symbol.for('kosmo.error')]: true })).toBe(true);
});
