import type { OAuthClientProvider } from '@modelcontextprotocol/client';
import type { SecretStore } from '../../credentials/index.ts';
import { KosmoError, rememberSecret } from '../../errors/index.ts';

type Tokens = Parameters<OAuthClientProvider['saveTokens']>[0];
type ClientInformation = Parameters<NonNullable<OAuthClientProvider['saveClientInformation']>>[0];

/** What a login leaves in the store of secrets. */
interface Session {
  /** Where the tokens are good; they are sent nowhere else. */
  readonly url: string;
  readonly client?: ClientInformation;
  readonly tokens?: Tokens;
}

/** The tokens of one server. */
export interface OAuthSession {
  readonly read: () => Promise<Session | undefined>;
  readonly write: (session: Session) => Promise<void>;
  readonly forget: () => Promise<void>;
}

/** Opens the session of a server, encrypted in the user's store. A session that was made for another URL does not count. */
export function openSession(server: string, url: string, secrets: SecretStore): OAuthSession {
  const key = `mcp.${server}.oauth`;
  return {
    async read() {
      const text = await secrets.get(key);
      if (text === undefined) return undefined;
      const session = parseSession(text);
      for (const token of [session.tokens?.access_token, session.tokens?.refresh_token]) if (token !== undefined) rememberSecret(token);
      return session.url === url ? session : undefined;
    },
    async write(session) {
      for (const token of [session.tokens?.access_token, session.tokens?.refresh_token]) if (token !== undefined) rememberSecret(token);
      await secrets.set(key, JSON.stringify(session));
    },
    forget: () => secrets.unset(key),
  };
}

// `mcp:secret:set` can put any text there; it is not a session then, and the next login replaces it.
function parseSession(text: string): Session {
  try {
    return { ...(JSON.parse(text) as Session) };
  } catch {
    return { url: '' };
  }
}

/** What a login can do that a run of its own accord cannot. */
export interface Interaction {
  /** Where the browser is sent back to. */
  readonly redirectUrl: string;
  readonly state: string;
  readonly show: (url: string) => void;
}

/** The SDK's client of OAuth. Without an interaction it renews tokens, and refuses to begin a login. */
export function createProvider(server: string, url: string, session: OAuthSession, interaction?: Interaction): OAuthClientProvider {
  let verifier = '';
  // Each login registers again: its address on this machine differs each time.
  let registered: ClientInformation | undefined;
  const redirectUrl = interaction?.redirectUrl ?? 'http://127.0.0.1/callback';
  return {
    redirectUrl,
    clientMetadata: {
      client_name: 'kosmo',
      redirect_uris: [redirectUrl],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
    },
    state: () => interaction?.state ?? '',
    clientInformation: async () => registered ?? (interaction === undefined ? (await session.read())?.client : undefined),
    saveClientInformation(client) {
      registered = client;
    },
    tokens: async () => (await session.read())?.tokens,
    async saveTokens(tokens) {
      const before = await session.read();
      const client = registered ?? before?.client;
      await session.write({ url, tokens, ...(client === undefined ? {} : { client }) });
    },
    saveCodeVerifier(value) {
      verifier = value;
    },
    codeVerifier: () => verifier,
    redirectToAuthorization(address) {
      if (interaction === undefined) throw loginNeeded(server);
      interaction.show(String(address));
    },
    async invalidateCredentials(scope) {
      if (scope === 'all' || scope === 'tokens' || scope === 'client') await session.forget();
    },
  };
}

/** Error of a run with a server that requires a login: a run cannot log in. */
export function loginNeeded(server: string): KosmoError {
  return new KosmoError('CREDENTIALS_REJECTED', `MCP server '${server}' wants you to log in again.`, {
    details: { server },
    hint: `run kosmo mcp:login ${server} on a terminal`,
  });
}
