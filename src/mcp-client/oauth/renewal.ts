import {
  extractWWWAuthenticateParams,
  OAuthError,
  OAuthErrorCode,
  refreshAuthorization,
  UnauthorizedError,
} from '@modelcontextprotocol/client';
import { KosmoError } from '../../errors/index.ts';
import { monotonicNow } from '../../platform/clock.ts';
import type { TokenSource } from '../connection/connect.ts';
import type { HttpTarget } from '../trust/placeholders.ts';
import { type AuthorizationServer, clientOf, describeLoginFailure, discover, isIssuedBy, loginFetch } from './authorization-server.ts';
import type { Session, SessionStore } from './session.ts';

/** What a server said when it refused a request for its token. */
export interface Challenge {
  readonly resourceMetadataUrl?: URL;
  readonly scope?: string;
}

export interface RenewingTokens extends TokenSource {
  /** The latest refusal that no renewal answered; otherwise undefined. */
  readonly challenge: () => Challenge | undefined;
}

/**
 * Creates the source of tokens for a run. It renews them if a server refuses the current one, and never begins a login. Other processes may
 * do the same at the same time: the tokens are read again under the lock, so each refresh token is used once.
 */
export async function createTokenSource(server: HttpTarget, store: SessionStore): Promise<RenewingTokens> {
  let isUsed = await store.exists();
  let challenge: Challenge | undefined;
  let renewing: Promise<void> | undefined;
  let renewedAt = Number.NEGATIVE_INFINITY;
  const sentWith = new WeakMap<Response, string>();

  const renew = async (refused: string | undefined): Promise<void> => {
    const { tokens } = (await store.read()) ?? {};
    if (tokens === undefined) throw new UnauthorizedError();
    if (tokens.access_token !== refused) return;
    if (tokens.refresh_token === undefined) throw loginNeeded(server.name);
    await store.locked((write) => renewOnce(server, { store, write, refused, challenge }));
  };

  return {
    challenge: () => challenge,
    async token() {
      return isUsed ? (await store.read())?.tokens?.access_token : undefined;
    },
    async onUnauthorized({ response }) {
      // A login may have ended since this process began.
      isUsed = true;
      // A response that nothing reads keeps its connection, which the server closes during a long renewal.
      await response.body?.cancel().catch(() => undefined);
      renewing ??= renew(sentWith.get(response)).finally(() => {
        renewing = undefined;
      });
      await renewing;
      renewedAt = monotonicNow();
      challenge = undefined;
    },
    watch: (through) => async (input, init) => {
      const response = await through(input, init).catch((thrown: unknown) => {
        // A server closes connections that were idle during a long renewal. Only a call of a tool could have done something.
        if (monotonicNow() - renewedAt > MAX_STALE_MS || !isClosed(thrown) || isToolCall(init?.body)) throw thrown;
        return through(input, init);
      });
      const [, token] = /^(?:Bearer|DPoP) (.+)$/.exec(new Headers(init?.headers).get('authorization') ?? '') ?? [];
      if (token !== undefined) sentWith.set(response, token);
      if (response.status !== 401 && response.status !== 403) return response;
      const { error, resourceMetadataUrl, scope } = extractWWWAuthenticateParams(response);
      if (response.status === 403 && error !== 'insufficient_scope') return response;
      challenge = { ...(resourceMetadataUrl && { resourceMetadataUrl }), ...(scope !== undefined && { scope }) };
      if (response.status === 403 && token !== undefined && scope !== undefined) await demandScope(server, store, scope);
      return response;
    },
    settled: async () => {
      await renewing?.catch(() => undefined);
    },
  };
}

/** Connections from before a renewal are used, or closed, within this time. */
const MAX_STALE_MS = 10_000;

function isClosed(thrown: unknown): boolean {
  const { cause } = thrown as { readonly cause?: { readonly code?: unknown } };
  return cause?.code === 'UND_ERR_SOCKET' || cause?.code === 'ECONNRESET' || cause?.code === 'EPIPE';
}

function isToolCall(body: unknown): boolean {
  return typeof body !== 'string' ? body !== undefined && body !== null : body.includes('"tools/call"');
}

interface Renewal {
  readonly store: SessionStore;
  readonly write: (session: Session) => Promise<void>;
  readonly refused: string | undefined;
  readonly challenge: Challenge | undefined;
}

async function renewOnce(server: HttpTarget, { store, write, refused, challenge }: Renewal): Promise<void> {
  const session = await store.read();
  const tokens = session?.tokens;
  if (session === undefined || tokens?.refresh_token === undefined) throw loginNeeded(server.name);
  // Another process renewed them while this one waited.
  if (tokens.access_token !== refused) return;
  const isCurrent = async (): Promise<boolean> => (await store.read())?.tokens?.refresh_token === tokens.refresh_token;
  let at: AuthorizationServer | undefined;
  try {
    const fetchFn = await loginFetch(server);
    at = await discover(server, challenge?.resourceMetadataUrl, fetchFn);
    const client = clientOf(server, session, at);
    if (client === undefined || !isIssuedBy(tokens, at)) throw loginNeeded(server.name, `its authorization server is ${at.issuer} now`);
    const renewed = await refreshAuthorization(at.url, {
      ...(at.metadata && { metadata: at.metadata }),
      ...(at.resource && { resource: at.resource }),
      clientInformation: client,
      refreshToken: tokens.refresh_token,
      fetchFn,
    });
    // A logout that did not wait for this lock wins.
    if (!(await isCurrent())) return;
    const scope = renewed.scope ?? tokens.scope;
    await write({ ...session, tokens: { ...renewed, ...(scope !== undefined && { scope }), issuer: at.issuer } });
  } catch (thrown) {
    const isRegistered = session.client?.client_id !== server.oauth?.clientId;
    const isLost =
      thrown instanceof OAuthError && (thrown.code === OAuthErrorCode.InvalidGrant || (isRegistered && UNKNOWN_CLIENT.has(thrown.code)));
    if (!isLost) throw describeLoginFailure(thrown, server, at);
    // A process that stood still may have lost the lock: then the stored tokens are newer than the refused ones.
    if (!(await isCurrent())) return;
    const { tokens: _refused, ...rest } = session;
    await write(rest);
    throw loginNeeded(server.name);
  }
}

/** The authorization server forgot the registration. A client of the user's own may have a wrong secret instead, which deletes nothing. */
const UNKNOWN_CLIENT: ReadonlySet<string> = new Set([OAuthErrorCode.InvalidClient, OAuthErrorCode.UnauthorizedClient]);

/** Logins for one scope. If the server still refuses it after that, another login does not help. */
export const MAX_SCOPE_LOGINS = 2;

// A later `mcp:login`, in another process, asks for these scopes.
async function demandScope({ name }: HttpTarget, store: SessionStore, scope: string): Promise<void> {
  const demand = await store.locked(async (write) => {
    const session = await store.read();
    if (session?.tokens === undefined) return undefined;
    const logins = session.demand?.scope === scope ? session.demand.logins : 0;
    const next = { scope, logins, isOpen: logins < MAX_SCOPE_LOGINS };
    if (JSON.stringify(next) !== JSON.stringify(session.demand)) await write({ ...session, demand: next });
    return next;
  });
  if (demand?.isOpen === false) throw scopeRefused(name, scope);
}

/** Error of a scope that the user does not get, however often the login asks for it. */
export function scopeRefused(server: string, scope: string): KosmoError {
  return new KosmoError(
    'CREDENTIALS_REJECTED',
    `MCP server '${server}' demands the scope "${scope}", and ${MAX_SCOPE_LOGINS} logins did not get it.`,
    {
      details: { server, scopes: scope.split(/\s+/) },
      hint: `ask the operator of the server for this scope, or log in as another user: kosmo mcp:login ${server} --always`,
    },
  );
}

/** Error of a run with a server that requires a login: a run cannot log in. */
export function loginNeeded(server: string, reason?: string): KosmoError {
  const why = reason === undefined ? '' : `: ${reason}`;
  return new KosmoError('CREDENTIALS_REJECTED', `MCP server '${server}' wants you to log in again${why}.`, {
    details: { server },
    hint: `run kosmo mcp:login ${server} --always on a terminal`,
  });
}
