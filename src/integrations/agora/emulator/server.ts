import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { applyFault } from './apply-fault.ts';
import type { EmulatorClock } from './clock.ts';
import { CONTROL_PATH, type Controlled, handleControlRequest, refuseStrangers, viewState } from './control-api.ts';
import { createFaults, type Faults, KINDS } from './faults.ts';
import { createNotifications, NO_NOTIFICATIONS } from './notifications.ts';
import { type EmulatorOptions, type EmulatorSettings, type RequestLogEntry, readOptions } from './options.ts';
import { PAGE_HEADERS, renderPage } from './page.ts';
import { createRateLimit } from './rate-limit.ts';
import type { RecordingView } from './recording.ts';
import { authenticate, isForm, readBody } from './request.ts';
import { type EmulatorResponse, failure, gatewayFailure, ok, RequestRefused } from './response.ts';
import { findRoute, type Route } from './routes.ts';
import { createSeenRequests } from './seen-requests.ts';
import { createService, type Service } from './service.ts';
import type { EmulatorState } from './state.ts';
import { FAILOVER_SECONDS, SECOND_MS } from './timing.ts';

/** A running emulator. */
export interface Emulator {
  /** `http://host:port`, without a slash at its end. */
  readonly url: string;
  readonly port: number;
  readonly clock: EmulatorClock;
  /** What goes wrong; can be changed at any time. */
  readonly faults: Faults;
  /** Ends at once, open connections included. */
  close(): Promise<void>;
  /** Every recording that was started, in the order of the starts, ended ones included. For tests. */
  recordings(): readonly RecordingView[];
  /** The state with which an emulator can be started again. */
  state(): EmulatorState;
  /** Names of the files that a recording has in its bucket now; undefined where no recording has the sid. */
  files(sid: string): readonly string[] | undefined;
}

type Outcome = Pick<RequestLogEntry, 'status' | 'code' | 'fault'>;

/** Addresses reserved for documentation (RFC 5737). */
const NOTIFICATION_HOSTS = ['192.0.2.10', '192.0.2.11', '198.51.100.7'];

/**
 * Starts an HTTP server that answers as Agora Cloud Recording does, by its own reading of Agora's contract: seven endpoints,
 * Basic authentication, states that move on with the clock.
 * Rejects with an Error that says which option is wrong, or why it cannot listen, and how to fix it.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const settings = readOptions(options);
  const { host, port, clock } = settings;
  const notifications = settings.notify === undefined ? NO_NOTIFICATIONS : createNotifications(settings.notify, clock, settings.speed);
  const service = createService(clock, notifications, settings.resources);
  const faults = createFaults(settings.faults);
  const controlled: Controlled = { faults, service, clock, requests: createSeenRequests() };
  const bound: { address: string } = { address: host };
  const server = createServer(createListener(settings, controlled, bound));
  await listen(server, host, port).catch((thrown: unknown) => {
    notifications.close();
    throw thrown;
  });
  const { address, port: openPort } = server.address() as AddressInfo;
  bound.address = address;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${openPort}`,
    port: openPort,
    clock,
    close: () =>
      new Promise((resolve) => {
        notifications.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
    faults,
    state: () => service.state(),
    recordings: () => service.recordings(),
    files: (sid) => service.files(sid),
  };
}

/** Serves requests and reports each. `bound` is the address of the server, which is known once it listens. */
function createListener(settings: EmulatorSettings, controlled: Controlled, bound: { readonly address: string }) {
  const serveApi = createApi(settings, controlled);
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const started = performance.now();
    const path = readPath(request);
    const outcome = isForPeople(request, path)
      ? await answerPeople({ request, response, path, listensOn: bound.address }, controlled)
      : await serveApi(request, response, path);
    request.resume();
    const entry = { method: request.method ?? '', path, ...outcome, durationMs: Math.round(performance.now() - started) };
    // A page that is open in a browser asks every second.
    if (!isPage(request, path)) settings.onRequest(entry);
    if (!isForPeople(request, path)) controlled.requests.add(entry);
    if (request.method === 'POST' || entry.fault === 'failover') settings.onChange();
  };
}

/** Serves requests of the API, with the latency and the fault that are set for each. */
function createApi(settings: EmulatorSettings, { faults, service }: Controlled) {
  const answer = createAnswer(settings, service);
  return async (request: IncomingMessage, response: ServerResponse, path: string): Promise<Outcome> => {
    const route = findRoute(request.method ?? '', path);
    const sid = route?.parameters.sid ?? '';
    const met = route === undefined ? undefined : faults.pick(route.endpoint, () => service.canFailOver(sid));
    const wait = (): Promise<void> | undefined => {
      const ms = settings.latencyMs + (met?.latencyMs ?? 0);
      return ms > 0 ? delay(ms, undefined, { ref: false }) : undefined;
    };
    const fault = met?.fault;
    if (fault?.kind === 'failover') service.failOver(sid, (fault.seconds ?? FAILOVER_SECONDS) * SECOND_MS);
    if (fault === undefined || fault.kind === 'failover') {
      const answered = await answer(request, route).catch(toAnswer);
      await wait();
      return { ...send(response, answered), ...(fault === undefined ? {} : { fault: fault.kind }) };
    }
    const answered = KINDS[fault.kind].effect === 'after' ? await answer(request, route).catch(toAnswer) : undefined;
    await wait();
    return { status: await applyFault(fault, request, response, answered), fault: fault.kind };
  };
}

// Agora's API has no page. A client that sends credentials gets the answer of the API.
function isPage({ method, headers }: IncomingMessage, path: string): boolean {
  return path === '/' && method === 'GET' && headers.authorization === undefined;
}

function isForPeople(request: IncomingMessage, path: string): boolean {
  return path.startsWith(CONTROL_PATH) || isPage(request, path);
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly path: string;
  readonly listensOn: string;
}

async function answerPeople({ request, response, path, listensOn }: Exchange, controlled: Controlled): Promise<Outcome> {
  const refused = refuseStrangers(request, listensOn);
  if (refused !== undefined) return send(response, refused);
  if (isPage(request, path)) return sendPage(response, renderPage(viewState(controlled)), 200);
  const answered = await handleControlRequest(request, path, controlled).catch(toAnswer);
  if (!isForm(request) || answered.status < 400) return send(response, answered);
  const { message = 'it did not work' } = answered.body as { readonly message?: string };
  return sendPage(response, renderPage({ ...viewState(controlled), problem: message }), answered.status);
}

function sendPage(response: ServerResponse, text: string, status: number): Outcome {
  response.writeHead(status, { ...PAGE_HEADERS, 'content-length': Buffer.byteLength(text) }).end(text);
  return { status };
}

// The order is Agora's gateway's: who calls, what is called, for which app, how often; only then the service sees the body.
function createAnswer({ accounts, ratePerSecond }: EmulatorSettings, service: Service) {
  const isWithinRate = createRateLimit(ratePerSecond);
  return async (request: IncomingMessage, route: Route | undefined): Promise<EmulatorResponse> => {
    const account = authenticate(request.headers.authorization, accounts);
    if (route === undefined) return gatewayFailure(404, 'no Route matched with those values');
    if (route.endpoint === 'ncs') return ok({ data: { service: { hosts: NOTIFICATION_HOSTS.map((primaryIP) => ({ primaryIP })) } } });
    const appId = route.parameters.appid ?? '';
    if (!account.appIds.includes(appId)) return gatewayFailure(400, 'appid is invalid');
    if (route.endpoint === 'acquire' && !isWithinRate(appId)) return gatewayFailure(429, 'API rate limit exceeded');
    const body = route.method === 'POST' ? await readBody(request) : {};
    return service[route.endpoint]({ appId, path: route.parameters, body });
  };
}

// Cut by hand: `new URL` would resolve dot segments and throws at "//".
function readPath({ url = '/' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '/';
}

function toAnswer(thrown: unknown): EmulatorResponse {
  if (thrown instanceof RequestRefused) return thrown.answer;
  return failure(500, 500, 'internal_error');
}

function send(response: ServerResponse, { status, body, location }: EmulatorResponse): Outcome {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'x-request-id': randomUUID(),
    'x-content-type-options': 'nosniff',
    ...(location === undefined ? {} : { location }),
  });
  response.end(text);
  const { code } = body as { readonly code?: number };
  return { status, ...(code === undefined ? {} : { code }) };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', ({ code, message }: NodeJS.ErrnoException) => {
      const place = `port ${port} on ${host}`;
      if (code === 'EADDRINUSE') reject(new Error(`${place} is in use; choose another with --port, or --port 0 for a free one`));
      else if (code === 'EACCES') reject(new Error(`${place} needs more rights; choose a port above 1023 with --port`));
      else if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
        reject(new Error(`${host} is no address of this machine; choose one with --host, such as 127.0.0.1`));
      } else reject(new Error(`cannot listen on ${place}: ${message}`));
    });
    server.listen(port, host, resolve);
  });
}
