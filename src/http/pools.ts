import type { HttpPool } from './connection-pool.ts';

/** The connection pools of one client, one for each origin. */
export interface HttpPools {
  /** Opens the pool of an origin at first use. A pool that could not be opened is opened again at the next use. */
  readonly open: (origin: string) => Promise<HttpPool>;
  readonly close: () => Promise<void>;
}

/** Creates the pools, and loads undici with the first of them. `resolve` may lead an origin to another one. */
export function createPools(resolve: (origin: string) => string | Promise<string>): HttpPools {
  const pools = new Map<string, Promise<HttpPool>>();
  return {
    open(origin) {
      const existing = pools.get(origin);
      if (existing !== undefined) return existing;
      const opening = import('./connection-pool.ts').then(async ({ openPool }) => openPool(await resolve(origin)));
      pools.set(origin, opening);
      opening.catch(() => pools.delete(origin));
      return opening;
    },
    async close() {
      const opened = await Promise.allSettled(pools.values());
      await Promise.all(opened.map((pool) => (pool.status === 'fulfilled' ? pool.value.close() : undefined)));
    },
  };
}
