import { openSecretStore } from '../../credentials/index.ts';
import { KosmoError } from '../../errors/index.ts';
import type { ServerEntry } from '../config/servers.ts';
import { resolvePlaceholders } from '../trust/placeholders.ts';
import { trustServer } from '../trust/trust.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface LoginOptions {
  readonly env: Environment;
  /** Takes the URL that a person opens in a browser. */
  readonly show: (url: string) => void;
  readonly signal: AbortSignal;
  /** Begins a login even if the server answers without one. @default false */
  readonly always?: boolean;
  /** The user's setting `oauth.clientMetadataUrl`. @default undefined (kosmo registers a client) */
  readonly clientMetadataUrl?: string | undefined;
}

/**
 * Logs in to a server with OAuth. Resolves to false if the server opens a session and lists its tools without a new login. Throws
 * `NOT_TRUSTED`; `USAGE` for a local program.
 */
export async function logIn(entry: ServerEntry, { env, show, signal, always = false, clientMetadataUrl }: LoginOptions): Promise<boolean> {
  const { name } = entry.server;
  const secrets = openSecretStore({ env });
  const server = await resolvePlaceholders(await trustServer(entry, env), { env, secrets });
  if (server.transport === 'stdio') {
    throw new KosmoError('USAGE', `MCP server '${name}' is a local program and has no login.`, {
      hint: `give it what it needs with kosmo mcp:secret:set ${name} <key>`,
    });
  }
  const [{ openSession }, { createTokenSource, scopeRefused }, { runLogin }, { connect }] = await Promise.all([
    import('./session.ts'),
    import('./renewal.ts'),
    import('./authorization-flow.ts'),
    import('../connection/connect.ts'),
  ]);
  const store = openSession(name, server.url, secrets);
  const oauth = await createTokenSource(server, store);
  const { demand } = (await store.read()) ?? {};
  if (!always && demand?.isOpen !== true) {
    const failure = await connect({ server, oauth, onToolsChanged: () => undefined })
      .then((connection) => connection.list('tools', { signal }).finally(connection.close))
      .then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
    if (failure === undefined) return false;
    // Whatever failed after a refusal: a server that refuses one revision may not know the other.
    if (oauth.challenge() === undefined) throw failure;
    const after = (await store.read())?.demand;
    if (after?.isOpen === false && after.scope === oauth.challenge()?.scope) throw scopeRefused(name, after.scope);
  }
  await runLogin({ server, store, challenge: oauth.challenge(), clientMetadataUrl, show, signal });
  return true;
}

/** Forgets the tokens of a server. Waits for a renewal that another process makes. Returns whether there were any. */
export async function logOut(server: string, env: Environment): Promise<boolean> {
  const { openSession } = await import('./session.ts');
  const store = openSession(server, '', openSecretStore({ env }));
  const known = await store.exists();
  if (known) await store.forget();
  return known;
}
