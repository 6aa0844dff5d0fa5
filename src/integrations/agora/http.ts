// Loaded on the first call only: undici costs as much time as a third of Node's own start.
import Pool from 'undici/lib/dispatcher/pool.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly signal: AbortSignal;
  /** Called when the request is about to be written: from now on the remote side may have seen it. */
  readonly onSend: () => void;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

export interface HttpPool {
  /** Rejects with undici's or Node's error, or with the signal's reason. */
  readonly send: (request: HttpRequest) => Promise<HttpAnswer>;
  readonly close: () => Promise<void>;
}

/** Unix's own connect timeout is minutes; a healthy API accepts within a second. */
const CONNECT_TIMEOUT_MS = 10_000;
/** A file list of a month-long recording is some 100 KB; anything near this is no answer of Agora's. */
const MOST_RESPONSE_BYTES = 8 * 1024 * 1024;

/** Opens a pool of kept-alive connections to one origin; a connection is made on the first request. */
export function openPool(origin: string): HttpPool {
  // The caller's signal is the only deadline.
  const pool = new Pool(origin, {
    connect: { timeout: CONNECT_TIMEOUT_MS },
    headersTimeout: 0,
    bodyTimeout: 0,
    maxResponseSize: MOST_RESPONSE_BYTES,
  });
  return { send: (request) => sendRequest(pool, request), close: () => pool.destroy() };
}

// undici's own `request` does not tell whether a request that failed was sent; `dispatch` does.
function sendRequest(pool: Pool, { signal, onSend, ...options }: HttpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let status = 0;
    let headers: HttpAnswer['headers'] = {};
    let abortRequest: ((reason: Error) => void) | undefined;
    const onAbort = (): void => {
      abortRequest?.(toError(signal.reason));
      reject(signal.reason);
    };
    const settle = (): void => signal.removeEventListener('abort', onAbort);
    signal.addEventListener('abort', onAbort, { once: true });
    pool.dispatch(options, {
      onRequestStart(controller) {
        // Aborted while the connection was being made.
        if (signal.aborted) return controller.abort(toError(signal.reason));
        abortRequest = (reason) => controller.abort(reason);
        onSend();
      },
      onResponseStart(_controller, answered, fields) {
        status = answered;
        headers = fields;
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk);
      },
      onResponseEnd() {
        settle();
        resolve({ status, headers, text: Buffer.concat(chunks).toString('utf8') });
      },
      onResponseError(_controller, error) {
        settle();
        reject(error);
      },
    });
  });
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
