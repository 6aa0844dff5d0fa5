/** The emulator's time in milliseconds since 1970; it may run faster than the real one. */
export interface EmulatorClock {
  readonly now: () => number;
}

/** A clock that starts at the present and runs `speed` times as fast. */
export function createScaledClock(speed: number): EmulatorClock {
  const start = Date.now();
  const origin = performance.now();
  return { now: () => Math.floor(start + (performance.now() - origin) * speed) };
}

/** A clock that stands still until a test moves it. */
export function createManualClock(start = Date.UTC(2026, 0, 1)): EmulatorClock & { readonly advance: (ms: number) => void } {
  let time = start;
  return {
    now: () => time,
    advance(ms) {
      time += ms;
    },
  };
}
