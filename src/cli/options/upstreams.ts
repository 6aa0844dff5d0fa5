import { isKosmoError, KosmoError } from '../../errors/index.ts';
import type { CommandContext } from '../context.ts';
import { printNote } from '../terminal/output.ts';
import type { GatewayFlags, GatewaySettings } from './gateway.ts';
import { usage } from './parse-values.ts';

/**
 * Refuses names of MCP servers that stand for nothing, and notes servers that clients cannot use yet. Throws `USAGE` for a name on the
 * command line, `INVALID_CONFIGURATION` for one of a profile.
 */
export async function checkUpstreams(context: CommandContext, flags: GatewayFlags, { upstreams }: GatewaySettings): Promise<void> {
  if (upstreams === 'all' || upstreams.length === 0) return;
  const { findServer, isTrusted, readServers } = await import('../../mcp-client/index.ts');
  const { env, folder } = context;
  const servers = await readServers({ env, folder });
  for (const name of upstreams) {
    try {
      const entry = findServer(servers, name);
      if (!entry.server.enabled) printNote(`MCP server '${name}' is disabled, so clients do not see it; kosmo mcp:enable ${name}`);
      else if (!(await isTrusted(entry, env)))
        printNote(`MCP server '${name}' is not trusted, so clients do not see it; kosmo mcp:trust ${name}`);
    } catch (thrown) {
      throw isKosmoError(thrown) && thrown.code === 'UNKNOWN_SERVER' ? refusal(thrown, flags) : thrown;
    }
  }
}

function refusal({ message, hint }: KosmoError, { profile, upstream, upstreams }: GatewayFlags): KosmoError {
  if (profile === undefined || upstream !== undefined || upstreams !== undefined) return usage(`--upstream: ${message}`, hint);
  return new KosmoError('INVALID_CONFIGURATION', `gateway profile '${profile}': ${message}`, hint === undefined ? {} : { hint });
}
