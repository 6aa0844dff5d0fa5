import { renderTypes, type TypedServer } from '../../docs/index.ts';
import { scriptApi } from '../../lua/index.ts';
import type { Policy } from '../../policy/index.ts';
import type { AvailableIntegration } from '../integrations.ts';
import type { McpServers } from '../mcp/server-registry.ts';

/** Describes what scripts see, as annotations of the Lua Language Server. */
export async function renderScriptTypes({ integrations, servers, rules, env }: RenderedHost): Promise<string> {
  const [typedIntegrations, typedServers] = await Promise.all([
    Promise.all(integrations.map(typedIntegration)),
    readTypedServers(servers, rules, env),
  ]);
  return renderTypes(typedIntegrations, typedServers, scriptApi());
}

interface RenderedHost {
  readonly integrations: readonly AvailableIntegration[];
  readonly servers: McpServers;
  readonly rules: Policy;
  readonly env: Readonly<Record<string, string | undefined>>;
}

// Of the tools that were listed a while ago: types start no server. Text of an untrusted server is left out.
async function readTypedServers(servers: McpServers, rules: Policy, env: RenderedHost['env']): Promise<readonly TypedServer[]> {
  const clients = await servers.clients();
  const { effective } = await clients.servers();
  const { luaName } = await clients.names();
  const { describeServer, readCachedTools } = await import('../../mcp-client/index.ts');
  const enabled = [...effective.values()].filter(({ server }) => server.enabled);
  return Promise.all(
    enabled.map(async (entry): Promise<TypedServer> => {
      const { trusted } = await describeServer(entry, rules, env);
      const tools = trusted === false ? undefined : await readCachedTools(entry, env);
      return { name: luaName(entry.server.name), tools: tools?.all.map((tool) => ({ ...tool, name: tool.shown })) };
    }),
  );
}

async function typedIntegration({ entry, accounts }: AvailableIntegration): Promise<Parameters<typeof renderTypes>[0][number]> {
  const { tools } = await entry.load();
  return {
    id: entry.id,
    description: entry.description,
    accounts: accounts.map(({ name }) => name).filter((name) => entry.tools.every((tool) => tool.name !== name)),
    tools: entry.tools.map((tool) => ({
      tool,
      documented: tools.find((candidate) => candidate.slug === tool.slug)?.fieldSchemas?.() ?? {},
    })),
  };
}
