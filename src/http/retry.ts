import { KosmoError, withDetails } from '../errors/index.ts';
import type { Pause, RateLimiter } from './rate-limiter.ts';

/** Before each repeat, the shortest and the longest wait in seconds; the time in between is chosen at random (full jitter). */
export type RetryDelays = readonly (readonly [minimum: number, maximum: number])[];

/** The request that is sent now. */
export interface Attempt {
  /** 1 for the first request of a call. */
  readonly number: number;
  /** Milliseconds until the deadline of the call. */
  readonly remainingMs: number;
  /** An earlier request of the call may have had its effect. */
  readonly mayHaveActed: boolean;
}

export type AttemptResult<Value> = { readonly value: Value } | AttemptFailure;

export interface AttemptFailure {
  readonly error: KosmoError;
  /** When the request may be sent again. `[]`: never */
  readonly retryDelays: RetryDelays;
  /** How long the remote side asks to wait. */
  readonly retryAfterMs?: number;
  /** The next request may go at once if its wait would take much of the remaining time, for example because another server gets it. */
  readonly canSkipDelay?: boolean;
  /** For a request that timed out: its error, with the timeout of the call in place of its own. */
  readonly errorWithin?: (timeoutMs: number) => KosmoError;
}

/** Time and chance, which tests replace. */
export interface RetryClock {
  readonly pause: Pause;
  /** From 0 to 1: where in a span of waiting times. */
  readonly random: () => number;
  /** Milliseconds since some moment. */
  readonly now: () => number;
}

export interface RetryOptions {
  /** Milliseconds for the whole call. Waiting for the rate limiter before the first request does not count. */
  readonly timeoutMs: number;
  /** Whether a request may be sent again at all. */
  readonly retry: boolean;
  readonly signal: AbortSignal;
  readonly limiter: RateLimiter;
  readonly clock: RetryClock;
  /** The error of a call that `signal` ended between two requests. */
  readonly interruption: (mayHaveActed: boolean) => KosmoError;
  /** A request is sent again although this one may have had its effect. */
  readonly warn: (error: KosmoError) => void;
}

/**
 * Sends a request, and sends it again after the delays of its failures, within one deadline. Returns the value of the first success.
 * Throws what `send` throws, the interruption, or the error of the last request; its outcome is `unknown` if an earlier request may
 * have had its effect and the service itself did not refuse the last one.
 */
export async function sendWithRetries<Value>(
  send: (attempt: Attempt) => Promise<AttemptResult<Value>>,
  options: RetryOptions,
): Promise<Value> {
  const { timeoutMs, retry, signal, limiter, clock } = options;
  let mayHaveActed = false;
  let endsAt = Number.POSITIVE_INFINITY;
  const waitUnlessAborted = (waiting: Promise<void>): Promise<void> =>
    waiting.catch((error) => {
      throw signal.aborted ? options.interruption(mayHaveActed) : error;
    });

  for (let number = 1; ; number++) {
    const turn = limiter.take(signal);
    if (turn !== undefined) await waitUnlessAborted(turn);
    if (number === 1) endsAt = clock.now() + timeoutMs;
    const result = await send({ number, remainingMs: endsAt - clock.now(), mayHaveActed });
    if ('value' in result) return result.value;
    const span = retry ? result.retryDelays[number - 1] : undefined;
    const remainingMs = endsAt - clock.now();
    const wait = span && chooseDelay(span, result, remainingMs, clock);
    if (wait === undefined || wait >= remainingMs) {
      const isOver = wait !== undefined || !retry || remainingMs <= 0;
      throw callError(result, { requests: number, mayHaveActed, timeoutMs, isOver });
    }
    if (result.error.outcome === 'unknown') {
      mayHaveActed = true;
      options.warn(result.error);
    }
    await waitUnlessAborted(clock.pause(wait, signal));
  }
}

/** The part of the remaining time that a wait may take if it can be skipped. */
const MAX_DELAY_SHARE = 0.25;

function chooseDelay(
  [minimum, maximum]: RetryDelays[number],
  failure: AttemptFailure,
  remainingMs: number,
  { random }: RetryClock,
): number {
  const wait = Math.max((minimum + random() * (maximum - minimum)) * 1000, failure.retryAfterMs ?? 0);
  return failure.canSkipDelay === true && remainingMs > 0 && wait > remainingMs * MAX_DELAY_SHARE ? 0 : wait;
}

interface CallEnd {
  readonly requests: number;
  readonly mayHaveActed: boolean;
  /** Milliseconds that the caller gave to the call. */
  readonly timeoutMs: number;
  /** Whether they are over: then a late response was late for the call, and the part of them that the last request had does not matter. */
  readonly isOver: boolean;
}

function callError(last: AttemptFailure, { requests, mayHaveActed, timeoutMs, isOver }: CallEnd): KosmoError {
  const late = isOver ? last.errorWithin?.(timeoutMs) : undefined;
  const error = late ?? last.error;
  if (requests === 1) return error;
  const seconds = Number((timeoutMs / 1000).toPrecision(2));
  const count =
    last.errorWithin === undefined
      ? `request ${requests} of this call`
      : isOver
        ? `${requests} requests`
        : `${requests} requests of a call that may take ${seconds} s`;
  const message = `${error.message} (${count})`;
  const detailed = withDetails(error, { attempts: requests }, message);
  // A failure that the service itself reports settles the earlier requests as well.
  if (!mayHaveActed || error.code === 'REMOTE_ERROR') return detailed;
  const { code, details, hint } = detailed;
  return new KosmoError(code, message, {
    details,
    outcome: 'unknown',
    retryable: true,
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}
