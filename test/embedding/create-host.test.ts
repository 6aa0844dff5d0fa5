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
    expect((await running).success).toBe(false);
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

test('errors are recognised across copies of the package', () => {
  expect(isKosmoError({ [Symbol.for('kosmo.error')]: true })).toBe(true);
});
