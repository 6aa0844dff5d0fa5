import { monotonicNow } from '../platform/clock.ts';

/** Lets so many calls pass a second, the first second's worth at once; the rest wait in order. */
export interface RateLimiter {
  /** Undefined when a call may be made, else resolves when it may. Rejects with the signal's reason when it is aborted first. */
  readonly take: (signal: AbortSignal) => Promise<void> | undefined;
}

export type Pause = (ms: number, signal: AbortSignal) => Promise<void>;

/** `perSecond` of `Infinity` lets everything pass. */
export function createRateLimiter(perSecond: number, pause: Pause): RateLimiter {
  const everyMs = 1000 / perSecond;
  /** When the bucket will be full again, in milliseconds of `monotonicNow()`: it is empty while that is a second or more away. */
  let fullAt = 0;
  return {
    take(signal) {
      if (everyMs === 0) return undefined;
      const now = monotonicNow();
      fullAt = Math.max(fullAt, now) + everyMs;
      const wait = fullAt - now - Math.max(1000, everyMs);
      // Less than this is left over by rounding.
      return wait > 0.01 ? pause(wait, signal) : undefined;
    },
  };
}
