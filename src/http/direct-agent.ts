// Loaded only after a pause: undici takes time to load.
import Agent from 'undici/lib/dispatcher/agent.js';

/** Node's own limit, which undici would ask Node's HTTP client for. */
const MAX_HEADER_BYTES = 16 * 1024;

/** A pool of connections without a proxy. `options` are those of undici's pool. */
export function openDirect(options: object): Agent {
  return new Agent({ maxHeaderSize: MAX_HEADER_BYTES, ...options });
}
