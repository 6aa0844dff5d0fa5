import { type ErrorCode, toKosmoError } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { LooseSchema, McpTool, SERVER_FEATURES } from '../../mcp-client/index.ts';
import type { Policy, PolicyOptions } from '../../policy/index.ts';
import { type CallEnvironment, type CallReport, callDirectly, type DirectCallOptions } from '../calls/direct-call.ts';
import type { Target } from '../calls/target.ts';
import { readServerPage, SERVER_PAGE } from './pages.ts';
import { type McpServers, restrictServers } from './server-registry.ts';
import { describeTools, type McpToolDescription } from './tool-descriptions.ts';

/** MCP servers outside of scripts. Each method rejects for servers and tools that do not exist or are not trusted. */
export interface HostMcp {
  /** The tools of a server, as it lists them now. */
  readonly tools: (server: string) => Promise<readonly McpToolDescription[]>;
  /** The tools with all facts that the server lists. */
  readonly listed: (server: string) => Promise<readonly ListedTool[]>;
  /** Those of a server, or of every enabled one; with the tools that cannot be used, and the servers that have none. */
  readonly allTools: (
    server?: string,
  ) => Promise<{ readonly tools: readonly McpToolDescription[]; readonly problems: readonly ServerProblem[] }>;
  readonly tool: (server: string, tool: string) => Promise<McpToolDescription>;
  readonly call: (server: string, tool: string, args: Arguments, options: DirectCallOptions) => Promise<CallReport>;
  /** Calls a feature of a server other than its tools. */
  readonly callFeature: (
    server: string,
    offer: keyof typeof SERVER_FEATURES,
    args: Arguments,
    options: DirectCallOptions,
  ) => Promise<CallReport>;
  /** The page of a server or of one of its tools, or why it does not exist; undefined for a name that cannot be such a page. */
  readonly readDocs: (page: string, restrict: PolicyOptions['restrict']) => Promise<string | undefined>;
  /** The names of the enabled servers. */
  readonly names: () => Promise<readonly string[]>;
  /** Calls the listener when a server reports other tools; returns a function that ends that. */
  readonly onToolsChanged: McpServers['onToolsChanged'];
  /** Calls the listener for each notification of a server that is not part of a request; returns how to end that. */
  readonly onNotification: McpServers['onNotification'];
}

/** A tool as its server lists it. */
export interface ListedTool extends McpToolDescription, Pick<McpTool, 'title' | 'hints'> {
  readonly output: McpTool['outputSchema'];
  /** Places in its schema whose keywords were removed, so that the schema compiles. */
  readonly removed: LooseSchema['removed'];
}

/** The reason why the tools of a server are missing. */
export interface ServerProblem {
  readonly server: string;
  readonly code: ErrorCode;
  readonly message: string;
}

type Arguments = Readonly<Record<string, JsonValue>>;

export interface HostMcpOptions extends CallEnvironment {
  readonly servers: McpServers;
  readonly rules: Policy;
}

export function createHostMcp({ servers, rules, ...environment }: HostMcpOptions): HostMcp {
  const toolDescriptions = async (server: string, fresh: boolean): Promise<readonly McpToolDescription[]> => {
    const used = await servers.use(server, fresh);
    const { luaName: shown } = await (await servers.clients()).names();
    return describeTools(used, shown(used.entry.id));
  };
  const names: HostMcp['names'] = async () => {
    const { effective } = await (await servers.clients()).servers();
    return [...effective.values()].filter(({ server }) => server.enabled).map(({ server }) => server.name);
  };
  const callTarget = (target: Target, args: Arguments, options: DirectCallOptions): Promise<CallReport> => {
    // Reports name the function as the command line does.
    const path = `${target.provider.id}.${target.tool.name}`;
    return callDirectly({ ...target, path }, args, { ...options, policy: { rules, ...options.policy } }, environment);
  };

  return {
    names,
    onToolsChanged: servers.onToolsChanged,
    onNotification: servers.onNotification,
    readDocs: async (page, restrict) =>
      SERVER_PAGE.test(page) ? readServerPage(restrictServers(servers, restrict), page, restrict) : undefined,
    tools: (server) => toolDescriptions(server, true),
    async listed(server) {
      const all = await toolDescriptions(server, true);
      const loosen = await looseSchemas();
      const { tools } = await servers.use(server);
      return all.flatMap((row) => {
        const tool = tools.all.find(({ name }) => name === row.name);
        if (tool === undefined) return [];
        const { schema, removed } = loosen(tool);
        return [
          { ...row, schema: schema as unknown as JsonValue, removed, title: tool.title, hints: tool.hints, output: tool.outputSchema },
        ];
      });
    },
    async allTools(server) {
      const problems: ServerProblem[] = [];
      const lists = await Promise.all(
        (server === undefined ? await names() : [server]).map(async (name) => {
          try {
            const rows = await toolDescriptions(name, true);
            for (const message of (await servers.use(name)).tools.problems)
              problems.push({ server: name, code: 'INVALID_RESPONSE', message });
            return rows;
          } catch (thrown) {
            if (server !== undefined) throw thrown;
            const { code, message } = toKosmoError(thrown);
            problems.push({ server: name, code, message });
            return [];
          }
        }),
      );
      return { tools: lists.flat(), problems };
    },
    async tool(server, name) {
      const { tool } = await servers.tool(server, name, `${server}.${name}`);
      return (await toolDescriptions(server, false)).find((row) => row.name === tool.name) as McpToolDescription;
    },
    call: async (server, name, args, options) => callTarget(await servers.tool(server, name, `${server}.${name}`), args, options),
    callFeature: async (server, offer, args, options) => callTarget(await servers.feature(server, offer, server), args, options),
  };
}

/** Makes schemas of tools compile. */
async function looseSchemas(): Promise<(tool: McpTool) => LooseSchema> {
  const { schemaLoosener } = await import('../../mcp-client/index.ts');
  const loosen = await schemaLoosener();
  return ({ schema }) => loosen(schema);
}
