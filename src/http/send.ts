import { onAbort } from '../platform/abort-listeners.ts';
import type { HttpPool, HttpRequest, HttpResponse } from './connection-pool.ts';
import type { TransportError } from './transport-errors.ts';

export interface SendLimits {
  /** Milliseconds within which the response must have come. They begin when the pool is open. */
  readonly timeoutMs: number;
  /** Milliseconds within which a connection must exist. `undefined`: the connect timeout of the pool */
  readonly connectTimeoutMs?: number | undefined;
  readonly signal: AbortSignal;
}

const NO_RESPONSE_IN_TIME = new Error('no answer in time');
/** With undici's own code. */
const NO_CONNECTION_IN_TIME = Object.assign(new Error('no connection in time'), { code: 'UND_ERR_CONNECT_TIMEOUT' });

/** Sends a request. Returns its response, or how it ended without one; never rejects. */
export async function sendWithin(
  pool: Promise<HttpPool>,
  request: HttpRequest,
  { timeoutMs, connectTimeoutMs, signal }: SendLimits,
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
    const connectTimer =
      connectTimeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            if (!exchange.wasSent()) exchange.abort(NO_CONNECTION_IN_TIME);
          }, connectTimeoutMs);
    const unsubscribe = onAbort(signal, () => exchange.abort(NO_RESPONSE_IN_TIME));
    try {
      return await exchange.response;
    } finally {
      clearTimeout(timer);
      clearTimeout(connectTimer);
      unsubscribe();
    }
  } catch (error) {
    return { error, wasSent: wasSent(), timedOut };
  }
}
