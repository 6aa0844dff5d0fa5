import { readServers } from '../../mcp-client/index.ts';
import { workingFolder } from '../context.ts';

/** Whether an enabled MCP server has this name. Starts nothing. */
export async function isConfiguredServer(name: string): Promise<boolean> {
  const { effective } = await readServers({ env: process.env, folder: workingFolder() });
  return effective.get(name)?.server.enabled === true;
}
