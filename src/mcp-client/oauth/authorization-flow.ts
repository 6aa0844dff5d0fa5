import { randomBytes } from 'node:crypto';
import {
  computeScopeUnion,
  exchangeAuthorization,
  type OAuthClientInformationMixed,
  RegistrationRejectedError,
  registerClient,
  startAuthorization,
  validateAuthorizationResponseIssuer,
} from '@modelcontextprotocol/client';
import { KosmoError } from '../../errors/index.ts';
import { cutText } from '../../platform/cut-text.ts';
import type { HttpTarget } from '../trust/placeholders.ts';
import { type AuthorizationServer, clientOf, describeLoginFailure, discover, isIssuedBy, loginFetch } from './authorization-server.ts';
import { type Callback, listenForCallback, refusal } from './callback.ts';
import type { Challenge } from './renewal.ts';
import type { Session, SessionStore } from './session.ts';

export interface LoginFlow {
  readonly server: HttpTarget;
  readonly store: SessionStore;
  /** What the server demanded, if it refused a request. */
  readonly challenge: Challenge | undefined;
  /** URL of the document that describes this user's kosmo to authorization servers. */
  readonly clientMetadataUrl: string | undefined;
  /** Takes the URL that a person opens in a browser. */
  readonly show: (url: string) => void;
  readonly signal: AbortSignal;
}

/** Sends the user to the authorization server of an MCP server, and stores the tokens that come back. */
export async function runLogin(flow: LoginFlow): Promise<void> {
  const { server, store, challenge, show, signal } = flow;
  const state = randomBytes(24).toString('base64url');
  const before = (await store.read()) ?? { url: server.url };
  let at: AuthorizationServer | undefined;
  const callback = await listenForCallback(state, server.oauth?.callbackPort);
  try {
    const fetchFn = await loginFetch(server);
    at = await discover(server, challenge?.resourceMetadataUrl, fetchFn);
    const { url, metadata, resource, issuer } = at;
    const scope = scopeFor(server, before, at, challenge);
    const client = await identify(flow, { before, at, callback, scope, fetchFn });
    const common = { ...(metadata && { metadata }), ...(resource && { resource }), clientInformation: client };
    const { authorizationUrl, codeVerifier } = await startAuthorization(url, {
      ...common,
      redirectUrl: callback.url,
      state,
      ...(scope === undefined ? {} : { scope }),
    });
    show(String(authorizationUrl));
    const params = await callback.received(signal);
    const iss = params.get('iss') ?? undefined;
    // Before the code is read: a response of another server says nothing about this login.
    checkIssuer(at, iss);
    const refused = refusal(server.name, params);
    if (refused !== undefined) throw refused;
    const tokens = await exchangeAuthorization(url, {
      ...common,
      authorizationCode: params.get('code') ?? '',
      ...(iss === undefined ? {} : { iss }),
      codeVerifier,
      redirectUri: callback.url,
      fetchFn,
    });
    const granted = tokens.scope ?? scope;
    const stored = server.oauth?.clientId === client.client_id ? { client_id: client.client_id } : client;
    await store.locked(async (write) => {
      const { demand } = (await store.read()) ?? {};
      await write({
        url: server.url,
        client: { ...stored, issuer },
        tokens: { ...tokens, ...(granted !== undefined && { scope: granted }), issuer },
        ...(demand && { demand: { ...demand, logins: demand.logins + 1, isOpen: false } }),
      });
    });
  } catch (thrown) {
    throw signal.aborted ? signal.reason : describeLoginFailure(thrown, server, at);
  } finally {
    callback.close();
  }
}

// A login for more scopes keeps those that were granted before.
function scopeFor({ oauth }: HttpTarget, { tokens, demand }: Session, at: AuthorizationServer, challenge?: Challenge): string | undefined {
  const granted = isIssuedBy(tokens, at) ? tokens?.scope : undefined;
  const asked = computeScopeUnion(oauth?.scope, granted, demand?.scope, challenge?.scope) ?? computeScopeUnion(...at.scopes);
  // Without it some servers issue no refresh token.
  const isOffline = asked !== undefined && at.metadata?.scopes_supported?.includes('offline_access') === true;
  return isOffline ? computeScopeUnion(asked, 'offline_access') : asked;
}

function checkIssuer({ metadata }: AuthorizationServer, iss: string | undefined): void {
  const isAnnounced = metadata?.authorization_response_iss_parameter_supported === true;
  validateAuthorizationResponseIssuer({ iss, expectedIssuer: metadata?.issuer, issParameterSupported: isAnnounced });
}

interface Identification {
  readonly before: Session;
  readonly at: AuthorizationServer;
  readonly callback: Callback;
  readonly scope: string | undefined;
  readonly fetchFn: typeof fetch;
}

/** Chooses the client: the user's own, the document at the user's URL, else a new registration. */
async function identify(
  { server, clientMetadataUrl }: LoginFlow,
  { before, at, callback, scope, fetchFn }: Identification,
): Promise<OAuthClientInformationMixed> {
  const { metadata, url, issuer } = at;
  const { clientId: own } = server.oauth ?? {};
  if (own !== undefined) {
    const bound = before.client?.client_id === own ? before.client : undefined;
    if (bound !== undefined && !isIssuedBy(bound, at)) throw movedServer(server.name, String(bound.issuer), issuer);
    return clientOf(server, { url: server.url, client: { client_id: own } }, at) ?? { client_id: own };
  }
  if (clientMetadataUrl !== undefined && metadata?.client_id_metadata_document_supported === true) return { client_id: clientMetadataUrl };
  if (metadata !== undefined && metadata.registration_endpoint === undefined) throw registrationMissing(server.name, new URL(url).host);
  const methods = metadata?.token_endpoint_auth_methods_supported ?? ['none'];
  const method = ['none', 'client_secret_basic', 'client_secret_post'].find((candidate) => methods.includes(candidate)) ?? 'none';
  try {
    // Each login registers again: its redirect URL on this machine differs each time.
    return await registerClient(url, {
      ...(metadata && { metadata }),
      clientMetadata: {
        client_name: 'kosmo',
        redirect_uris: [callback.url],
        grant_types: ['authorization_code', 'refresh_token'],
        response_types: ['code'],
        token_endpoint_auth_method: method,
        application_type: 'native',
      },
      ...(scope === undefined ? {} : { scope }),
      fetchFn,
    });
  } catch (thrown) {
    if (!(thrown instanceof RegistrationRejectedError)) throw thrown;
    throw registrationMissing(server.name, new URL(url).host, `it answered the registration with HTTP status ${thrown.status}`);
  }
}

function registrationMissing(server: string, host: string, reason = 'it has no open registration'): KosmoError {
  return new KosmoError(
    'CREDENTIALS_REJECTED',
    `${cutText(host, 200)}, where MCP server '${server}' has its logins, does not register kosmo: ${reason}.`,
    {
      details: { server },
      hint: `register a client there by hand, then: kosmo mcp:add ${server} --client-id <id>; its secret: kosmo mcp:secret:set ${server} client_secret --stdin`,
    },
  );
}

function movedServer(server: string, before: string, now: string): KosmoError {
  return new KosmoError(
    'CREDENTIALS_REJECTED',
    `MCP server '${server}' names the authorization server ${now} now, and your client belongs to ${before}. Nothing was sent there.`,
    {
      details: { server },
      hint: `if that is right, run kosmo mcp:logout ${server}, set the client of the new one, then run kosmo mcp:login ${server}`,
    },
  );
}
