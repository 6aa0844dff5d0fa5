import { type ErrorDetail, type KosmoError, restoreError } from '../errors/index.ts';
import { mcpServerProvider } from '../integration/index.ts';
import type { ListedTool } from '../runtime/index.ts';
import type { ObjectSchema } from '../schema/index.ts';
import type { ExposedServers, Members, ServerOptions } from './exposed-servers.ts';
import type { Exposure } from './exposure.ts';
import { annotationsOf, type GatewayTool, toolName, withToolNames } from './gateway-tool.ts';
import { describeOutput } from './output-schema.ts';

type NamedTool = readonly [name: string, row: ListedTool];

/** The tools of the exposed MCP servers: `mcp__github__search_issues`. */
export interface ServerTools {
  /** `fresh` asks the servers again. */
  readonly list: (fresh: boolean) => Promise<readonly GatewayTool[]>;
  /** Why a tool of a server with this name is not exposed. Undefined if it is no name of such a tool. */
  readonly refusal: (name: string) => Promise<KosmoError | undefined>;
}

export function createServerTools(options: ServerOptions, servers: ExposedServers): ServerTools {
  const { host, exposure } = options;
  let known: Promise<readonly NamedTool[]> | undefined;
  host.mcp.onToolsChanged(() => {
    known = undefined;
  });
  const listAll = async (): Promise<readonly NamedTool[]> => {
    const all = await servers.fromEach('tools', (server) => host.mcp.listed(server));
    for (const { function: name, removed } of all) {
      if (removed.length > 0)
        servers.note(
          `${name}: its inputSchema is not valid JSON Schema. Clients get it without ${removed.map((place) => place || 'its details').join(', ')}.`,
        );
    }
    return withToolNames(all, ({ server, name }) => ['mcp', server, name]);
  };
  // A call uses the last list. It does not wait for every server.
  const rows = (fresh: boolean): Promise<readonly NamedTool[]> => {
    if (fresh || known === undefined) known = listAll();
    return known;
  };
  return {
    async list(fresh) {
      const exposed = (await rows(fresh)).filter(([, row]) => exposure.refusal(subjectOf(row)) === undefined);
      return exposed.map(([name, row]) => serverTool(options, name, row));
    },
    async refusal(name) {
      const server = (await host.mcp.names()).find((candidate) => name.startsWith(`${toolName('mcp', candidate)}__`));
      if (server === undefined) return undefined;
      const row = (await rows(false)).find(([candidate]) => candidate === name)?.[1];
      return row === undefined ? exposure.upstreamRefusal(server, 'tools') : exposure.refusal(subjectOf(row));
    },
  };
}

function serverTool({ host, results, policy }: ServerOptions, name: string, row: ListedTool): GatewayTool {
  return {
    definition: {
      name,
      title: row.title ?? row.function,
      description: row.description,
      inputSchema: { properties: {}, ...(row.schema as object), type: 'object' } as ObjectSchema,
      ...(row.output === undefined ? {} : { outputSchema: describeOutput(row.output) }),
      annotations: annotationsOf(row.operation, row.hints),
    },
    async run(args, call) {
      let result: Members | undefined;
      const { data, error_detail: error } = await host.mcp.call(row.server, row.name, args, {
        policy: policy(call),
        signal: call.signal,
        onCall: call.tell,
        elicit: call.elicit,
        relay: {
          meta: call.meta,
          onResult: (sent) => {
            result = sent;
          },
        },
      });
      // A tool that failed says it in its result.
      if (result !== undefined) return results.fromServer(row.function, result, row.output === undefined ? undefined : data);
      throw restoreError(error as ErrorDetail);
    },
  };
}

function subjectOf({ server, name, operation }: ListedTool): Parameters<Exposure['refusal']>[0] {
  return { provider: mcpServerProvider(server), name, operation };
}
