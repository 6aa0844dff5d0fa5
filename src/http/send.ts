import { onAbort } from '../platform/abort-listeners.ts';
import type { HttpPool, HttpRequest, HttpResponse } from './connection-pool.ts';
import type { TransportError } from './transport-errors.ts';

export interface SendLimits {
  /** Milliseconds within which the response must have come. They begin when the pool is open. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const NO_RESPONSE_IN_TIME = new Error('no answer in time');

/** Sends a request. Returns its response, or how it ended without one; never rejects. */
export async function sendWithin(
  pool: Promise<HttpPool>,
  request: HttpRequest,
  { timeoutMs, signal }: SendLimits,
): Promise<HttpResponse | TransportError> {
  let timedOut = false;
  let wasSent = (): boolean => false;
  try {
    const opened = await pool;
    if (signal.aborted) return { error: signal.reason, wasSent: false, timedOut };
    const exchange = opened.send(request);
    wasSent = exchange.wasSent;
    const timer = setTimeout(() => {
      timedOut = true;
      exchange.abort(NO_RESPONSE_IN_TIME);
    }, timeoutMs);
    const unsubscribe = onAbort(signal, () => exchange.abort(NO_RESPONSE_IN_TIME));
    try {
      return await exchange.response;
    } finally {
      clearTimeout(timer);
      unsubscribe();
    }
  } catch (error) {
    return { error, wasSent: wasSent(), timedOut };
  }
}
