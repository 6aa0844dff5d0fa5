import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach } from 'vitest';
import { agora } from '../../src/integrations/agora/index.ts';

export interface SeenRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export type Responder = (request: IncomingMessage, response: ServerResponse, body: string) => void;

export interface RecordingServer {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** What the next requests are answered with. */
  respond: Responder;
  readonly close: () => Promise<void>;
}

export const answer =
  (status: number, body: unknown, headers: Record<string, string> = {}): Responder =>
  (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  };

/** What any endpoint is documented to have in a success. */
export const DOCUMENTED = { resourceId: 'R', sid: 'S', serverResponse: { status: 5 }, data: { service: { hosts: [] } } };

/** A real server on a free loopback port that remembers what it is asked. */
export async function startRecordingServer(): Promise<RecordingServer> {
  const seen: SeenRequest[] = [];
  const http = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    seen.push({ method: request.method, url: request.url, headers: request.headers, body });
    server.respond(request, response, body);
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const server: RecordingServer = {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
    seen,
    respond: answer(200, DOCUMENTED),
    close: () => {
      http.closeAllConnections();
      return new Promise((resolve) => http.close(() => resolve()));
    },
  };
  return server;
}

/** The same for all tests of a file: it forgets between them what it was asked, and answers with a resource. */
export function useRecordingServer(): { readonly server: RecordingServer; readonly env: Readonly<Record<string, string>> } {
  let server: RecordingServer;
  beforeAll(async () => {
    server = await startRecordingServer();
  });
  afterAll(() => server.close());
  beforeEach(() => {
    server.seen.length = 0;
    server.respond = (request, ...rest) => {
      const isAcquire = request.url?.endsWith('/acquire') ?? false;
      answer(200, isAcquire ? { resourceId: 'R1' } : { ...DOCUMENTED, resourceId: 'R1' })(request, ...rest);
    };
  });
  return {
    get server() {
      return server;
    },
    get env() {
      return { AGORA_CUSTOMER_ID: 'cid', AGORA_CUSTOMER_SECRET: 'csec-S3CRET', AGORA_APP_ID: 'app1', AGORA_URL: server.url };
    },
  };
}

export const CREDENTIALS = { customer_id: 'cid', customer_secret: 'customer-secret-value', app_id: 'app1' };

export function findTool(name: string): (typeof agora.tools)[number] {
  const tool = agora.tools.find((candidate) => candidate.name === name);
  if (tool === undefined) throw new Error(`no tool ${name}`);
  return tool;
}
