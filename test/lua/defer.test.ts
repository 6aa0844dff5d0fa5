// The end of a script: what it deferred gets its turn, whatever ended it and whatever the others do.
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { SandboxOptions } from '../../src/lua/index.ts';
import { runLua } from '../../src/lua/sandbox.ts';
import { createPausableClock, type PausableClock } from '../../src/platform/pausable-clock.ts';

/** A clock on which 30 s take one: more than a loop may compute before the others have their turn. */
function fastClock(): PausableClock {
  const clock = createPausableClock();
  return { ...clock, after: (ms, fn) => clock.after(ms / 30, fn) };
}

/** A clock whose timers fire when the test says so. */
function stoppedClock(): { readonly clock: PausableClock; readonly passAll: () => void } {
  const timers = new Set<() => void>();
  const after: PausableClock['after'] = (_ms, fn) => {
    timers.add(fn);
    return () => timers.delete(fn);
  };
  return { clock: { ...createPausableClock(), after }, passAll: () => timers.forEach((fn) => void fn()) };
}

const run = (code: string, options: SandboxOptions = {}) => runLua(code, 'eval', { clock: fastClock(), ...options });

const ENDS: readonly (readonly [string, string, SandboxOptions['limits']])[] = [
  ['an error', 'error("x")', {}],
  ['the CPU limit', 'while true do end', { cpuMs: 50 }],
  ['its last line', '', {}],
];

describe.each(ENDS)('after %s', (_what, end, limits) => {
  test.each([
    ['waits too long', 'sleep(3600)', 'TIMEOUT'],
    ['never ends', 'while true do end', 'CPU_LIMIT'],
    ['catches its limit', 'while true do pcall(function() while true do end end) end', 'CPU_LIMIT'],
    ['fails', 'error("broken")', 'SCRIPT_ERROR'],
    ['never ends in parallel', 'parallel.all{ function() while true do end end }', 'CPU_LIMIT'],
  ])('a deferred function that %s leaves the others their turn, and is named with its line', async (_how, body, code) => {
    const source = `defer(function() print("A") end) defer(function() sleep(0.001) print("B") end)\ndefer(function() ${body} end)\n${end}`;
    const { clock, passAll } = stoppedClock();
    let printed = 0;
    // The time of deferred functions passes once the two others have ended.
    const onLine = (): void => {
      if (++printed === 2) setImmediate(passAll);
    };
    const { output, error } = await run(source, { limits: limits ?? {}, clock, onLine });
    expect(output.split('\n').toSorted()).toEqual(['A', 'B']);
    const { details } = error ?? {};
    const failures = end === '' ? [{ code: error?.code, deferred_at: details?.deferred_at }] : details?.deferred_failures;
    expect(failures).toEqual([expect.objectContaining({ code, deferred_at: 'eval:2' })]);
  });
});

describe('what deferred functions wait for', () => {
  test('goes on at the same time, and the last one given begins first', async () => {
    let most = 0;
    let now = 0;
    const stopped: unknown[] = [];
    const stop = {
      kind: 'function' as const,
      call: async (args: unknown) => {
        stopped.push((args as unknown[])[0]);
        most = Math.max(most, ++now);
        await delay(20);
        now--;
        return null;
      },
    };
    const { error } = await run('for i = 1, 5 do defer(function() stop(i) end) end error("x")', { globals: { stop } });
    expect({ message: error?.message, most, stopped }).toEqual({ message: 'eval:1: x', most: 5, stopped: [5, 4, 3, 2, 1] });
  });

  test('takes no time while a person is asked', async () => {
    const clock = fastClock();
    const ask = { kind: 'function' as const, call: () => clock.pause(() => delay(300, 'yes')) };
    const script = 'defer(function() print("deferred", ask()) end) print(ask())';
    const { output, error } = await run(script, { clock, globals: { ask }, limits: { timeoutMs: 6000 } });
    expect({ output, error }).toEqual({ output: 'yes\ndeferred\tyes', error: undefined });
  });
});

test('many deferred functions that never end have an end, and the first one given has its turn', async () => {
  const { output, error } = await run('defer(function() print("first") end) for i = 1, 30 do defer(function() while true do end end) end');
  expect({ output, code: error?.code }).toEqual({ output: 'first', code: expect.stringMatching(/^(?:CPU_LIMIT|TIMEOUT)$/) });
  expect(error?.details).toMatchObject({ deferred_failures_left_out: 9 });
});

test('functions given by a deferred function have their turn after it, the last one given first, and share its time', async () => {
  const { output, error } = await run(`defer(function() print("first given") end)
    defer(function() defer(function() print("late") end) defer(function() sleep(3600) end) print("second given") end)`);
  expect({ output, code: error?.code }).toEqual({ output: 'second given\nlate\nfirst given', code: 'TIMEOUT' });
  expect(error?.details).toMatchObject({ deferred_at: 'eval:2' });
});

test('a chain of deferred functions that end at once has an end', async () => {
  const { error } = await run('local function again() defer(again) end again()');
  expect(error).toMatchObject({ code: expect.stringMatching(/^(?:CPU_LIMIT|TIMEOUT)$/) });
});

test('deferred functions that defer each other without end share the time of the first', async () => {
  const { error } = await run('local function again() defer(again) sleep(0.001) end again()');
  expect(error?.code).toBe('TIMEOUT');
});
