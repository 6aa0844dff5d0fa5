import { expect, test } from 'vitest';
import { createManualClock, createScaledClock, startEmulator } from '../../../../src/integrations/agora/emulator/index.ts';

test('a manual clock moves when it is told', () => {
  const clock = createManualClock(1000);
  expect(clock.now()).toBe(1000);
  clock.advance(500);
  expect(clock.now()).toBe(1500);
});

test('a scaled clock starts now and runs faster', async () => {
  const before = Date.now();
  const clock = createScaledClock(1_000_000);
  const first = clock.now();
  expect(first).toBeGreaterThanOrEqual(before);
  await expect.poll(() => clock.now() - first, { interval: 1 }).toBeGreaterThan(1_000_000);
});

test('the emulator shows the clock it runs by', async () => {
  const clock = createManualClock(7);
  const emulator = await startEmulator({ clock, speed: 60 });
  expect(emulator.clock).toBe(clock);
  await emulator.close();
});
