// Loaded on the first call only: undici costs as much time as a third of Node's own start.
import buildConnector, { type Connector } from 'undici/lib/core/connect.js';
import Pool, { type DispatchController } from 'undici/lib/dispatcher/pool.js';
import { rememberSecret } from '../errors/index.ts';
import { proxiesFor, proxySecrets } from '../platform/proxy.ts';
import { decodeBody } from './decode-body.ts';

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
  /** Whether the request was about to be written: from then on the remote side may have seen it. */
  readonly wasSent: () => boolean;
  readonly abort: (reason: Error) => void;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  /** Why the body could not be read, where it came in an encoding; `text` is empty then. */
  readonly unreadable?: string;
}

type Dispatcher = Pick<Pool, 'dispatch'>;

export interface HttpPool {
  readonly send: (request: HttpRequest) => Exchange;
  readonly close: () => Promise<void>;
}

/** Unix's own connect timeout is minutes; a healthy API accepts within a second. */
const CONNECT_TIMEOUT_MS = 10_000;
/** A file list of a month-long recording is some 100 KB; anything near this is no answer of Agora's. */
const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;
/** Node's own limit, which undici would ask Node's HTTP client for. */
const MAX_HEADER_BYTES = 16 * 1024;

/** Opens a pool of kept-alive connections to one origin; a connection is made on the first request. */
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

/** How much WebAssembly runs before V8 optimizes it, by the line of Node: nothing tells it. */
const TIER_UP_BUDGETS: Readonly<Record<string, number>> = { 20: 1_800_000, 22: 13_000_000, 24: 13_000_000 };
/** Some hundred answers. */
const MAX_TIER_UP_BUDGET = 2 ** 31 - 1;

// V8 would optimize undici's parser after two answers, on a thread that takes 0.1 s or more for it, and Node cannot exit before. undici
// compiles its parser when its first connection is there; what else this process has of WebAssembly keeps V8's own budget.
function delayWasmTierUp(connect: Connector): Connector {
  const usual = TIER_UP_BUDGETS[process.versions.node.split('.')[0] ?? ''];
  if (usual === undefined) return connect;
  const setBudget = (bytes: number): void => process.getBuiltinModule('node:v8').setFlagsFromString(`--wasm-tiering-budget=${bytes}`);
  return (options, connected) =>
    connect(options, (error, socket) => {
      setBudget(MAX_TIER_UP_BUDGET);
      try {
        connected(error, socket);
      } finally {
        setBudget(usual);
      }
    });
}

// undici's own `request` does not tell whether a request that failed was sent; `dispatch` does.
function sendRequest(pool: Dispatcher, request: HttpRequest): Exchange {
  let sent = false;
  let aborted: Error | undefined;
  let controller: DispatchController | undefined;
  let fail: (reason: Error) => void = () => undefined;
  const answer = new Promise<HttpResponse>((resolve, reject) => {
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
      onResponseStart(_controller, answered, fields) {
        status = answered;
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
          const answer = { status, headers, ...decodeBody(body, headers['content-encoding'], MAX_RESPONSE_BYTES) };
          // undici frees the connection in an immediate that it sets after this; a call made earlier would open another one.
          queueMicrotask(() => setImmediate(resolve, answer));
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
    response: answer,
    wasSent: () => sent,
    abort(reason) {
      aborted = reason;
      controller?.abort(reason);
      fail(reason);
    },
  };
}
