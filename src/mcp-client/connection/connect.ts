import {
  Client,
  type PriorDiscovery,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  SUPPORTED_PROTOCOL_VERSIONS,
  type Transport,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { isKosmoError, rememberSecret } from '../../errors/index.ts';
import { directFetch, importProxied } from '../../http/index.ts';
import type { JsonObject } from '../../json/index.ts';
import { onAbort } from '../../platform/abort-listeners.ts';
import { proxiesFor, proxySecrets } from '../../platform/proxy.ts';
import { VERSION } from '../../platform/version.ts';
import type { ResolvedServer } from '../trust/placeholders.ts';
import {
  type Deadline,
  describeFailure,
  type FailureFacts,
  httpStatus,
  INITIALIZE,
  isRevisionRefused,
  isWrongTransport,
} from './errors.ts';
import { introductionOf, type ServerIntroduction, type Verdict } from './handshake.ts';
import { readingFetch } from './http-messages.ts';
import { Incoming } from './incoming.ts';
import type { McpConnection } from './mcp-connection.ts';
import { createConnection, type Flight } from './server-connection.ts';
import { createStdioTransport, type StdioTransport } from './stdio.ts';

export type { Listed, ListKind } from './lists.ts';
export type { McpConnection, RequestOptions } from './mcp-connection.ts';

export interface McpConnectOptions {
  readonly server: ResolvedServer;
  /** @default undefined (the server gets no tokens) */
  readonly oauth?: TokenSource | undefined;
  /** The server says that its tools are others now. */
  readonly onToolsChanged: () => void;
  /** Gets each notification that is not part of a request. @default undefined (not reported) */
  readonly onNotification?: (notification: { readonly method: string; readonly params: JsonObject }) => void;
  /** What an earlier connection found out. @default undefined (the server is asked) */
  readonly verdict?: Verdict | undefined;
  /** Tell the server that a user can answer its questions. @default false */
  readonly canElicit?: boolean;
  /** Keep a stream open on which a server of revision 2026-07-28 reports changes of its lists. @default false */
  readonly listens?: boolean;
  /** The time to start in milliseconds, and where it is from. @default the timeout of the server */
  readonly start?: { readonly timeoutMs: number; readonly deadline: Deadline; readonly givenMs?: number | undefined };
  /** Aborted if the connection is no longer wanted. */
  readonly signal?: AbortSignal;
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

/** How one attempt to connect differs from the first. */
interface Attempt {
  readonly kind: ResolvedServer['transport'];
  readonly prior?: PriorDiscovery | undefined;
  /** The revisions before 2026-07-28 to offer, the preferred first. */
  readonly revisions: readonly string[];
}

interface Opened {
  readonly client: Client;
  readonly transport: Transport;
  readonly incoming: Incoming<Flight>;
}

/** A silent server is one of an older revision. One that starts slowly gets both requests, and answers the one that it knows. */
const MAX_PROBE_MS = 10_000;

/** Starts or reaches a server and introduces itself. */
export async function connect(given: McpConnectOptions): Promise<McpConnection> {
  return new Connecting(given, await fetchFor(given.server)).connect();
}

class Connecting {
  readonly #options: McpConnectOptions;
  readonly #fetch: typeof fetch;
  readonly #start: NonNullable<McpConnectOptions['start']>;
  readonly #ended = new AbortController();
  #last: Opened | undefined;

  constructor(options: McpConnectOptions, proxied: typeof fetch | undefined) {
    this.#options = options;
    this.#fetch = proxied ?? directFetch();
    this.#start = options.start ?? { timeoutMs: options.server.timeout * 1000, deadline: 'server' };
  }

  async connect(): Promise<McpConnection> {
    const { signal, server } = this.#options;
    const { timeoutMs } = this.#start;
    const timer = setTimeout(() => this.#end(new SdkError(SdkErrorCode.RequestTimeout, 'timed out', { timeout: timeoutMs })), timeoutMs);
    const forget = signal === undefined ? undefined : onAbort(signal, () => this.#end(signal.reason));
    try {
      if (signal?.aborted === true) throw signal.reason;
      return await this.#open(await this.#attempts());
    } catch (thrown) {
      const facts: FailureFacts = {
        server: server.name,
        url: server.transport === 'stdio' ? undefined : server.url,
        deed: INITIALIZE,
        ...this.#start,
        timeoutMs: this.#start.givenMs ?? this.#start.timeoutMs,
        problem: this.#ended.signal.aborted ? undefined : this.#last?.incoming.problem,
        ...processInfo(this.#last?.transport),
      };
      throw describeFailure(this.#ended.signal.aborted ? this.#ended.signal.reason : thrown, facts);
    } finally {
      clearTimeout(timer);
      forget?.();
    }
  }

  #end(reason: unknown): void {
    this.#ended.abort(reason);
    void this.#last?.transport.close().catch(() => undefined);
  }

  /** The first attempt, then those that its failure suggests, each once. */
  async #attempts(): Promise<Opened> {
    const { server, verdict } = this.#options;
    let attempt: Attempt = { kind: server.transport, revisions: SUPPORTED_PROTOCOL_VERSIONS, prior: verdict as PriorDiscovery | undefined };
    // An event stream exists in older revisions only.
    if (server.transport === 'sse') attempt = { ...attempt, prior: { kind: 'legacy' } };
    let refusal: unknown;
    for (let tries = 0; ; tries++) {
      try {
        return await this.#try(attempt);
      } catch (thrown) {
        const next = this.#ended.signal.aborted || tries >= 3 ? undefined : this.#nextAttempt(attempt, thrown);
        // A server that does not know the older revision asked for a login in the newer one.
        if (refusal !== undefined && next?.kind !== attempt.kind && isRevisionRefused(thrown)) throw refusal;
        if (next === undefined) throw thrown;
        if (wantsLogin(thrown)) refusal ??= thrown;
        attempt = next;
      }
    }
  }

  #nextAttempt(attempt: Attempt, thrown: unknown): Attempt | undefined {
    const incoming = this.#last?.incoming;
    if (incoming?.problem !== undefined) return undefined;
    const older: Attempt = { ...attempt, prior: { kind: 'legacy' } };
    if (attempt.prior === undefined && incoming?.hasSent('initialize') !== true) {
      const isUnreachable = thrown instanceof SdkError && thrown.cause instanceof TypeError;
      // A server that leaves `initialize` open may demand a login for a request that it does not know.
      return (thrown instanceof SdkError && !isUnreachable) || wantsLogin(thrown) ? older : undefined;
    }
    const discovered = incoming?.lateDiscovery;
    if (discovered !== undefined) return { ...attempt, prior: { kind: 'modern', discover: discovered as never } };
    const revision = attempt.revisions === SUPPORTED_PROTOCOL_VERSIONS ? olderRevision(thrown) : undefined;
    if (revision !== undefined)
      return { ...older, revisions: [revision, ...SUPPORTED_PROTOCOL_VERSIONS.filter((known) => known < revision)] };
    return attempt.kind === 'http' && isWrongTransport(thrown) ? { ...older, kind: 'sse' } : undefined;
  }

  async #try({ kind, prior, revisions }: Attempt): Promise<Opened> {
    const { canElicit = false } = this.#options;
    const incoming = new Incoming<Flight>(revisions);
    const transport = this.#createTransport(kind, incoming);
    const client = new Client(
      { name: 'kosmo', version: VERSION },
      {
        capabilities: canElicit ? { elicitation: { form: {}, url: {} } } : {},
        supportedProtocolVersions: [...MODERN, ...revisions],
        versionNegotiation: { mode: 'auto', probe: { timeoutMs: Math.min(MAX_PROBE_MS, this.#start.timeoutMs / 3) } },
      },
    );
    // Errors outside of requests are told by what waits for an answer.
    client.onerror = () => undefined;
    this.#last = { client, transport, incoming };
    try {
      await client.connect(transport, { timeout: this.#start.timeoutMs + 1000, ...(prior === undefined ? {} : { prior }) });
      if (this.#ended.signal.aborted) throw this.#ended.signal.reason;
    } catch (thrown) {
      await transport.close().catch(() => undefined);
      throw thrown;
    }
    return this.#last;
  }

  #createTransport(kind: ResolvedServer['transport'], incoming: Incoming<Flight>): Transport {
    const { server, oauth } = this.#options;
    let transport: Transport;
    if (server.transport === 'stdio') transport = createStdioTransport(server, incoming);
    else {
      const read = readingFetch(oauth === undefined ? this.#fetch : oauth.watch(this.#fetch), {
        message: (value, request) => incoming.received(value, request),
        failed: (request, response) => incoming.failed(request, response),
      });
      const given = {
        requestInit: { headers: server.headers },
        fetch: read,
        ...(oauth === undefined ? {} : { authProvider: oauth }),
      };
      const url = new URL(server.url);
      transport = kind === 'sse' ? new SSEClientTransport(url, given) : new StreamableHTTPClientTransport(url, given);
    }
    const send = transport.send.bind(transport);
    transport.send = (message, sendOptions) => {
      incoming.sent(message);
      return send(message, sendOptions);
    };
    return transport;
  }

  async #open({ client, transport, incoming }: Opened): Promise<McpConnection> {
    const { server, onToolsChanged, onNotification, listens = false, canElicit = false } = this.#options;
    const discover = client.getDiscoverResult() as JsonObject | undefined;
    const verdict: Verdict = discover === undefined ? { kind: 'legacy' } : { kind: 'modern', discover };
    const introduction = incoming.introduction ?? introductionOfVerdict(discover);
    return createConnection({
      server,
      client,
      transport,
      incoming,
      verdict,
      introduction,
      isAssumed: this.#options.verdict?.kind === 'modern' && incoming.introduction === undefined,
      canElicit,
      listens,
      notified(notification) {
        if (notification.method === 'notifications/tools/list_changed') onToolsChanged();
        onNotification?.(notification);
      },
      story: () => processInfo(transport),
    });
  }
}

const MODERN = ['2026-07-28'];

function wantsLogin(thrown: unknown): boolean {
  return (
    thrown instanceof UnauthorizedError || httpStatus(thrown) === 401 || (isKosmoError(thrown) && thrown.code === 'CREDENTIALS_REJECTED')
  );
}

function introductionOfVerdict(discover: JsonObject = {}): ServerIntroduction {
  const meta = (discover._meta ?? {}) as JsonObject;
  return introductionOf(discover, meta['io.modelcontextprotocol/serverInfo']);
}

/** The revision to offer to a server that refused the newest one: the newest that it names, else the next older one. */
function olderRevision(thrown: unknown): string | undefined {
  const status = httpStatus(thrown);
  const { message, data } = thrown as { readonly message?: string; readonly data?: { readonly text?: string } };
  const isRefusal = thrown instanceof ProtocolError || status === 400;
  const said = `${message ?? ''} ${JSON.stringify(data ?? '')}`;
  if (!isRefusal || !/version|revision/i.test(said)) return undefined;
  const [newest = '', next] = SUPPORTED_PROTOCOL_VERSIONS;
  return SUPPORTED_PROTOCOL_VERSIONS.find((revision) => revision !== newest && said.includes(revision)) ?? next;
}

/** How a server's url is reached: through the proxies of the environment; undefined for Node's own way. */
export async function fetchFor(server: ResolvedServer): Promise<typeof fetch | undefined> {
  const proxies = server.transport === 'stdio' ? undefined : proxiesFor(server.url, process.env);
  if (proxies === undefined) return undefined;
  for (const secret of proxySecrets(proxies)) rememberSecret(secret);
  return (await importProxied()).proxiedFetch(proxies);
}

function processInfo(transport: Transport | undefined): { readonly story?: ReturnType<StdioTransport['story']> } {
  return transport !== undefined && 'story' in transport ? { story: (transport as StdioTransport).story() } : {};
}
