export type { Exchange, HttpPool, HttpRequest, HttpResponse } from './connection-pool.ts';
export { ACCEPTED_ENCODINGS, TOO_LARGE } from './decode-body.ts';
export { createRateLimiter, type Pause } from './rate-limiter.ts';

/** Loads the pool, and undici with it. */
export const importConnectionPool = (): Promise<typeof import('./connection-pool.ts')> => import('./connection-pool.ts');

/** Loads what sends requests through a proxy, and undici with it. */
export const importProxied = (): Promise<typeof import('./proxied.ts')> => import('./proxied.ts');
