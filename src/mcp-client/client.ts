import type { OAuthClientProvider } from '@modelcontextprotocol/client';
import { openSecretStore, type SecretStore } from '../credentials/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { ServerEntry } from './config/servers.ts';
import type { ListKind, McpConnection, RequestOptions } from './connection/connect.ts';
import { withoutOwnSecrets } from './tools/read-result.ts';
import { type McpTools, readTools } from './tools/read-tools.ts';
import { openToolCache, type ToolCache } from './tools/tool-cache.ts';
import { resolvePlaceholders } from './trust/placeholders.ts';
import { subjectOf, type TrustedServer, trustServer } from './trust/trust.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type JsonObject = Readonly<Record<string, JsonValue>>;

/** One server, started or reached when it is first needed; again when it went away meanwhile. */
export interface McpClient {
  readonly entry: ServerEntry;
  /** Its tools, as they were listed a while ago where that is known; `fresh` asks the server. Throws `NOT_TRUSTED`. */
  readonly tools: (fresh?: boolean) => Promise<McpTools>;
  readonly list: (kind: ListKind, options?: RequestOptions) => Promise<readonly JsonObject[]>;
  readonly request: (method: string, params: JsonObject, options?: RequestOptions) => Promise<JsonObject>;
  readonly close: () => Promise<void>;
}

/**
 * A client for one server of the configuration. Nothing is read, started or connected to before it is used. `toolsChanged` is called when
 * the server says that it has others.
 */
export function createClient(entry: ServerEntry, env: Environment, toolsChanged: () => void = () => undefined): McpClient {
  let opening: Promise<McpConnection> | undefined;
  let known: McpTools | undefined;
  let cache: ToolCache | undefined;
  let isClosed = false;

  const trust = async (): Promise<TrustedServer> => {
    const trusted = await trustServer(entry, env);
    // A program that embeds kosmo has no files of its own.
    if (entry.source !== 'runtime') cache ??= openToolCache(env, entry.server.name, subjectOf(entry, env).fingerprint);
    return trusted;
  };

  const open = async (): Promise<McpConnection> => {
    const trusted = await trust();
    const secrets = openSecretStore({ env });
    const server = await resolvePlaceholders(trusted, { env, secrets });
    const oauth = server.transport === 'stdio' ? undefined : await createTokenRefresher(server.name, server.url, secrets);
    // The SDK takes a tenth of a second to load.
    const { connect } = await import('./connection/connect.ts');
    const opened = await connect({
      server,
      ...(oauth === undefined ? {} : { oauth }),
      onToolsChanged() {
        known = undefined;
        void cache?.forget();
        toolsChanged();
      },
    });
    if (isClosed) await opened.close();
    // What was listed on another day may be out of date; the next look at it will know.
    else if (known !== undefined) void list(opened).catch(() => undefined);
    return opened;
  };

  const list = async (from: McpConnection): Promise<McpTools> => {
    const items = withoutOwnSecrets(entry.server.name, await from.list('tools'));
    await cache?.write(items.map(cacheableFields));
    known = readTools(items);
    return known;
  };

  const connection = async (): Promise<McpConnection> => {
    const current = opening;
    if (current !== undefined) {
      const earlier = await current.catch(() => undefined);
      if (earlier?.isOpen() === true) return earlier;
    }
    // Of several that find it gone, the first opens it again.
    if (opening === current) opening = open();
    return opening as Promise<McpConnection>;
  };

  const tools: McpClient['tools'] = async (fresh = false) => {
    await trust();
    if (known !== undefined && !fresh) return known;
    // A server that runs already is asked: it knows best.
    const cached = fresh || opening !== undefined ? undefined : await cache?.read();
    if (cached === undefined) return list(await connection());
    known = readTools(cached);
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
    },
  };
}

// Nobody is asked to log in by a run. Without tokens a server that wants some says so.
async function createTokenRefresher(server: string, url: string, secrets: SecretStore): Promise<OAuthClientProvider | undefined> {
  if (!(await secrets.keys(`mcp.${server}.oauth`)).includes(`mcp.${server}.oauth`)) return undefined;
  const { createProvider, openSession } = await import('./oauth/provider.ts');
  return createProvider(server, url, openSession(server, url, secrets));
}

// What a server attaches besides may be pictures.
function cacheableFields({ name, title, description, inputSchema, outputSchema, annotations }: JsonObject): JsonObject {
  const kept = { name, title, description, inputSchema, outputSchema, annotations };
  return Object.fromEntries(Object.entries(kept).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}
