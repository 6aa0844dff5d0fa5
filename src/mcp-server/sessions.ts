import { randomUUID } from 'node:crypto';
import { type Server, WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/server';

export interface SessionOptions {
  /** Sessions at a time; the one that was not used for longest makes room for another. @default 64 */
  readonly most?: number;
  /** A session ends when so long nothing of it is open, in milliseconds. @default an hour */
  readonly idleMs?: number;
}

/** HTTP sessions for protocol revisions before 2026-07-28, in which a client sends its capabilities once, in `initialize`. */
export interface Sessions {
  /** Answers a request of one, or one that opens one. `answered` settles when the answer has gone out, or the client has. */
  readonly fetch: (request: Request, answered: Promise<unknown>) => Promise<Response>;
  /** Ends all. */
  readonly close: () => Promise<void>;
}

interface Session {
  readonly id: string;
  readonly server: Server;
  readonly transport: WebStandardStreamableHTTPServerTransport;
  /** Requests that are not answered yet, and streams. */
  open: number;
  timer?: NodeJS.Timeout;
}

/** Opens sessions with a server each. */
export function createSessions(createServer: () => Server, { most = 64, idleMs = 60 * 60_000 }: SessionOptions = {}): Sessions {
  // In the order of their last use.
  const sessions = new Map<string, Session>();

  const end = async (id: string): Promise<void> => {
    const session = sessions.get(id);
    sessions.delete(id);
    clearTimeout(session?.timer);
    await session?.server.close();
  };

  const begin = async (): Promise<Session | undefined> => {
    if (sessions.size >= most) {
      const idle = [...sessions].find(([, { open }]) => open === 0);
      if (idle === undefined) return undefined;
      void end(idle[0]);
    }
    const id = randomUUID();
    const transport = new WebStandardStreamableHTTPServerTransport({ sessionIdGenerator: () => id, onsessionclosed: () => end(id) });
    const session: Session = { id, server: createServer(), transport, open: 1 };
    sessions.set(id, session);
    await session.server.connect(transport);
    return session;
  };

  const use = (session: Session): void => {
    clearTimeout(session.timer);
    session.open++;
    sessions.delete(session.id);
    sessions.set(session.id, session);
  };

  const leave = (session: Session): void => {
    const { id, transport } = session;
    if (--session.open > 0 || sessions.get(id) !== session) return;
    // A request that was to open one and did not.
    if (transport.sessionId === undefined) void end(id);
    else session.timer = setTimeout(() => void end(id), idleMs).unref();
  };

  return {
    async fetch(request, answered) {
      const id = request.headers.get('mcp-session-id');
      const known = id === null ? undefined : sessions.get(id);
      if (id !== null && known === undefined) return refusal(404, -32_001, 'Session not found');
      if (known !== undefined) use(known);
      const session = known ?? (await begin());
      if (session === undefined) return refusal(503, -32_000, `${most} sessions are open, and all are in use`);
      void answered.then(() => leave(session));
      return session.transport.handleRequest(request);
    },
    async close() {
      await Promise.all([...sessions.keys()].map(end));
    },
  };
}

function refusal(status: number, code: number, message: string): Response {
  return Response.json({ jsonrpc: '2.0', error: { code, message }, id: null }, { status });
}
