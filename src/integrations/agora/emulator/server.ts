import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Answer, AnswerError, failure, gatewayFailure, ok } from './answer.ts';
import { isFields } from './checks.ts';
import { createScaledClock, type EmulatorClock } from './clock.ts';
import { createRateLimit } from './rate-limit.ts';
import { findRoute, type Route } from './routes.ts';
import { createService } from './service.ts';

export interface EmulatorAccount {
  readonly customerId: string;
  readonly customerSecret: string;
  readonly appIds: readonly string[];
}

export const DEFAULT_ACCOUNT: EmulatorAccount = {
  customerId: 'emulator-customer',
  customerSecret: 'emulator-secret',
  appIds: ['emulator-app'],
};

/** One request as a log shows it: nothing of its headers and body, which hold secrets. */
export interface RequestLogEntry {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly durationMs: number;
}

export interface EmulatorOptions {
  /** @default '127.0.0.1' */
  readonly host?: string;
  /** 0 takes a free port. @default 0 */
  readonly port?: number;
  /** Emulated seconds a real second. @default 1 */
  readonly speed?: number;
  /** Replaces `speed`. */
  readonly clock?: EmulatorClock;
  /** @default [DEFAULT_ACCOUNT] */
  readonly accounts?: readonly EmulatorAccount[];
  /** Acquires a real second and app that are answered; more get 429. @default 10, Agora's own quota */
  readonly ratePerSecond?: number;
  /** Real milliseconds before each answer. @default 0 */
  readonly latencyMs?: number;
  readonly onRequest?: (entry: RequestLogEntry) => void;
}

export interface Emulator {
  readonly url: string;
  readonly port: number;
  /** Ends at once, open connections included. */
  readonly close: () => Promise<void>;
}

const MOST_BODY_BYTES = 1024 * 1024;
/** Addresses reserved for documentation (RFC 5737). */
const NOTIFICATION_HOSTS = ['192.0.2.10', '192.0.2.11', '198.51.100.7'];

/**
 * Starts an HTTP server that answers as Agora Cloud Recording does, from an own reading of its contract.
 * Rejects with a sentence where it cannot listen.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { host = '127.0.0.1', port = 0, speed = 1, clock = createScaledClock(speed), accounts = [DEFAULT_ACCOUNT] } = options;
  const { ratePerSecond = 10, latencyMs = 0, onRequest } = options;
  const service = createService(clock);
  const isWithinRate = createRateLimit(ratePerSecond);

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const account = authenticate(request.headers.authorization, accounts);
    const { pathname } = new URL(request.url ?? '/', 'http://emulator');
    const route = findRoute(request.method ?? '', pathname);
    if (route === undefined) return gatewayFailure(404, 'no Route matched with those values');
    if (route.endpoint === 'notificationIps')
      return ok({ data: { service: { hosts: NOTIFICATION_HOSTS.map((primaryIP) => ({ primaryIP })) } } });
    const appId = route.parameters.appid ?? '';
    if (!account.appIds.includes(appId)) return gatewayFailure(400, 'appid is invalid');
    if (route.endpoint === 'acquire' && !isWithinRate(appId)) return gatewayFailure(429, 'API rate limit exceeded');
    return service[route.endpoint]({ appId, path: route.parameters, body: await readBody(request, route) });
  };

  const server = createServer(async (request, response) => {
    const started = performance.now();
    const { status, body } = await answer(request).catch(toAnswer);
    request.resume();
    if (latencyMs > 0) await delay(latencyMs);
    send(response, status, body);
    onRequest?.({ method: request.method ?? '', path: request.url ?? '', status, durationMs: Math.round(performance.now() - started) });
  });
  await listen(server, host, port);
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    port: taken,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function toAnswer(thrown: unknown): Answer {
  if (thrown instanceof AnswerError) return thrown.answer;
  return failure(500, 500, 'internal_error');
}

function authenticate(header: string | undefined, accounts: readonly EmulatorAccount[]): EmulatorAccount {
  if (header === undefined) throw new AnswerError(gatewayFailure(401, 'Unauthorized'));
  const given = header.startsWith('Basic ') ? Buffer.from(header.slice(6), 'base64').toString('utf8') : '';
  const account = accounts.find(({ customerId, customerSecret }) => given === `${customerId}:${customerSecret}`);
  if (account === undefined) throw new AnswerError(gatewayFailure(401, 'Invalid authentication credentials'));
  return account;
}

async function readBody(request: IncomingMessage, { method }: Route): Promise<Readonly<Record<string, unknown>>> {
  if (method === 'GET') return {};
  if (!/^application\/json\b/i.test(request.headers['content-type'] ?? '')) {
    throw new AnswerError(failure(400, 8, 'Content-Type must be application/json;charset=utf-8'));
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MOST_BODY_BYTES) throw new AnswerError(failure(400, 8, 'the body is too large'));
    chunks.push(chunk);
  }
  const body = parse(Buffer.concat(chunks).toString('utf8'));
  if (!isFields(body)) throw new AnswerError(failure(400, 8, 'the body is not a JSON object'));
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'x-request-id': randomUUID(),
  });
  response.end(text);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const place = `port ${port} on ${host}`;
      if (code === 'EADDRINUSE') reject(new Error(`${place} is in use; choose another with --port, or --port 0 for a free one`));
      else if (code === 'EACCES') reject(new Error(`${place} needs more rights; choose a port above 1023 with --port`));
      else reject(new Error(`cannot listen on ${place}: ${message}`));
    });
    server.listen(port, host, resolve);
  });
}
