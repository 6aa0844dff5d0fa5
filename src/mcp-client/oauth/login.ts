import { openSecretStore } from '../../credentials/index.ts';
import { KosmoError } from '../../errors/index.ts';
import type { ServerEntry } from '../config/servers.ts';
import { resolvePlaceholders } from '../trust/placeholders.ts';
import { trustServer } from '../trust/trust.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Logs in to a server with OAuth. Resolves to false where there was nothing to do. Throws `NOT_TRUSTED`; `USAGE` for a program. */
export async function logIn(entry: ServerEntry, env: Environment, show: (url: string) => void, signal: AbortSignal): Promise<boolean> {
  const { name } = entry.server;
  const secrets = openSecretStore({ env });
  const server = await resolvePlaceholders(await trustServer(entry, env), { env, secrets });
  if (server.transport === 'stdio') {
    throw new KosmoError('USAGE', `MCP server '${name}' is a local program and has no login.`, {
      hint: `give it what it needs with kosmo mcp:secret:set ${name} <key>`,
    });
  }
  const { login } = await import('./authorization-flow.ts');
  return login({ server, secrets, show, signal });
}

/** Forgets the tokens of a server. Returns whether there were any. */
export async function logOut(server: string, env: Environment): Promise<boolean> {
  const secrets = openSecretStore({ env });
  const key = `mcp.${server}.oauth`;
  const known = (await secrets.keys(key)).includes(key);
  await secrets.unset(key);
  return known;
}
