import { KosmoError } from '../errors/index.ts';
import { type ClientOptions, createClient, type McpClient } from './client.ts';
import { findServer, readServers, type ServerList, type ServerOptions } from './config/servers.ts';
import { type LuaNames, luaNames, luaPath } from './tools/lua-names.ts';

/** The servers of a user in a project, and the clients that the runs of one host share. */
export interface McpClients {
  /** Read once, when it is first needed. Nothing is started. */
  readonly servers: () => Promise<ServerList>;
  /** How scripts write the names of the enabled servers. */
  readonly names: () => Promise<LuaNames>;
  /** The client of an enabled server, by its name or what scripts write for it. Throws `UNKNOWN_SERVER`, `NOT_CONFIGURED` when it is disabled. */
  readonly client: (name: string) => Promise<McpClient>;
  readonly close: () => Promise<void>;
}

/** Clients for whatever servers are configured. */
export function createClients(options: ServerOptions & ClientOptions): McpClients {
  const clients = new Map<string, McpClient>();
  let read: Promise<ServerList> | undefined;
  const servers: McpClients['servers'] = () => {
    read ??= readServers(options);
    return read;
  };
  const names: McpClients['names'] = async () => luaNames(enabledNames(await servers()));
  return {
    servers,
    names,
    async client(name) {
      const list = await servers();
      const { resolve: find, candidatesFor: meant } = await names();
      const raw = find(name);
      if (raw === undefined && meant(name).length > 0) throw ambiguous(name, meant(name));
      const entry = findServer(list, raw ?? name);
      if (!entry.server.enabled) {
        throw new KosmoError('NOT_CONFIGURED', `MCP server '${name}' is disabled. Nothing was started.`, {
          hint: `kosmo mcp:enable ${name}`,
        });
      }
      const known = clients.get(entry.server.name) ?? createClient(entry, options.env, options);
      clients.set(entry.server.name, known);
      return known;
    },
    async close() {
      await Promise.all([...clients.values()].map((client) => client.close()));
    },
  };
}

/** The same clients without the servers that `refusal` refuses: those are not listed, found or started. */
export function hideServers(clients: McpClients, refusal: (server: string) => KosmoError | undefined): McpClients {
  const servers: McpClients['servers'] = async () => {
    const list = await clients.servers();
    return { ...list, effective: new Map([...list.effective].filter(([name]) => refusal(name) === undefined)) };
  };
  return {
    ...clients,
    servers,
    names: async () => luaNames(enabledNames(await servers())),
    async client(name) {
      const refused = refusal((await clients.names()).resolve(name) ?? name);
      if (refused !== undefined) throw refused;
      return clients.client(name);
    },
  };
}

function enabledNames({ effective }: ServerList): readonly string[] {
  return [...effective.values()].filter(({ server }) => server.enabled).map(({ server }) => server.name);
}

function ambiguous(name: string, raws: readonly string[]): KosmoError {
  return new KosmoError('UNKNOWN_SERVER', `More than one MCP server can be meant by ${name}: ${raws.join(', ')}.`, {
    hint: `write ${raws.map((raw) => luaPath('app.mcp', raw)).join(' or ')}`,
  });
}
