import { KosmoError } from '../errors/index.ts';

/** A time limit that stands still while a person thinks. */
export interface PausableTimeout {
  /** Aborted when the time is over, or `signal` is. */
  readonly signal: AbortSignal;
  /** Runs something that does not count. */
  readonly pause: <Result>(wait: () => Promise<Result>) => Promise<Result>;
  readonly end: () => void;
}

export function startPausableTimeout(seconds: number, signal: AbortSignal): PausableTimeout {
  const over = new AbortController();
  let leftMs = seconds * 1000;
  let paused = 0;
  let started = performance.now();
  const expire = (): void =>
    over.abort(new KosmoError('TIMEOUT', `timeout: the script did not end within ${seconds} s`, { details: { limit: seconds } }));
  let timer = setTimeout(expire, leftMs);
  return {
    signal: AbortSignal.any([signal, over.signal]),
    async pause(wait) {
      if (paused++ === 0) {
        clearTimeout(timer);
        leftMs -= performance.now() - started;
      }
      try {
        return await wait();
      } finally {
        if (--paused === 0) {
          started = performance.now();
          timer = setTimeout(expire, Math.max(0, leftMs));
        }
      }
    },
    end: () => clearTimeout(timer),
  };
}
