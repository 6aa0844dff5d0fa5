import {
  type AuthorizationServerMetadata,
  discoverOAuthServerInfo,
  type OAuthClientInformationMixed,
  OAuthError,
  OAuthErrorCode,
  selectResourceURL,
} from '@modelcontextprotocol/client';
import { isKosmoError, KosmoError } from '../../errors/index.ts';
import { cutText } from '../../platform/cut-text.ts';
import { fetchFor } from '../connection/connect.ts';
import { describeFailure } from '../connection/errors.ts';
import type { HttpTarget } from '../trust/placeholders.ts';
import type { Session } from './session.ts';

/** How long one request to an authorization server may take. */
const MAX_REQUEST_MS = 60_000;

/** Characters of an authorization server's own words in a message. */
const MAX_REASON = 200;

/** The authorization server that an MCP server names now. */
export interface AuthorizationServer {
  readonly url: string;
  readonly metadata: AuthorizationServerMetadata | undefined;
  readonly issuer: string;
  /** The resource that tokens are asked for, as the MCP server spells it: a URL object would add a slash to an origin. */
  readonly resource: string | undefined;
  /** The scopes that the MCP server lists. */
  readonly scopes: readonly string[];
}

/** Asks an MCP server for its authorization server, and that one for its endpoints. */
export async function discover(
  server: HttpTarget,
  resourceMetadataUrl: URL | undefined,
  fetchFn: typeof fetch,
): Promise<AuthorizationServer> {
  const found = await discoverOAuthServerInfo(server.url, {
    fetchFn,
    ...(resourceMetadataUrl === undefined ? {} : { resourceMetadataUrl }),
  });
  const { authorizationServerUrl: url, authorizationServerMetadata: metadata, resourceMetadata } = found;
  // Throws for a resource that is not the server's.
  await selectResourceURL(server.url, {} as Parameters<typeof selectResourceURL>[1], resourceMetadata);
  return {
    url,
    metadata,
    issuer: metadata?.issuer ?? url,
    resource: resourceMetadata?.resource,
    scopes: resourceMetadata?.scopes_supported ?? [],
  };
}

/** Fetch for a login. The headers of the server's entry go to the server itself only, and never with a token request. */
export async function loginFetch(server: HttpTarget): Promise<typeof fetch> {
  const through = (await fetchFor(server)) ?? fetch;
  const { origin } = new URL(server.url);
  return (input, init = {}) => {
    const isOwn = new URL(input instanceof Request ? input.url : input).origin === origin && (init.method ?? 'GET') === 'GET';
    const headers = new Headers(isOwn ? server.headers : {});
    new Headers(init.headers).forEach((value, name) => {
      headers.set(name, value);
    });
    return through(input, { signal: AbortSignal.timeout(MAX_REQUEST_MS), ...init, headers });
  };
}

/** Whether a token or client was issued by this server. Sessions of earlier versions of kosmo do not say. */
export function isIssuedBy(issued: { readonly issuer?: string } | undefined, { issuer }: AuthorizationServer): boolean {
  const trimmed = (text: string): string => text.replace(/\/$/, '');
  return issued !== undefined && (issued.issuer === undefined || trimmed(issued.issuer) === trimmed(issuer));
}

/** The client of a session with its secret: that of the configuration, else the registered one. Undefined for another issuer. */
export function clientOf(server: HttpTarget, session: Session, at: AuthorizationServer): OAuthClientInformationMixed | undefined {
  const { client } = session;
  if (client === undefined || !isIssuedBy(client, at)) return undefined;
  const { oauth } = server;
  if (oauth?.clientId !== client.client_id) return client;
  return oauth.clientSecret === undefined
    ? { client_id: client.client_id }
    : { client_id: client.client_id, client_secret: oauth.clientSecret };
}

/** The error of a failed request to an authorization server. Nothing was sent to the MCP server. */
export function describeLoginFailure(thrown: unknown, { name, url }: HttpTarget, at?: AuthorizationServer): KosmoError {
  if (isKosmoError(thrown)) return thrown;
  const asked = at === undefined ? 'the authorization server' : new URL(at.url).host;
  const fail = (code: 'CREDENTIALS_REJECTED' | 'REMOTE_UNAVAILABLE', said: string): KosmoError =>
    new KosmoError(code, `The login to MCP server '${name}' failed: ${asked} ${said}.`, {
      details: { server: name },
      outcome: 'none',
      cause: thrown,
    });
  if (!(thrown instanceof OAuthError)) {
    const deed = { what: 'the login', sent: false, writes: false };
    if ((thrown as Error).name === 'TimeoutError') return fail('REMOTE_UNAVAILABLE', `did not answer for ${MAX_REQUEST_MS / 1000}s`);
    return describeFailure(thrown, { server: name, url, deed, timeoutMs: MAX_REQUEST_MS });
  }
  const [, status] = /^HTTP (\d{3}): Invalid OAuth/.exec(thrown.message) ?? [];
  if (status !== undefined) return fail('REMOTE_UNAVAILABLE', `answered with HTTP status ${status}`);
  const reason = cutText(thrown.message.replaceAll(/\s+/g, ' ').trim(), MAX_REASON);
  const isBusy = thrown.code === OAuthErrorCode.ServerError || thrown.code === OAuthErrorCode.TemporarilyUnavailable;
  return fail(isBusy ? 'REMOTE_UNAVAILABLE' : 'CREDENTIALS_REJECTED', `said ${thrown.code}${reason === '' ? '' : `, ${reason}`}`);
}
