import { renderServer, renderServerTool } from '../../docs/index.ts';
import { isKosmoError, type KosmoError } from '../../errors/index.ts';
import { mcpServerProvider } from '../../integration/index.ts';
import type { PolicyOptions } from '../../policy/index.ts';
import { type ObjectSchema, suggest } from '../../schema/index.ts';
import type { McpServers } from './server-registry.ts';
import { describeTools, type McpToolDescription } from './tool-descriptions.ts';

/** The servers and tools among the names of pages: `mcp.github`, `mcp.github.create_issue`, also after `app.`. */
export const SERVER_PAGE = /^\s*(?:app\.)?mcp\.(?<server>[^.\s]+)(?:\.(?<tool>.+?))?\s*$/s;

/**
 * The page of a server, or of one of its tools; or a sentence that says why it does not exist. May ask the server for its tools.
 * Throws what `restrict` says of a tool.
 */
export async function readServerPage(servers: McpServers, name: string, restrict?: PolicyOptions['restrict']): Promise<string> {
  const { server = '', tool } = SERVER_PAGE.exec(name)?.groups ?? {};
  try {
    const used = await servers.use(server);
    const { luaPath } = await import('../../mcp-client/index.ts');
    const { luaName: shown } = await (await servers.clients()).names();
    const path = luaPath('app.mcp', shown(used.entry.id));
    const refusal = (row: McpToolDescription): KosmoError | undefined =>
      restrict?.({ provider: mcpServerProvider(row.server), name: row.name, operation: row.operation });
    const rows = await describeTools(used, shown(used.entry.id));
    const asked = tool === undefined ? undefined : rows.find((row) => row.name === used.tools.find(tool)?.name);
    const refused = asked === undefined ? undefined : refusal(asked);
    if (refused !== undefined) throw refused;
    const tools = rows
      .filter((row) => refusal(row) === undefined)
      .map((row) => ({ ...row, schema: row.schema as unknown as ObjectSchema }));
    if (tool === undefined) return renderServer({ name: used.entry.id, path, tools });
    const found = tools.find((candidate) => candidate.name === asked?.name);
    if (found !== undefined) return renderServerTool(found);
    return `No MCP docs found for '${name}'.${question(
      tool,
      tools.map((candidate) => candidate.function.slice(used.entry.id.length + 1)),
      `mcp.${used.entry.id}.`,
    )}`;
  } catch (thrown) {
    if (!isKosmoError(thrown)) throw thrown;
    if (thrown.code === 'NOT_TRUSTED') return `mcp.${server}\n\n${thrown.message}\n\nStatus: not trusted (${thrown.hint})`;
    if (thrown.code !== 'UNKNOWN_SERVER') throw thrown;
    const { effective } = await (await servers.clients()).servers();
    return `No MCP docs found for '${name}'.${question(server, [...effective.keys()], 'mcp.')}`;
  }
}

function question(wrong: string, candidates: readonly string[], prefix: string): string {
  const close = suggest(wrong, candidates).map((name) => prefix + name);
  return close.length === 0 ? '' : ` Did you mean: ${close.join(', ')}?`;
}
