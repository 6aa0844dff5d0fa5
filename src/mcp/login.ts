import { KosmoError } from '../errors/index.ts';
import { openSecretStore } from '../settings/index.ts';
import { resolvePlaceholders } from './placeholders.ts';
import type { ServerEntry } from './servers.ts';
import { trustServer } from './trust.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Logs in to a server with OAuth. Resolves to false where there was nothing to do. Throws `NOT_TRUSTED`; `USAGE` for a program. */
export async function logIn(entry: ServerEntry, env: Environment, show: (url: string) => void, signal: AbortSignal): Promise<boolean> {
  const { name } = entry.server;
  const secrets = openSecretStore({ env });
  const server = await resolvePlaceholders(await trustServer(entry, env), { env, secrets });
  if (server.transport === 'stdio') {
    throw new KosmoError('USAGE', `MCP server '${name}' is a program that is started here: there is nothing to log in to.`, {
      hint: `give it what it needs with kosmo mcp:secret:set ${name} <key>`,
    });
  }
  const { login } = await import('./oauth/login.ts');
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
