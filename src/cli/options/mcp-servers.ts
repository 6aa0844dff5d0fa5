import { readServers } from '../../mcp-client/index.ts';
import type { CommandContext } from '../context.ts';

/** Whether an enabled MCP server has this name. Starts nothing. */
export async function isConfiguredServer(context: CommandContext, name: string): Promise<boolean> {
  const { effective } = await readServers(context);
  return effective.get(name)?.server.enabled === true;
}
