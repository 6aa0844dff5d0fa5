import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createScriptedEngine, type ScriptedReply } from '../fixtures/mcp/scripted-engine.mjs';

const STDIO = fileURLToPath(new URL('../fixtures/mcp/scripted-server.mjs', import.meta.url));

/** What a server does with one request. Without `result`, `error`, `message` or `body` it answers as an ordinary server would. */
export interface ScriptedStep {
  readonly result?: unknown;
  readonly error?: unknown;
  /** The whole message instead, or any other JSON value. One with `jsonrpc` gets the id of the request. */
  readonly message?: unknown;
  /** The body over HTTP, the line over stdio, as it is. */
  readonly body?: string;
  /** The HTTP status. @default 200 */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds before the answer. */
  readonly delay?: number;
  /** Never answers. */
  readonly silent?: boolean;
  /** Ends the process with this code (stdio). */
  readonly exit?: number;
  /** Notifications that are sent before the answer. */
  readonly notify?: readonly object[];
  /** Requests to the client, such as `elicitation/create`. Without a `result` the tool answers with the list of what it got. */
  readonly ask?: readonly object[];
}

export interface ScriptedServerScript {
  /** `2026-07-28` has no `initialize`, `2025-11-25` no `server/discover`. @default '2025-11-25' */
  readonly revision?: '2025-11-25' | '2026-07-28' | 'both';
  /** By method, or by method and tool (`tools/call a`), prompt or URI. A list gives a step to each request, the last to all others. */
  readonly methods?: Readonly<Record<string, ScriptedStep | readonly ScriptedStep[]>>;
  /** HTTP: `initialize` begins a session, and requests of other sessions get 404. @default false */
  readonly session?: boolean;
}

/** The entry of a scripted server over stdio, for `mcp.json`. */
export function scriptedServer(script: ScriptedServerScript = {}, more: object = {}, log?: string): Record<string, unknown> {
  const words = log === undefined ? [] : [`--log=${log}`];
  return { command: process.execPath, args: [STDIO, JSON.stringify(script), ...words], timeout: 8, ...more };
}

interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface ScriptedHttpServer {
  readonly url: string;
  /** Every message that it got, in order. */
  readonly seen: { readonly message: Message; readonly headers: IncomingHttpHeaders; readonly body: string }[];
  /** The methods of `seen`. */
  readonly methods: () => readonly string[];
  /** Answers as another script says from now on. */
  readonly use: (script: ScriptedServerScript) => void;
  /** The session is unknown from now on. */
  readonly forgetSession: () => void;
  /** Sends a notification on every stream that a client keeps open (GET, `subscriptions/listen`). */
  readonly notify: (notification: object) => void;
  readonly close: () => Promise<void>;
}

/** A scripted server over Streamable HTTP in the process of the test, on a free loopback port. */
export async function startScriptedServer(script: ScriptedServerScript = {}): Promise<ScriptedHttpServer> {
  const seen: ScriptedHttpServer['seen'] = [];
  const streams = new Map<ServerResponse, object>();
  const asked = new Map<string, (response: unknown) => void>();
  let answer = createScriptedEngine(script);
  let current = script;
  let session: string | undefined;
  let sessions = 0;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'DELETE') return void response.writeHead(200).end();
    if (request.method === 'GET') return keepOpen(response, {});
    const body = await readBody(request);
    const message = JSON.parse(body) as Message;
    seen.push({ message, headers: request.headers, body });
    const isStray = current.session === true && message.method !== 'initialize' && request.headers['mcp-session-id'] !== session;
    if (isStray) return sendJson(response, 404, { jsonrpc: '2.0', id: message.id, error: { code: -32001, message: 'Session not found' } });
    if (message.method === undefined) asked.get(String(message.id))?.(message);
    if (message.id === undefined || message.method === undefined) return void response.writeHead(202).end();
    if (message.method === 'subscriptions/listen') return listen(message, response);
    const reply = await answer(message, ask(response));
    if (message.method === 'initialize' && current.session === true) {
      session = `session-${++sessions}`;
      response.setHeader('mcp-session-id', session);
    }
    sendReply(response, reply);
  };

  const ask = (response: ServerResponse) => (question: object) => {
    const id = `asked-${asked.size + 1}`;
    writeEvent(response, { jsonrpc: '2.0', id, ...question });
    return new Promise<unknown>((resolve) => asked.set(id, resolve));
  };

  const keepOpen = (response: ServerResponse, meta: object): void => {
    openStream(response);
    streams.set(response, meta);
    response.on('close', () => streams.delete(response));
  };

  const listen = ({ id, params }: Message, response: ServerResponse): void => {
    const meta = { 'io.modelcontextprotocol/subscriptionId': id };
    keepOpen(response, meta);
    const { notifications } = params as { readonly notifications?: object };
    writeEvent(response, { jsonrpc: '2.0', method: 'notifications/subscriptions/acknowledged', params: { notifications, _meta: meta } });
  };

  const http = createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    seen,
    methods: () => seen.flatMap(({ message: { method } }) => method ?? []),
    use(other) {
      current = other;
      answer = createScriptedEngine(other);
    },
    forgetSession() {
      session = undefined;
    },
    notify(notification) {
      for (const [response, meta] of streams) writeEvent(response, { jsonrpc: '2.0', params: { _meta: meta }, ...notification });
    },
    close() {
      http.closeAllConnections();
      return new Promise((resolve) => http.close(() => resolve()));
    },
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  return body;
}

function sendReply(response: ServerResponse, { message, notify, status = 200, headers, body, silent }: ScriptedReply): void {
  if (silent === true) return;
  if (body !== undefined) return void response.writeHead(status, { 'content-type': 'text/plain', ...headers }).end(body);
  for (const notification of notify) writeEvent(response, { jsonrpc: '2.0', ...notification });
  if (response.headersSent) {
    writeEvent(response, message);
    response.end();
  } else sendJson(response, status, message, headers);
}

function sendJson(response: ServerResponse, status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

function openStream(response: ServerResponse): void {
  if (!response.headersSent) response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
}

function writeEvent(response: ServerResponse, message: unknown): void {
  openStream(response);
  response.write(`event: message\ndata: ${JSON.stringify(message)}\n\n`);
}
