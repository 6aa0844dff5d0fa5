import { type ErrorCode, isKosmoError, KosmoError } from '../../errors/index.ts';
import { mcpServerProvider } from '../../integration/index.ts';
import type { McpClient, McpClients, McpIntegration, McpTools, SERVER_FEATURES, ServerNotification } from '../../mcp-client/index.ts';
import { cutText } from '../../platform/cut-text.ts';
import type { PolicyOptions } from '../../policy/index.ts';
import { suggest } from '../../schema/index.ts';
import { type CallableProvider, LazyProvider, NO_ACCOUNTS } from '../calls/provider.ts';
import type { Target } from '../calls/target.ts';

/** A server that a run uses. */
export interface ConnectedServer {
  readonly client: McpClient;
  readonly tools: McpTools;
  readonly entry: McpIntegration;
}

/** The MCP servers of one host. Nothing of them is loaded or read before a run touches one. */
export interface McpServers {
  readonly clients: () => Promise<McpClients>;
  /** A server with its tools, by its name or what scripts write for it; `fresh` asks it again for them. */
  readonly use: (server: string, fresh?: boolean) => Promise<ConnectedServer>;
  /** The target of a call of one of its tools, by raw or Lua name. Throws `UNKNOWN_FUNCTION`. `path` is as it was reached. */
  readonly tool: (server: string, tool: string, path: string) => Promise<Target>;
  /** The same for what it offers besides tools. */
  readonly feature: (server: string, offer: keyof typeof SERVER_FEATURES, path: string) => Promise<Target>;
  /** Calls the listener when a server says that its tools are others now; returns how to end that. */
  readonly onToolsChanged: (listener: () => void) => () => void;
  /** Calls the listener for each notification of a server that is not part of a request; returns how to end that. */
  readonly onNotification: (listener: (notification: ServerNotification) => void) => () => void;
  readonly close: () => Promise<void>;
}

export interface McpServersOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A folder in the project. @default no files are read */
  readonly folder?: string;
  /** Further servers, as a file would have them. */
  readonly overlay: Readonly<Record<string, unknown>>;
  /** Tell servers that a user can answer their questions. */
  readonly canElicit: boolean;
  /** Milliseconds for the use of each server, its start included. */
  readonly timeoutMs: number | undefined;
}

export function createMcpServers(options: McpServersOptions): McpServers {
  const listeners = new Set<() => void>();
  const notices = new Set<(notification: ServerNotification) => void>();
  const toolsChanged = (): void => {
    for (const listener of listeners) listener();
  };
  const notified = (notification: ServerNotification): void => {
    for (const listener of notices) listener(notification);
  };
  const listens = (): boolean => listeners.size + notices.size > 0;
  let opened: Promise<McpClients> | undefined;
  const clients: McpServers['clients'] = () => {
    opened ??= import('../../mcp-client/index.ts').then(({ createClients }) =>
      createClients({ ...options, toolsChanged, notified, listens }),
    );
    return opened;
  };
  return {
    ...createServerRegistry(clients),
    onToolsChanged(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    onNotification(listener) {
      notices.add(listener);
      return () => void notices.delete(listener);
    },
    async close() {
      await (await opened)?.close();
    },
  };
}

/** Those of the servers that a run may know of: what its policy restricts it from is neither listed nor started. */
export function restrictServers(servers: McpServers, restrict: PolicyOptions['restrict']): McpServers {
  if (restrict === undefined) return servers;
  const refusal = (server: string): KosmoError | undefined =>
    restrict({ provider: mcpServerProvider(server), name: '', operation: 'read' });
  const clients: McpServers['clients'] = async () => {
    const { hideServers } = await import('../../mcp-client/index.ts');
    return hideServers(await servers.clients(), refusal);
  };
  return {
    ...createServerRegistry(clients),
    onToolsChanged: servers.onToolsChanged,
    onNotification: servers.onNotification,
    close: servers.close,
  };
}

function createServerRegistry(clients: McpServers['clients']): Omit<McpServers, 'close' | 'onToolsChanged' | 'onNotification'> {
  const entries = new WeakMap<McpTools, McpIntegration>();
  const providers = new WeakMap<McpIntegration, CallableProvider>();

  const use: McpServers['use'] = async (server, fresh = false) => {
    const client = await (await clients()).client(server);
    const tools = await client.tools(fresh);
    const { asIntegration } = await import('../../mcp-client/index.ts');
    const entry = entries.get(tools) ?? asIntegration(client, tools);
    entries.set(tools, entry);
    return { client, tools, entry };
  };

  // Resources and prompts do not need the list of tools.
  const useWithoutTools = async (server: string, thrown: unknown): Promise<ConnectedServer> => {
    if (!isKosmoError(thrown) || !LIST_ERRORS.includes(thrown.code)) throw thrown;
    const { asIntegration, readTools } = await import('../../mcp-client/index.ts');
    const client = await (await clients()).client(server);
    const tools = readTools([]);
    return { client, tools, entry: asIntegration(client, tools) };
  };

  const targetIn = ({ entry }: ConnectedServer, name: string, path: string): Target => {
    const tool = entry.tools.find((candidate) => candidate.name === name);
    if (tool === undefined) throw new Error(`the server ${entry.id} has no ${name}`);
    const provider = providers.get(entry) ?? new LazyProvider(entry.provider, entry, () => NO_ACCOUNTS);
    providers.set(entry, provider);
    return { provider, tool, account: null, path };
  };

  return {
    clients,
    use,
    async tool(server, name, path) {
      let used = await use(server);
      // It may be newer than the list.
      if (used.tools.find(name) === undefined) used = await use(server, true);
      const tool = used.tools.find(name);
      if (tool === undefined) throw unknownTool(used, name, path);
      return targetIn(used, tool.name, path);
    },
    async feature(server, offer, path) {
      const { SERVER_FEATURES: offers } = await import('../../mcp-client/index.ts');
      return targetIn(await use(server).catch((thrown: unknown) => useWithoutTools(server, thrown)), offers[offer], path);
    },
  };
}

/** Errors of a list alone: the server can be reached. */
const LIST_ERRORS: readonly ErrorCode[] = ['INVALID_RESPONSE', 'REMOTE_ERROR'];

/** Characters of an unknown name in a message. */
const MAX_NAME = 200;

function unknownTool({ entry, tools }: ConnectedServer, name: string, path: string): KosmoError {
  const several = tools.names.candidatesFor(name);
  const close =
    several.length > 1
      ? several
      : suggest(
          name,
          tools.all.map((tool) => tool.shown),
        );
  const question = close.length === 0 ? '' : ` Did you mean: ${close.join(', ')}?`;
  return new KosmoError('UNKNOWN_FUNCTION', `Unknown MCP function: ${entry.id}.${cutText(name, MAX_NAME)}.${question}`, {
    hint: `kosmo mcp:tools ${entry.id} lists what there is`,
    details: { function_name: path, suggestions: close },
  });
}
