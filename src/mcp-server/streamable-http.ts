import { timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  createMcpHandler,
  hostHeaderValidationResponse,
  isLegacyRequest,
  localhostAllowedHostnames,
  localhostAllowedOrigins,
  originValidationResponse,
} from '@modelcontextprotocol/server';
import type { Gateway } from './gateway.ts';
import { createMcpServer } from './server.ts';
import { createSessions } from './sessions.ts';

export interface HttpOptions {
  readonly host: string;
  /** 0 is a free one. */
  readonly port: number;
  /** What clients must present as `Authorization: Bearer …`; undefined only if no other machine can connect. */
  readonly token: string | undefined;
}

export interface HttpGateway {
  /** Where clients connect: `http://127.0.0.1:8080/mcp`. */
  readonly url: string;
  readonly close: () => Promise<void>;
}

const PATH = '/mcp';

/** Serves a gateway over Streamable HTTP. Rejects with what `listen` says, for example `EADDRINUSE`. */
export async function serveOverHttp(
  gateway: Gateway,
  { host, port, token }: HttpOptions,
  note: (line: string) => void,
): Promise<HttpGateway> {
  const onerror = ({ message }: Error): void => note(`mcp: ${message}`);
  const handler = createMcpHandler(() => createMcpServer(gateway), { legacy: 'reject', onerror });
  const sessions = createSessions(() => Object.assign(createMcpServer(gateway), { onerror }));
  const endToolEvents = gateway.onToolsChanged(() => handler.notify.toolsChanged());
  const endServerEvents = gateway.onServerEvent((event) => {
    if (event.kind === 'promptsChanged' || event.kind === 'resourcesChanged') handler.notify[event.kind]();
    if (event.kind === 'resourceUpdated') handler.notify.resourceUpdated(event.uri);
  });
  // A page in a browser can reach a loopback address, also under another name.
  const hostnames = token === undefined ? localhostAllowedHostnames() : undefined;
  const answer: Answer = async (request, answered) => {
    const refused =
      (hostnames === undefined ? undefined : hostHeaderValidationResponse(request, hostnames)) ??
      originValidationResponse(request, localhostAllowedOrigins());
    if (refused !== undefined) return refused;
    if (token !== undefined && !isBearer(request.headers.get('authorization'), token))
      return new Response('a bearer token is required\n', { status: 401, headers: { 'www-authenticate': 'Bearer' } });
    if (new URL(request.url).pathname !== PATH) return new Response(`the gateway is at ${PATH}\n`, { status: 404 });
    return (await isLegacyRequest(request)) ? sessions.fetch(request, answered) : handler.fetch(request);
  };
  const server = createServer((request, response) => {
    respond(request, response, answer).catch((thrown: unknown) => {
      note(`http: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
      response.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}${PATH}`,
    async close() {
      endToolEvents();
      endServerEvents();
      await Promise.all([handler.close(), sessions.close()]);
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** `answered` settles when the answer has gone out, or the client has. */
type Answer = (request: Request, answered: Promise<void>) => Promise<Response>;

async function respond(incoming: IncomingMessage, outgoing: ServerResponse, answer: Answer): Promise<void> {
  const gone = new AbortController();
  const answered = new Promise<void>((resolve) => {
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) gone.abort();
      resolve();
    });
  });
  const request = toRequest(incoming, gone.signal);
  const { status, headers, body } =
    request === undefined ? new Response('this is no request\n', { status: 400 }) : await answer(request, answered);
  // Whether the connection stays open is Node's to say.
  headers.delete('connection');
  outgoing.writeHead(status, Object.fromEntries(headers));
  if (body === null) {
    outgoing.end();
    return;
  }
  // Events may come late, and clients and proxies do not wait for headers that long.
  outgoing.flushHeaders();
  try {
    await pipeline(Readable.fromWeb(body as never), outgoing);
  } catch (thrown) {
    // A client that has seen enough is no fault.
    if (!gone.signal.aborted) throw thrown;
  }
}

// Undefined for an impossible host or path, or an impossible method.
function toRequest(incoming: IncomingMessage, signal: AbortSignal): Request | undefined {
  const { method = 'GET', headers, url = '/' } = incoming;
  const hasBody = method !== 'GET' && method !== 'HEAD';
  const flat = Object.entries(headers).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
  );
  try {
    return new Request(new URL(url, `http://${headers.host ?? 'localhost'}`), {
      method,
      headers: flat,
      signal,
      ...(hasBody ? { body: Readable.toWeb(incoming) as never, duplex: 'half' } : {}),
    } as RequestInit);
  } catch {
    return undefined;
  }
}

function isBearer(header: string | null, token: string): boolean {
  const given = Buffer.from(/^Bearer +(.+)$/i.exec(header ?? '')?.[1] ?? '');
  const wanted = Buffer.from(token);
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
