import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong on the way to the server behind. */
export type Fault = 'reset' | 'hang' | 'status 500' | 'status 503' | 'status 429' | 'HTML page' | 'truncated JSON' | 'slow body';

export interface FaultPlan {
  readonly fault: Fault;
  /** Whether the server behind still gets the request, and acts on it. */
  readonly effect: 'before' | 'after';
  /** The last part of the paths that it is for. */
  readonly action: string;
  /** How many requests it is for. */
  count: number;
}

export interface FaultProxy {
  readonly url: string;
  plan: FaultPlan | undefined;
  readonly close: () => Promise<void>;
}

/** A real server in front of another: it passes requests on, save those that the plan is for. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const http = createServer(async (request, response) => {
    const { plan } = proxy;
    const isMeant = plan !== undefined && plan.count > 0 && request.url?.split('/').at(-1) === plan.action;
    if (isMeant) plan.count--;
    const answered = isMeant && plan.effect === 'before' ? undefined : await passOn(request, target);
    if (isMeant) misbehave(plan.fault, request, response, answered?.body ?? '{"ok":true}');
    else response.writeHead(answered?.status ?? 500, { 'content-type': 'application/json' }).end(answered?.body);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    plan: undefined,
    close() {
      http.closeAllConnections();
      return new Promise((resolve) => http.close(() => resolve()));
    },
  };
  return proxy;
}

async function passOn(request: IncomingMessage, target: string): Promise<{ status: number; body: string }> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += chunk;
  const headers = { authorization: request.headers.authorization ?? '', 'content-type': request.headers['content-type'] ?? '' };
  const method = request.method ?? 'GET';
  const answer = await fetch(target + request.url, { method, headers, ...(method === 'GET' ? {} : { body }) });
  return { status: answer.status, body: await answer.text() };
}

function misbehave(fault: Fault, request: IncomingMessage, response: ServerResponse, body: string): void {
  switch (fault) {
    case 'reset':
      request.socket.resetAndDestroy();
      break;
    case 'hang':
      break;
    case 'HTML page':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html><h1>Welcome to nginx</h1></html>');
      break;
    case 'truncated JSON':
      response.writeHead(200, { 'content-type': 'application/json' }).end(body.slice(0, -3));
      break;
    case 'slow body':
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(body.slice(0, 2));
      setTimeout(() => response.end(body.slice(2)), 50);
      break;
    default:
      response.writeHead(Number(fault.slice('status '.length)), { 'content-type': 'application/json' }).end('{"message":"a fault"}');
  }
}
