import { afterEach, expect, test, vi } from 'vitest';
import { monotonicNow } from '../../../src/platform/clock.ts';

/** A machine on which other processes take three quarters of the processor. */
function slowCpuClock(): NodeJS.CpuUsage {
  return { user: (monotonicNow() * 1000) / 4, system: 0 };
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

test.each([
  ['a loop', 'while true do end'],
  ['a sort', 'local t = {} for i = 1, 2e6 do t[i] = (i * 7919) % 1000003 end while true do table.sort(t) end'],
  ['a pattern that backtracks', 'string.find(string.rep("a", 60), string.rep("a-", 30) .. "b")'],
  ['gsub with such a pattern and a function', 'string.gsub(string.rep("a", 60), string.rep("a-", 30) .. "b", function() end)'],
  ['a regular expression that backtracks', 'regex.match(("a"):rep(60) .. "b", "(a+)+$")'],
  ['moving two billion items', 'table.move({}, 1, 2e9, 2)'],
])('%s may use its CPU time to the end while neighbours take most of the processor', async (_, code) => {
  vi.stubGlobal('process', Object.assign(Object.create(process), { threadCpuUsage: slowCpuClock, cpuUsage: slowCpuClock }));
  vi.resetModules();
  const { runLua } = await import('../../../src/lua/sandbox.ts');
  const started = monotonicNow();
  const { error, cpuMs } = await runLua(code, 'test', { limits: { cpuMs: 100, memoryBytes: 2 ** 29 } });
  const wallMs = monotonicNow() - started;
  expect(error?.message).toBe('CPU limit exceeded: the script used more than 0.1 s of CPU time (at test:1)');
  expect(wallMs).toBeGreaterThan(400);
  expect(cpuMs).toBeLessThan(wallMs / 2);
});
