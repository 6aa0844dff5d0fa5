import { monotonicNow } from './clock.ts';

/** Time that stands still while a person is asked. */
export interface PausableClock {
  /** Runs something that takes no time by this clock. */
  readonly pause: <Result>(wait: () => Promise<Result>) => Promise<Result>;
  /** Calls `fn` after `ms` of this time, unless the function that is returned is called before. */
  readonly after: (ms: number, fn: () => void) => () => void;
  /** How long it has stood still, in milliseconds. */
  readonly pausedMs: () => number;
  /** Calls `fn` when it stops, with true, and when it goes on. Returns what ends that. */
  readonly watch: (fn: (isPaused: boolean) => void) => () => void;
}

interface Timer {
  readonly fn: () => void;
  leftMs: number;
  started: number;
  handle: NodeJS.Timeout | undefined;
}

export function createPausableClock(): PausableClock {
  const timers = new Set<Timer>();
  const watchers = new Set<(isPaused: boolean) => void>();
  let pauses = 0;
  let pausedSince = 0;
  let paused = 0;

  const start = (timer: Timer): void => {
    timer.started = monotonicNow();
    timer.handle = setTimeout(
      () => {
        timers.delete(timer);
        timer.fn();
      },
      Math.max(0, timer.leftMs),
    );
  };
  const tell = (isPaused: boolean): void => {
    for (const watcher of watchers) watcher(isPaused);
  };

  return {
    async pause(wait) {
      if (pauses++ === 0) {
        pausedSince = monotonicNow();
        for (const timer of timers) {
          clearTimeout(timer.handle);
          timer.leftMs -= pausedSince - timer.started;
        }
        tell(true);
      }
      try {
        return await wait();
      } finally {
        if (--pauses === 0) {
          paused += monotonicNow() - pausedSince;
          for (const timer of timers) start(timer);
          tell(false);
        }
      }
    },
    after(ms, fn) {
      const timer: Timer = { fn, leftMs: ms, started: monotonicNow(), handle: undefined };
      timers.add(timer);
      if (pauses === 0) start(timer);
      return () => {
        clearTimeout(timer.handle);
        timers.delete(timer);
      };
    },
    pausedMs: () => paused + (pauses === 0 ? 0 : monotonicNow() - pausedSince),
    watch(fn) {
      watchers.add(fn);
      return () => watchers.delete(fn);
    },
  };
}
