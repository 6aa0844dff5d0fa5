import { monotonicNow } from '../platform/clock.ts';

/** A pool of connections, as `fetch` takes it. */
export interface FetchDispatcher {
  close(): Promise<void>;
}

/** Servers close connections that are idle: some after 2 s, many after 5 s, without saying so. */
export const MAX_IDLE_MS = 1500;

export interface FreshFetchOptions {
  /** Opens a pool. `options` are those of undici. */
  readonly open: (options: object) => Promise<FetchDispatcher>;
  /** Whether the first request uses such a pool, too, and not Node's own. @default false */
  readonly isFirstOwn?: boolean;
  readonly now?: () => number;
}

/**
 * Node's `fetch`, which opens new connections after a pause. A server may close an idle connection just as a request arrives: then it is not
 * known whether the request was carried out, so it cannot be repeated.
 */
export function createFreshFetch({ open, isFirstOwn = false, now = monotonicNow }: FreshFetchOptions): typeof fetch {
  let dispatcher: Promise<FetchDispatcher> | undefined;
  let usedAt = isFirstOwn ? Number.NEGATIVE_INFINITY : now();
  return async (input, init) => {
    const isPause = now() - usedAt > MAX_IDLE_MS;
    usedAt = now();
    if (isPause) {
      const before = dispatcher;
      dispatcher = open({ keepAliveTimeout: MAX_IDLE_MS, keepAliveMaxTimeout: MAX_IDLE_MS });
      // It ends when its requests have.
      void before?.then((old) => old.close()).catch(() => undefined);
    }
    try {
      return await fetch(input, dispatcher === undefined ? init : ({ ...init, dispatcher: await dispatcher } as RequestInit));
    } finally {
      usedAt = now();
    }
  };
}

/** Node's `fetch` without a proxy, which opens new connections after a pause. */
export function directFetch(): typeof fetch {
  return createFreshFetch({ open: async (options) => (await import('./direct-agent.ts')).openDirect(options) });
}
