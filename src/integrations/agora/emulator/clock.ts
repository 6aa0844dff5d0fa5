/** The emulator's time. Everything that depends on time asks it; nothing inside waits. */
export interface EmulatorClock {
  /** Emulated milliseconds since 1970. */
  now(): number;
  /** Moves the time forward by milliseconds. */
  advance(ms: number): void;
}

/** A clock that starts at the present, or at `start`, and runs `speed` times as fast: emulated seconds a real second. */
export function createScaledClock(speed: number, start: number = Date.now()): EmulatorClock {
  let time = start;
  // Not Date.now() again: a corrected system clock must not move a recording backwards.
  const origin = performance.now();
  return {
    now: () => Math.floor(time + (performance.now() - origin) * speed),
    advance(ms) {
      time += ms;
    },
  };
}

/** A clock that stands still until a test moves it. `start` is in milliseconds since 1970. */
export function createManualClock(start: number = Date.UTC(2026, 0, 1)): EmulatorClock {
  let time = start;
  return {
    now: () => time,
    advance(ms) {
      time += ms;
    },
  };
}
