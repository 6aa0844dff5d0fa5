import { Client, type Progress, SSEClientTransport, StreamableHTTPClientTransport, type Transport } from '@modelcontextprotocol/client';
import { KosmoError, redactText, rememberSecret } from '../../errors/index.ts';
import { importProxied } from '../../http/index.ts';
import type { CallProgress } from '../../integration/index.ts';
import { type JsonValue, restoreDigits } from '../../json/index.ts';
import { onAbort } from '../../platform/abort-listeners.ts';
import { proxiesFor, proxySecrets } from '../../platform/proxy.ts';
import { VERSION } from '../../platform/version.ts';
import type { ResolvedServer } from '../trust/placeholders.ts';
import { describeFailure, INITIALIZE, isWrongTransport, type RequestInfo } from './errors.ts';
import { createStdioTransport, type StdioTransport } from './stdio.ts';

type JsonObject = Readonly<Record<string, JsonValue>>;

export interface McpConnectOptions {
  readonly server: ResolvedServer;
  /** @default undefined (the server gets no tokens) */
  readonly oauth?: TokenSource | undefined;
  /** The server says that its tools are others now. */
  readonly onToolsChanged: () => void;
}

/** The tokens of a login. */
export interface TokenSource {
  /** The token for the next request. */
  readonly token: () => Promise<string | undefined>;
  /** Renews the token that a response refused. Rejects if only a login can help. */
  readonly onUnauthorized: (refused: { readonly response: Response }) => Promise<void>;
  /** Wraps the fetch of the connection, to see which token each response refuses. */
  readonly watch: (through: typeof fetch) => typeof fetch;
  /** Waits for a renewal: its tokens would be lost if the process ended before they are stored. */
  readonly settled: () => Promise<void>;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** @default that of the server */
  readonly timeoutMs?: number;
  /** Whether the request may change something: then its outcome is unknown once it was sent. @default false */
  readonly writes?: boolean;
  /** Told how far the server says it is. @default the server is not asked to say it */
  readonly onProgress?: (progress: CallProgress) => void;
}

/** An open connection to one server. Everything it throws is a `KosmoError` that names the server. */
export interface McpConnection {
  readonly request: (method: string, params: JsonObject, options?: RequestOptions) => Promise<JsonObject>;
  /** All items of a list, page after page; none where the server has nothing of the kind. */
  readonly list: (kind: ListKind, options?: RequestOptions) => Promise<readonly JsonObject[]>;
  readonly isOpen: () => boolean;
  readonly close: () => Promise<void>;
}

/** What servers have lists of: the method, the member of its answer, the capability. */
const LISTS = {
  tools: { method: 'tools/list', member: 'tools', capability: 'tools' },
  resources: { method: 'resources/list', member: 'resources', capability: 'resources' },
  templates: { method: 'resources/templates/list', member: 'resourceTemplates', capability: 'resources' },
  prompts: { method: 'prompts/list', member: 'prompts', capability: 'prompts' },
} as const;

export type ListKind = keyof typeof LISTS;

/** A list that goes on for longer never ends. */
const MAX_PAGES = 200;
const MAX_ITEMS = 20_000;

/** How long a server may take to hear that its session is over. */
const SESSION_CLOSE_TIMEOUT_MS = 1000;

/** Starts or reaches a server and introduces itself. */
export async function connect(given: McpConnectOptions): Promise<McpConnection> {
  const options = { ...given, fetch: await fetchFor(given.server) };
  const { name, timeout, transport: kind } = options.server;
  const url = options.server.transport === 'stdio' ? undefined : options.server.url;
  const facts = { server: name, url, deed: INITIALIZE, timeoutMs: timeout * 1000 };
  const transport = createTransport(options, kind);
  try {
    return await open(transport, options);
  } catch (thrown) {
    if (kind === 'http' && isWrongTransport(thrown)) {
      const older = createTransport(options, 'sse');
      try {
        return await open(older, options);
      } catch (second) {
        throw describeFailure(second, facts);
      }
    }
    throw describeFailure(thrown, { ...facts, ...processInfo(transport) });
  }
}

async function open(
  transport: Transport,
  { server: { name: server, timeout: seconds }, onToolsChanged }: McpConnectOptions,
): Promise<McpConnection> {
  const timeoutMs = seconds * 1000;
  const client = new Client({ name: 'kosmo', version: VERSION }, { capabilities: {} });
  // Errors outside of requests are told by what waits for an answer.
  client.onerror = () => undefined;
  client.setNotificationHandler('notifications/tools/list_changed', onToolsChanged);
  let isOpen = true;
  client.onclose = () => {
    isOpen = false;
  };
  try {
    await client.connect(transport, { timeout: timeoutMs });
  } catch (thrown) {
    await transport.close().catch(() => undefined);
    throw thrown;
  }

  const request: McpConnection['request'] = async (
    method,
    params,
    { signal, timeoutMs: timeout = timeoutMs, writes = false, onProgress } = {},
  ) => {
    const deed: RequestInfo = { what: method, sent: true, writes };
    // The SDK forgets no listener, and a run's signal lives long.
    const cancel = new AbortController();
    const forget = signal === undefined ? undefined : onAbort(signal, () => cancel.abort(signal.reason));
    try {
      if (signal?.aborted === true) throw signal.reason;
      const onprogress = (progress: Progress): void => onProgress?.(withoutSecrets(progress));
      const wants = onProgress === undefined ? {} : { onprogress };
      return (await client.request({ method, params } as never, { timeout, signal: cancel.signal, ...wants })) as unknown as JsonObject;
    } catch (thrown) {
      throw describeFailure(signal?.aborted === true ? signal.reason : thrown, {
        server,
        deed,
        timeoutMs: timeout,
        ...processInfo(transport),
      });
    } finally {
      forget?.();
    }
  };

  const list: McpConnection['list'] = async (kind, requestOptions) => {
    const { method, member, capability } = LISTS[kind];
    if (client.getServerCapabilities()?.[capability] === undefined) return [];
    const items: JsonObject[] = [];
    const cursors = new Set<string>();
    for (let cursor: string | undefined; ; ) {
      const page = await request(method, cursor === undefined ? {} : { cursor }, requestOptions);
      items.push(...((page[member] ?? []) as readonly JsonObject[]));
      cursor = typeof page.nextCursor === 'string' ? page.nextCursor : undefined;
      if (cursor === undefined) return items;
      if (cursors.has(cursor) || cursors.size >= MAX_PAGES || items.length > MAX_ITEMS)
        throw new KosmoError(
          'INVALID_RESPONSE',
          `MCP server '${server}' lists its ${kind} without end: ${items.length} on ${cursors.size + 1} pages, and still more.`,
          { hint: 'the server is at fault; a newer version of it may help', outcome: 'none' },
        );
      cursors.add(cursor);
    }
  };

  return {
    request,
    list,
    isOpen: () => isOpen,
    async close() {
      if (transport instanceof StreamableHTTPClientTransport && isOpen) {
        const timeout = new Promise((resolve) => setTimeout(resolve, SESSION_CLOSE_TIMEOUT_MS).unref());
        await Promise.race([transport.terminateSession().catch(() => undefined), timeout]);
      }
      await client.close().catch(() => undefined);
    },
  };
}

// What the protocol knows, and no secret that the server was given.
function withoutSecrets({ progress, total, message }: Progress): CallProgress {
  return { progress, ...(total === undefined ? {} : { total }), ...(message === undefined ? {} : { message: redactText(message) }) };
}

/** How a server's url is reached: through the proxies of the environment; undefined for Node's own way. */
export async function fetchFor(server: ResolvedServer): Promise<typeof fetch | undefined> {
  const proxies = server.transport === 'stdio' ? undefined : proxiesFor(server.url, process.env);
  if (proxies === undefined) return undefined;
  for (const secret of proxySecrets(proxies)) rememberSecret(secret);
  return (await importProxied()).proxiedFetch(proxies);
}

// The SDK writes the messages itself, with `JSON.stringify`.
function withAllDigits(send: typeof globalThis.fetch): typeof globalThis.fetch {
  return (url, init) => send(url, typeof init?.body === 'string' ? { ...init, body: restoreDigits(init.body) } : init);
}

function createTransport(
  { server, oauth, fetch }: McpConnectOptions & { readonly fetch: typeof globalThis.fetch | undefined },
  kind: ResolvedServer['transport'],
): Transport {
  if (server.transport === 'stdio') return createStdioTransport(server);
  const through = withAllDigits(fetch ?? globalThis.fetch);
  const given = {
    requestInit: { headers: server.headers },
    fetch: oauth === undefined ? through : oauth.watch(through),
    ...(oauth === undefined ? {} : { authProvider: oauth }),
  };
  const url = new URL(server.url);
  return kind === 'sse' ? new SSEClientTransport(url, given) : new StreamableHTTPClientTransport(url, given);
}

function processInfo(transport: Transport): { readonly story?: ReturnType<StdioTransport['story']> } {
  return 'story' in transport ? { story: (transport as StdioTransport).story() } : {};
}
