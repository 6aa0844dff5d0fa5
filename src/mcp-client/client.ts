import { openSecretStore, type SecretStore } from '../credentials/index.ts';
import { isKosmoError, KosmoError } from '../errors/index.ts';
import type { JsonObject } from '../json/index.ts';
import { onAbort } from '../platform/abort-listeners.ts';
import { monotonicNow } from '../platform/clock.ts';
import { isToolOffered } from './config/server-entry.ts';
import type { ServerEntry } from './config/servers.ts';
import type { ListKind, McpConnection, McpConnectOptions, RequestOptions, TokenSource } from './connection/connect.ts';
import type { ServerIntroduction, Verdict } from './connection/handshake.ts';
import { withoutInvalidHeaders } from './connection/param-headers.ts';
import { ConnectionStale } from './connection/stale.ts';
import { withoutOwnSecrets } from './tools/read-result.ts';
import { type McpTools, readTools } from './tools/read-tools.ts';
import { openToolCache, type ToolCache } from './tools/tool-cache.ts';
import { comparePins, toolNotTrusted } from './trust/pins.ts';
import { type ResolvedServer, resolvePlaceholders } from './trust/placeholders.ts';
import { needsTrust, subjectOf, type TrustedServer, trustServer } from './trust/trust.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** One server. The first use starts or reaches it; a later use does so again if the connection has ended. */
export interface McpClient {
  readonly entry: ServerEntry;
  /** Its tools, from the cache if they are there; `fresh` asks the server. Throws `NOT_TRUSTED`. */
  readonly tools: (fresh?: boolean, options?: RequestOptions) => Promise<McpTools>;
  readonly list: (kind: ListKind, options?: RequestOptions) => Promise<readonly JsonObject[]>;
  readonly request: (method: string, params: JsonObject, options?: RequestOptions) => Promise<JsonObject>;
  /** What the server says of itself. Starts it. */
  readonly introduction: () => Promise<ServerIntroduction>;
  readonly close: () => Promise<void>;
}

/** A notification of a server that is not part of a request. */
export interface ServerNotification {
  readonly server: string;
  readonly method: string;
  readonly params: JsonObject;
}

export interface ClientOptions {
  /** Calls it when the server reports that its tools have changed. */
  readonly toolsChanged?: () => void;
  /** Gets each notification that is not part of a request. @default undefined (not reported) */
  readonly notified?: (notification: ServerNotification) => void;
  /** Tell the server that a user can answer its questions. @default false */
  readonly canElicit?: boolean;
  /** Milliseconds from now for all uses without a deadline of their own. @default the timeout of the server, for each */
  readonly timeoutMs?: number | undefined;
  /** Whether a new connection keeps a stream open for changes of the lists. @default never */
  readonly listens?: () => boolean;
}

/** Creates a client for one server of the configuration. Reads, starts and connects nothing before the first use. */
export function createClient(entry: ServerEntry, env: Environment, options: ClientOptions = {}): McpClient {
  const client = new ServerClient(entry, env, options);
  const read = <Value extends Parameters<typeof withoutOwnSecrets>[1]>(value: Value): Value => withoutOwnSecrets(entry.server.name, value);
  return {
    entry,
    tools: (fresh = false, more = {}) => client.tools(fresh, more),
    async list(kind, more = {}) {
      const { items, notes } = await client.use(more, (connection, left) => connection.list(kind, left));
      for (const note of notes) more.warn?.(read(note));
      return read(items);
    },
    request: async (method, params, more = {}) => read(await client.request(method, params, more)),
    introduction: () => client.use({}, async (connection) => connection.introduction),
    close: () => client.close(),
  };
}

/** Longer starts are stopped, whatever the timeout of the server: first starts of npx take up to 90 seconds. */
const MAX_START_MS = 180_000;

type Start = NonNullable<McpConnectOptions['start']>;

class ServerClient {
  readonly #entry: ServerEntry;
  readonly #env: Environment;
  readonly #options: ClientOptions;
  readonly #closed = new AbortController();
  #opening: Promise<McpConnection> | undefined;
  #known: McpTools | undefined;
  #cache: ToolCache | undefined;
  #verdict: Verdict | undefined;
  readonly #created = monotonicNow();
  #isFresh = false;
  #tokens: TokenSource | undefined;
  /** The list with refused tools. The user may trust them in another process, so it is compared again. */
  #refused: { readonly items: readonly JsonObject[]; readonly problems: readonly string[] } | undefined;
  #relisting: Promise<unknown> | undefined;

  constructor(entry: ServerEntry, env: Environment, options: ClientOptions) {
    this.#entry = entry;
    this.#env = env;
    this.#options = options;
  }

  async tools(fresh: boolean, options: RequestOptions): Promise<McpTools> {
    await this.#trust();
    if (this.#known !== undefined && !fresh) {
      if (this.#refused !== undefined) this.#known = await this.#readTools(this.#refused.items, this.#refused.problems);
      return this.#known;
    }
    // A running server is asked: its list is newer than the cache.
    if (!fresh && this.#opening === undefined && (await this.#readCache())) return this.#known as unknown as McpTools;
    return this.use(options, (connection, left) => this.#list(connection, left));
  }

  request(method: string, params: JsonObject, options: RequestOptions): Promise<JsonObject> {
    return this.use(options, async (connection, left) => {
      if (method === 'tools/call') await this.#checkPin(connection, String(params.name), left);
      const send = (): Promise<JsonObject> => {
        const tool = method === 'tools/call' ? this.#known?.all.find(({ name }) => name === params.name) : undefined;
        return connection.request(method, params, tool === undefined ? left : { ...left, schema: tool.schema as unknown as JsonObject });
      };
      try {
        return await send();
      } catch (thrown) {
        // Its headers are those of an older schema.
        if (!connection.hasParamHeaders || !isKosmoError(thrown) || thrown.details.rpc_code !== HEADER_MISMATCH) throw thrown;
        await this.#list(connection, left);
        return send();
      }
    });
  }

  /** Uses the connection within the deadline of a call, which covers the start. Connects again once if the server forgot it. */
  async use<Result>(
    options: RequestOptions,
    act: (connection: McpConnection, options: RequestOptions) => Promise<Result>,
  ): Promise<Result> {
    const given = options.timeoutMs ?? this.#options.timeoutMs;
    const began = options.timeoutMs === undefined ? this.#created : monotonicNow();
    const left = (): RequestOptions =>
      given === undefined ? options : { ...options, timeoutMs: Math.max(1, given - (monotonicNow() - began)), givenMs: given };
    let stale: ConnectionStale | undefined;
    for (;;) {
      const connection = await this.#connection(left());
      // The same revision again: it was not the reason.
      if (stale?.isVerdictWrong === true && connection.verdict.kind === 'modern') throw stale.reason;
      try {
        return await act(connection, left());
      } catch (thrown) {
        if (!(thrown instanceof ConnectionStale)) throw thrown;
        if (stale !== undefined) throw thrown.reason;
        stale = thrown;
        if (thrown.isVerdictWrong) this.#verdict = undefined;
      }
    }
  }

  async close(): Promise<void> {
    this.#closed.abort(new KosmoError('INTERRUPTED', 'the connection was closed'));
    await (await this.#opening?.catch(() => undefined))?.close();
    await this.#tokens?.settled();
  }

  async #trust(): Promise<TrustedServer> {
    const trusted = await trustServer(this.#entry, this.#env);
    const { source, server } = this.#entry;
    // A program that embeds kosmo has no files of its own.
    if (source !== 'runtime') this.#cache ??= openToolCache(this.#env, server.name, subjectOf(this.#entry, this.#env).fingerprint);
    return trusted;
  }

  async #readCache(): Promise<boolean> {
    const cached = await this.#cache?.read();
    if (cached === undefined) return false;
    this.#verdict = cached.verdict;
    this.#isFresh = cached.freshUntil !== undefined && cached.freshUntil > Date.now();
    this.#known ??= await this.#readTools(cached.tools, cached.problems);
    return true;
  }

  // A tool that the configuration excludes does not exist for scripts, pages and the gateway.
  async #readTools(items: readonly JsonObject[], problems: readonly string[]): Promise<McpTools> {
    const drifts = await comparePins(this.#entry, items, this.#env);
    this.#refused = [...drifts.values()].some(({ isRefused }) => isRefused) ? { items, problems } : undefined;
    return readTools(
      items.filter(({ name }) => isToolOffered(this.#entry.server, String(name))),
      problems,
      drifts,
    );
  }

  // The list of the cache says what the tool was, and not what it is now.
  async #checkPin(connection: McpConnection, name: string, options: RequestOptions): Promise<void> {
    if (!needsTrust(this.#entry)) return;
    await this.#relisting;
    const { all } = this.#known ?? (await this.#list(connection, options));
    const drift = all.find((tool) => tool.name === name)?.drift;
    if (drift?.isRefused === true) throw toolNotTrusted(this.#entry.server.name, drift);
  }

  async #list(connection: McpConnection, options: RequestOptions): Promise<McpTools> {
    const { name } = this.#entry.server;
    const listed = await connection.list('tools', options);
    const { items, notes } = connection.hasParamHeaders ? withoutInvalidHeaders(listed) : listed;
    const tools = withoutOwnSecrets(name, items);
    const problems = withoutOwnSecrets(name, notes);
    const freshUntil = listed.ttlMs === undefined ? undefined : Date.now() + listed.ttlMs;
    await this.#cache?.write({ tools: tools.map(cacheableFields), problems, verdict: connection.verdict, freshUntil });
    this.#known = await this.#readTools(tools, problems);
    return this.#known;
  }

  async #connection({ timeoutMs, givenMs, signal }: RequestOptions): Promise<McpConnection> {
    const serverMs = this.#entry.server.timeout * 1000;
    const own: Start =
      serverMs > MAX_START_MS ? { timeoutMs: MAX_START_MS, deadline: 'start' } : { timeoutMs: serverMs, deadline: 'server' };
    const start: Start = timeoutMs === undefined ? own : { timeoutMs: Math.min(timeoutMs, 2 ** 31 - 1), deadline: 'call', givenMs };
    const current = this.#opening;
    if (current !== undefined) {
      const earlier = await unless(signal, current).catch((thrown: unknown) => {
        if (signal?.aborted === true) throw thrown;
        return undefined;
      });
      if (earlier?.isOpen() === true) return earlier;
    }
    // Of several calls that find the connection closed, the first opens it again.
    if (this.#opening === current) {
      this.#opening = this.#open(start);
      this.#opening.catch(() => undefined);
    }
    return unless(signal, this.#opening as Promise<McpConnection>);
  }

  async #open(start: Start): Promise<McpConnection> {
    const secrets = openSecretStore({ env: this.#env });
    const server = await resolvePlaceholders(await this.#trust(), { env: this.#env, secrets });
    this.#tokens = await openTokens(server, secrets);
    if (this.#verdict === undefined && this.#known === undefined) this.#verdict = (await this.#cache?.read())?.verdict;
    const { toolsChanged, notified, canElicit = false, listens } = this.#options;
    const { name } = this.#entry.server;
    // The SDK takes a tenth of a second to load.
    const { connect } = await import('./connection/connect.ts');
    const opened = await connect({
      server,
      oauth: this.#tokens,
      onToolsChanged: () => {
        this.#known = undefined;
        void this.#cache?.forget();
        toolsChanged?.();
      },
      onNotification: (notification) => notified?.({ server: name, ...notification }),
      verdict: this.#verdict,
      canElicit,
      listens: listens?.() ?? false,
      start,
      signal: this.#closed.signal,
    });
    this.#verdict = opened.verdict;
    if (this.#closed.signal.aborted) await opened.close();
    // A list from the cache may be out of date; the next call gets the new one.
    else if (this.#known !== undefined && !this.#isFresh) this.#relisting = this.#list(opened, {}).catch(() => undefined);
    return opened;
  }
}

/** Code of a server that wants other headers for the parameters of a tool. */
const HEADER_MISMATCH = -32020;

/** Waits for a promise until a run ends. */
async function unless<Value>(signal: AbortSignal | undefined, promise: Promise<Value>): Promise<Value> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  let forget = (): unknown => undefined;
  const ended = new Promise<never>((_resolve, reject) => {
    forget = onAbort(signal, () => reject(signal.reason));
  });
  try {
    return await Promise.race([promise, ended]);
  } finally {
    forget();
  }
}

// A run never asks for a login. Without tokens, a server that requires them reports it.
async function openTokens(server: ResolvedServer, secrets: SecretStore): Promise<TokenSource | undefined> {
  if (server.transport === 'stdio') return undefined;
  const [{ openSession }, { createTokenSource }] = await Promise.all([import('./oauth/session.ts'), import('./oauth/renewal.ts')]);
  return createTokenSource(server, openSession(server.name, server.url, secrets));
}

// Other fields of a tool may be large, such as pictures.
function cacheableFields({ name, title, description, inputSchema, outputSchema, annotations }: JsonObject): JsonObject {
  const kept = { name, title, description, inputSchema, outputSchema, annotations };
  return Object.fromEntries(Object.entries(kept).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}
