import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isObject, type JsonValue, parseJsonExactly } from '../../../json/index.ts';
import { CLOUD_RECORDING, EVENT_NAMES } from './events.ts';

/** One notification: Agora's own fields, and in `event` the name of its `eventType`, null for one that is not known. */
export interface Notification {
  readonly event: string | null;
  readonly eventType: number;
  readonly payload: Readonly<Record<string, JsonValue>>;
  readonly [field: string]: JsonValue;
}

/** Numbers of requests, by their result. */
export interface NotificationCounts {
  received: number;
  duplicates: number;
  /** A signature was missing or wrong. */
  badSignatures: number;
  /** Too large, or signed but not a notification, or not written. */
  refused: number;
}

export interface NotificationReceiver {
  readonly url: string;
  readonly counts: Readonly<NotificationCounts>;
  readonly close: () => Promise<void>;
}

export interface ReceiverOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** The notification secret of the project, from the Agora console. */
  readonly secret: string;
  /** Resolves to `true` if the notification is kept. Otherwise the response makes Agora send it again. */
  readonly onNotification: (notification: Notification) => Promise<boolean>;
  /** Called with why a request was refused. */
  readonly onRefused: (reason: string) => void;
}

const SIGNATURES = [
  ['agora-signature', 'sha1'],
  ['agora-signature-v2', 'sha256'],
] as const;

/** A notification lists files; the longest seen have some kilobytes. */
const MAX_BODY_BYTES = 1024 * 1024;

/** Agora waits 10 s for a response (ncs), so a request that takes longer is not Agora's. */
const REQUEST_MS = 10_000;

/** Notifications that are remembered, to find repeated ones. */
const MAX_REMEMBERED = 10_000;

/**
 * Starts an HTTP server for Agora's notifications. A request needs both signatures of its bytes, or it is refused with 401. A repeated
 * notification (same `sid`, `sequence` and `eventType`) gets 200 and is not reported again; a new one gets 200 once it is kept. Throws
 * if the server cannot listen.
 */
export async function startReceiver({ host, port, secret, onNotification, onRefused }: ReceiverOptions): Promise<NotificationReceiver> {
  const counts: NotificationCounts = { received: 0, duplicates: 0, badSignatures: 0, refused: 0 };
  const seen = new Set<string>();

  const receive = async (request: IncomingMessage): Promise<number> => {
    const refuse = (status: number, reason: string): number => {
      if (status === 401) counts.badSignatures++;
      else counts.refused++;
      onRefused(reason);
      return status;
    };
    if (request.method !== 'POST') return refuse(405, `${request.method} instead of POST`);
    const body = await readBody(request);
    if (body === undefined) return refuse(413, `a body of more than ${MAX_BODY_BYTES} bytes`);
    if (!isSigned(request, body, secret)) return refuse(401, 'a signature is missing or wrong');
    const notification = readNotification(body);
    if (notification === undefined) return refuse(400, 'signed, but no notification: an object with eventType and payload was expected');
    const key = keyOf(notification);
    if (seen.has(key)) {
      counts.duplicates++;
      return 200;
    }
    remember(key);
    if (!(await onNotification(notification))) {
      seen.delete(key);
      return refuse(503, 'the notification could not be written');
    }
    counts.received++;
    return 200;
  };

  const remember = (key: string): void => {
    seen.add(key);
    if (seen.size <= MAX_REMEMBERED) return;
    const [oldest = ''] = seen;
    seen.delete(oldest);
  };

  const server = createServer(
    { requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS, connectionsCheckingInterval: 1000 },
    (request, response) => {
      receive(request).then(
        (status) => answer(response, status),
        // The sender went away in the middle.
        () => response.destroy(),
      );
    },
  );
  server.listen(port, host);
  await once(server, 'listening');
  const { address, family, port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${family === 'IPv6' ? `[${address}]` : address}:${taken}`,
    counts,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function answer(response: ServerResponse, status: number): void {
  const body = JSON.stringify({ accepted: status === 200 });
  // After a refusal nothing more is read from this connection.
  response.writeHead(status, { 'content-type': 'application/json', ...(status === 200 ? {} : { connection: 'close' }) }).end(body);
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

// Both are always computed and compared, so that the time tells nothing.
function isSigned({ headers }: IncomingMessage, body: Buffer, secret: string): boolean {
  const results = SIGNATURES.map(([header, algorithm]) => {
    const expected = createHmac(algorithm, secret).update(body).digest();
    const given = Buffer.from(String(headers[header] ?? ''), 'hex');
    const fits = given.length === expected.length;
    return timingSafeEqual(fits ? given : Buffer.alloc(expected.length), expected) && fits;
  });
  return results.every(Boolean);
}

// Agora says `sid` and `sequence` (ncs). The number of the event beside them loses nothing if a sequence is ever used twice.
function keyOf({ noticeId, eventType, payload: { sid, sequence } }: Notification): string {
  return JSON.stringify(sid === undefined || sequence === undefined ? [noticeId] : [sid, sequence, eventType]);
}

function readNotification(body: Buffer): Notification | undefined {
  let value: JsonValue;
  try {
    value = parseJsonExactly(body.toString('utf8'));
  } catch {
    return undefined;
  }
  if (!isObject(value) || typeof value.eventType !== 'number' || !isObject(value.payload)) return undefined;
  const name = value.productId === CLOUD_RECORDING ? EVENT_NAMES[value.eventType] : undefined;
  return { event: name ?? null, ...value, eventType: value.eventType, payload: value.payload };
}
