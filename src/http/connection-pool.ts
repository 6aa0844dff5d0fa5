// Loaded on the first call only: undici costs as much time as a third of Node's own start.
import buildConnector from 'undici/lib/core/connect.js';
import Pool, { type DispatchController } from 'undici/lib/dispatcher/pool.js';
import { rememberSecret } from '../errors/index.ts';
import { proxiesFor, proxySecrets } from '../platform/proxy.ts';
import { decodeBody, MAX_RESPONSE_BYTES } from './decode-body.ts';
import { delayWasmTierUp } from './wasm-tier-up.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'HEAD';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** A request on its way. */
export interface Exchange {
  /** Rejects with undici's or Node's error, or with the reason of `abort`. */
  readonly response: Promise<HttpResponse>;
  /** Whether a connection existed and the request was about to be written: from then on the remote side may have seen it. */
  readonly wasSent: () => boolean;
  readonly abort: (reason: Error) => void;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Why an encoded body could not be decoded; `text` is empty then. */
  readonly unreadable?: string;
}

type Dispatcher = Pick<Pool, 'dispatch'>;

export interface HttpPool {
  readonly send: (request: HttpRequest) => Exchange;
  readonly close: () => Promise<void>;
}

/** Unix's own connect timeout is minutes; a healthy API accepts within a second. */
const CONNECT_TIMEOUT_MS = 10_000;
/** Node's own limit. Without it undici loads Node's HTTP client to ask for the limit. */
const MAX_HEADER_BYTES = 16 * 1024;

/** Opens a pool of kept-alive connections to one origin. The first request makes the first connection. */
export async function openPool(origin: string): Promise<HttpPool> {
  // The caller's deadline is the only one.
  const options = {
    connect: delayWasmTierUp(buildConnector({ timeout: CONNECT_TIMEOUT_MS })),
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: MAX_RESPONSE_BYTES,
    maxHeaderSize: MAX_HEADER_BYTES,
  };
  const proxies = proxiesFor(origin, process.env);
  if (proxies !== undefined) {
    for (const secret of proxySecrets(proxies)) rememberSecret(secret);
    const { openProxied } = await import('./proxied.ts');
    const agent = openProxied(proxies, options);
    const through: Dispatcher = { dispatch: (request, handler) => agent.dispatch({ ...request, origin }, handler) };
    return { send: (request) => sendRequest(through, request), close: () => agent.destroy() };
  }
  const pool = new Pool(origin, options);
  return { send: (request) => sendRequest(pool, request), close: () => pool.destroy() };
}

// undici's `request` does not report whether a failed request was sent; `dispatch` does.
function sendRequest(pool: Dispatcher, request: HttpRequest): Exchange {
  let sent = false;
  let aborted: Error | undefined;
  let controller: DispatchController | undefined;
  let fail: (reason: Error) => void = () => undefined;
  const response = new Promise<HttpResponse>((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let status = 0;
    let headers: HttpResponse['headers'] = {};
    fail = reject;
    pool.dispatch(request, {
      onRequestStart(started) {
        // Aborted while the connection was being made.
        if (aborted !== undefined) return started.abort(aborted);
        controller = started;
        sent = true;
      },
      onResponseStart(_controller, statusCode, fields) {
        status = statusCode;
        headers = fields;
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk);
      },
      onResponseEnd() {
        const [only] = chunks;
        const body =
          chunks.length === 1 && only !== undefined ? Buffer.from(only.buffer, only.byteOffset, only.length) : Buffer.concat(chunks);
        try {
          const decoded = { status, headers, ...decodeBody(body, headers['content-encoding'], MAX_RESPONSE_BYTES) };
          // undici frees the connection in an immediate that it sets after this; a request sent earlier would open another connection.
          queueMicrotask(() => setImmediate(resolve, decoded));
        } catch (thrown) {
          reject(thrown);
        }
      },
      onResponseError(_controller, error) {
        reject(error);
      },
    });
  });
  return {
    response,
    wasSent: () => sent,
    abort(reason) {
      aborted = reason;
      controller?.abort(reason);
      fail(reason);
    },
  };
}
