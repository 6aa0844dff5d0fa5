// One deadline for all requests of a call, and what its error says. The clock and the pauses are the test's.
import { expect, test } from 'vitest';
import { KosmoError } from '../../src/errors/index.ts';
import { type AttemptFailure, type RetryDelays, sendWithRetries } from '../../src/http/index.ts';

const BACK_OFF: RetryDelays = [
  [0, 1],
  [1, 2],
  [2, 4],
];

function lateAfter(ms: number): AttemptFailure {
  const late = (timeoutMs: number): KosmoError => new KosmoError('DEADLINE_EXCEEDED', `no answer within ${timeoutMs / 1000} s`);
  return { error: late(ms), retryDelays: BACK_OFF, errorWithin: late };
}

/** The error of a call whose requests are all late; each may take `attemptMs`. */
async function allLate(timeoutMs: number, attemptMs: number, retry = true): Promise<{ error: KosmoError; requests: number }> {
  let now = 0;
  let requests = 0;
  const call = sendWithRetries<never>(
    async ({ remainingMs }) => {
      requests++;
      const ms = retry ? Math.min(attemptMs, remainingMs) : remainingMs;
      now += ms;
      return lateAfter(ms);
    },
    {
      timeoutMs,
      retry,
      signal: new AbortController().signal,
      limiter: { take: () => undefined },
      clock: {
        now: () => now,
        random: () => 1,
        async pause(ms) {
          now += ms;
        },
      },
      interruption: () => new KosmoError('INTERRUPTED', 'interrupted'),
      warn: () => undefined,
    },
  );
  return { error: await call.then(Promise.reject.bind(Promise), (thrown: KosmoError) => thrown), requests };
}

test.each([
  [12_000, 'no answer within 12 s (2 requests)', 2],
  [25_000, 'no answer within 25 s (3 requests)', 3],
  [5000, 'no answer within 5 s', 1],
  [120_000, 'no answer within 10 s (4 requests of a call that may take 120 s)', 4],
])('a call with a timeout of %d ms whose requests of 10 s are all late says: %s', async (timeoutMs, message, requests) => {
  const { error, requests: sent } = await allLate(timeoutMs, 10_000);
  expect({ message: error.message, sent }).toEqual({ message, sent: requests });
});

test('a call that is sent once says its own timeout', async () => {
  expect((await allLate(50, 10_000, false)).error.message).toBe('no answer within 0.05 s');
});
