import type { DocumentedServerTool } from '../../docs/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { McpTool, ServerEntry } from '../../mcp-client/index.ts';
import type { Policy } from '../../policy/index.ts';
import type { ConnectedServer } from './server-registry.ts';

/** A tool, described for programs and scripts. */
export interface McpToolDescription extends Omit<DocumentedServerTool, 'schema'> {
  readonly server: string;
  /** As the server sent it. */
  readonly schema: JsonValue;
}

/** The rows of a server's tools. */
export async function describeTools({ entry, tools }: ConnectedServer, shownServer: string): Promise<readonly McpToolDescription[]> {
  const { luaPath, parametersOf } = await import('../../mcp-client/index.ts');
  return tools.all.map((tool: McpTool) => ({
    server: entry.id,
    name: tool.name,
    function: `${entry.id}.${tool.shown}`,
    lua_path: luaPath(luaPath('app.mcp', shownServer), tool.shown),
    description: tool.description,
    operation: tool.operation,
    parameters: parametersOf(tool),
    schema: tool.schema as unknown as JsonValue,
  }));
}

/** Describes a server for scripts: without values of its environment or headers, which can hold secrets. */
export async function describeServerForScripts(
  entry: ServerEntry,
  rules: Policy,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, JsonValue>>> {
  const { describeServer } = await import('../../mcp-client/index.ts');
  const { name, type, enabled, trusted, source, path, command, args, url, timeout, permissions } = await describeServer(entry, rules, env);
  const target = command === null ? { url } : { command, args };
  return { name, type, enabled, trusted, source, path, ...target, timeout, permissions };
}
