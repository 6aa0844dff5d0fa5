// Loaded only if the environment names a proxy.
import connect from 'undici/lib/api/api-connect.js';
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js';
import EnvHttpProxyAgent from 'undici/lib/dispatcher/env-http-proxy-agent.js';
import Pool, { type PoolOptions } from 'undici/lib/dispatcher/pool.js';
import type { ProxySettings } from '../platform/proxy.ts';
import { createFreshFetch } from './fresh-fetch.ts';

// undici gives its dispatchers their methods where the whole package is loaded; a tunnel needs this one.
Object.assign(Dispatcher.prototype, { connect });

/** Node's own limit, which undici would ask Node's HTTP client for. */
const MAX_HEADER_BYTES = 16 * 1024;

const INVALID = 'the address of the proxy is not valid';

/** A dispatcher that sends each request through the proxy that counts for it, or directly. `options` are those of undici's pool. */
export function openProxied(proxies: ProxySettings, options: object = {}): EnvHttpProxyAgent {
  try {
    const clientFactory = (origin: string, given: PoolOptions): object => new Pool(origin, { ...given, maxHeaderSize: MAX_HEADER_BYTES });
    return new EnvHttpProxyAgent({ maxHeaderSize: MAX_HEADER_BYTES, ...options, ...proxies, clientFactory });
  } catch (thrown) {
    throw new TypeError(INVALID, { cause: new Error(INVALID, { cause: thrown }) });
  }
}

/** Node's `fetch` through the proxies, which opens new connections after a pause. */
export function proxiedFetch(proxies: ProxySettings): typeof fetch {
  return createFreshFetch({ isFirstOwn: true, open: async (options) => openProxied(proxies, options) });
}
