import { openSecretStore, type SecretStore } from '../credentials/index.ts';
import type { JsonValue } from '../json/index.ts';
import { isToolOffered } from './config/server-entry.ts';
import type { ServerEntry } from './config/servers.ts';
import type { ListKind, McpConnection, RequestOptions, TokenSource } from './connection/connect.ts';
import { withoutOwnSecrets } from './tools/read-result.ts';
import { type McpTools, readTools } from './tools/read-tools.ts';
import { openToolCache, type ToolCache } from './tools/tool-cache.ts';
import { type ResolvedServer, resolvePlaceholders } from './trust/placeholders.ts';
import { subjectOf, type TrustedServer, trustServer } from './trust/trust.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type JsonObject = Readonly<Record<string, JsonValue>>;

/** One server. The first use starts or reaches it; a later use does so again if the connection has ended. */
export interface McpClient {
  readonly entry: ServerEntry;
  /** Its tools, from the cache if they are there; `fresh` asks the server. Throws `NOT_TRUSTED`. */
  readonly tools: (fresh?: boolean) => Promise<McpTools>;
  readonly list: (kind: ListKind, options?: RequestOptions) => Promise<readonly JsonObject[]>;
  readonly request: (method: string, params: JsonObject, options?: RequestOptions) => Promise<JsonObject>;
  readonly close: () => Promise<void>;
}

/**
 * Creates a client for one server of the configuration. Reads, starts and connects nothing before the first use. Calls `toolsChanged`
 * when the server reports that its tools have changed.
 */
export function createClient(entry: ServerEntry, env: Environment, toolsChanged: () => void = () => undefined): McpClient {
  let opening: Promise<McpConnection> | undefined;
  let known: McpTools | undefined;
  let cache: ToolCache | undefined;
  let isClosed = false;
  let oauth: TokenSource | undefined;

  // A tool that the configuration excludes does not exist for scripts, pages and the gateway.
  const readOffered = (items: readonly JsonObject[]): McpTools =>
    readTools(items.filter(({ name }) => isToolOffered(entry.server, String(name))));

  const trust = async (): Promise<TrustedServer> => {
    const trusted = await trustServer(entry, env);
    // A program that embeds kosmo has no files of its own.
    if (entry.source !== 'runtime') cache ??= openToolCache(env, entry.server.name, subjectOf(entry, env).fingerprint);
    return trusted;
  };

  const open = async (): Promise<McpConnection> => {
    const secrets = openSecretStore({ env });
    const server = await resolvePlaceholders(await trust(), { env, secrets });
    oauth = await openTokens(server, secrets);
    // The SDK takes a tenth of a second to load.
    const { connect } = await import('./connection/connect.ts');
    const onToolsChanged = (): void => {
      known = undefined;
      void cache?.forget();
      toolsChanged();
    };
    const opened = await connect({ server, oauth, onToolsChanged });
    if (isClosed) await opened.close();
    // A list from the cache may be out of date; the next call gets the new one.
    else if (known !== undefined) void list(opened).catch(() => undefined);
    return opened;
  };

  const list = async (from: McpConnection): Promise<McpTools> => {
    const items = withoutOwnSecrets(entry.server.name, await from.list('tools'));
    await cache?.write(items.map(cacheableFields));
    known = readOffered(items);
    return known;
  };

  const connection = async (): Promise<McpConnection> => {
    const current = opening;
    if (current !== undefined) {
      const earlier = await current.catch(() => undefined);
      if (earlier?.isOpen() === true) return earlier;
    }
    // Of several calls that find the connection closed, the first opens it again.
    if (opening === current) opening = open();
    return opening as Promise<McpConnection>;
  };

  const tools: McpClient['tools'] = async (fresh = false) => {
    await trust();
    if (known !== undefined && !fresh) return known;
    // A running server is asked: its list is newer than the cache.
    const cached = fresh || opening !== undefined ? undefined : await cache?.read();
    if (cached === undefined) return list(await connection());
    known = readOffered(cached);
    return known;
  };

  return {
    entry,
    tools,
    list: async (kind, options) => withoutOwnSecrets(entry.server.name, await (await connection()).list(kind, options)),
    request: async (method, params, options) =>
      withoutOwnSecrets(entry.server.name, await (await connection()).request(method, params, options)),
    async close() {
      isClosed = true;
      await (await opening?.catch(() => undefined))?.close();
      await oauth?.settled();
    },
  };
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
