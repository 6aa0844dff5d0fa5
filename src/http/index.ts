export type { Exchange, HttpPool, HttpRequest, HttpResponse } from './connection-pool.ts';
export { ACCEPTED_ENCODINGS } from './decode-body.ts';
export { createFreshFetch, directFetch, MAX_IDLE_MS } from './fresh-fetch.ts';
export { createPools, type HttpPools } from './pools.ts';
export { createRateLimiter, type Pause, type RateLimiter } from './rate-limiter.ts';
export { type Attempt, type AttemptFailure, type AttemptResult, type RetryClock, type RetryDelays, sendWithRetries } from './retry.ts';
export { sendWithin } from './send.ts';
export { diagnoseTransportError, type TransportError } from './transport-errors.ts';

/** Loads the pool, and undici with it. */
export const importConnectionPool = (): Promise<typeof import('./connection-pool.ts')> => import('./connection-pool.ts');

/** Loads what sends requests through a proxy, and undici with it. */
export const importProxied = (): Promise<typeof import('./proxied.ts')> => import('./proxied.ts');
