import { createHmac } from 'node:crypto';
import { KosmoError } from '../../../errors/index.ts';

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
/** Agora waits this long for a response (ncs). */
const RESPONSE_MS = 10_000;
const MAX_SHOWN_CHARACTERS = 2000;

/** The response of an endpoint to a notification. */
export interface Delivery {
  readonly status: number;
  /** The beginning of the body. */
  readonly response: string;
  /** Whether Agora would count it as received: 200 with JSON. */
  readonly accepted: boolean;
  readonly durationMs: number;
}

/** Reads the address of one's own endpoint. Throws `USAGE` unless it is https, or http on a loopback address. */
export function readEndpoint(text: unknown): URL {
  if (typeof text !== 'string') throw new KosmoError('USAGE', 'send needs --url <address>: where your endpoint is');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOpen = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.test(url.hostname));
  if (url !== undefined && isOpen && url.username === '' && url.password === '') return url;
  throw new KosmoError('USAGE', '--url must be an https address without a password; only a loopback address may use http', {
    hint: 'Agora calls https addresses only',
  });
}

/** Posts a notification, signed in both headers as Agora does. Throws `CONNECTION_LOST` if no response comes within 10 s. */
export async function sendNotification(url: URL, notification: object, secret: string, stopped: AbortSignal): Promise<Delivery> {
  const body = JSON.stringify(notification);
  const sign = (algorithm: string): string => createHmac(algorithm, secret).update(body).digest('hex');
  const started = performance.now();
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json;charset=utf-8',
        'agora-signature': sign('sha1'),
        'agora-signature-v2': sign('sha256'),
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([stopped, AbortSignal.timeout(RESPONSE_MS)]),
    });
    const text = await response.text();
    return {
      status: response.status,
      response: text.slice(0, MAX_SHOWN_CHARACTERS),
      accepted: response.status === 200 && isJson(text),
      durationMs: Math.round(performance.now() - started),
    };
  } catch (thrown) {
    if (stopped.aborted) throw thrown;
    const { name, cause, message } = thrown as Error & { readonly cause?: { readonly message?: string } };
    const why = name === 'TimeoutError' ? `no response within ${RESPONSE_MS / 1000} s` : (cause?.message ?? message);
    throw new KosmoError('CONNECTION_LOST', `The endpoint ${url.origin} did not answer: ${why}.`, {
      hint: 'Agora would send the notification again, three more times at most',
    });
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
