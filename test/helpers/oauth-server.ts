import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OAuthServer {
  /** Of the MCP server behind the login. */
  readonly url: string;
  /** Access tokens that are good now; refresh tokens that are. */
  readonly access: Set<string>;
  readonly refresh: Set<string>;
  /** How often each path was asked for. */
  readonly asked: Map<string, number>;
  /** Requests to the token endpoint, as forms with the header `authorization`. */
  readonly tokenRequests: readonly Readonly<Record<string, string>>[];
  /** The query of each login. */
  readonly logins: readonly URLSearchParams[];
  readonly close: () => Promise<void>;
}

const TOOL = {
  name: 'echo',
  inputSchema: { type: 'object', properties: { message: { type: 'string' } } },
  annotations: { readOnlyHint: true },
};

/** What the servers of a test do besides the usual. Members can change while they run. */
export interface OAuthTraits {
  /** How long the token endpoint takes. */
  tokenDelayMs?: number;
  /** Answers of the token endpoint instead of tokens. */
  tokenFailure?: { readonly status: number; readonly body: unknown } | undefined;
  /** Methods that need no token. */
  open?: readonly string[];
  /** Scopes that a token needs for a method; without them 403. */
  scopes?: Readonly<Record<string, string>>;
  /** Scopes that no login gets. */
  never?: readonly string[];
  /** More of the metadata of the authorization server; null removes a member. */
  metadata?: Readonly<Record<string, unknown>>;
  /** The secret that the token endpoint wants of clients. */
  clientSecret?: string;
  /** The resource of the MCP server is its origin and not its address. */
  isForOrigin?: boolean;
  /** Another authorization server for the MCP server. */
  issuer?: string;
}

/** An authorization server and an MCP server that wants its tokens (RFC 9728, 8414, 7591, PKCE), in this process. */
export async function startOAuthServer(traits: OAuthTraits = {}): Promise<OAuthServer> {
  const scopesOf = new Map<string, string>();
  const access = new Set<string>();
  const refresh = new Set<string>();
  const asked = new Map<string, number>();
  const codes = new Map<string, { challenge: string; redirect: string; scope: string }>();
  const tokenRequests: Record<string, string>[] = [];
  const logins: URLSearchParams[] = [];
  let origin = '';

  const json = (response: ServerResponse, status: number, body: unknown, headers = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
  const grant = (response: ServerResponse, scope = ''): void => {
    const tokens = {
      access_token: `S3CRET-access-${randomBytes(6).toString('hex')}`,
      refresh_token: `S3CRET-refresh-${randomBytes(6).toString('hex')}`,
    };
    access.add(tokens.access_token);
    const granted = scope.split(' ').filter((word) => traits.never?.includes(word) !== true);
    scopesOf.set(tokens.access_token, granted.join(' '));
    scopesOf.set(tokens.refresh_token, granted.join(' '));
    refresh.add(tokens.refresh_token);
    json(response, 200, { ...tokens, token_type: 'Bearer', expires_in: 3600 });
  };
  const routes: Readonly<
    Record<string, (body: string, response: ServerResponse, request: IncomingMessage, url: URL) => void | Promise<void>>
  > = {
    '/.well-known/oauth-protected-resource/mcp': (_body, response) =>
      json(response, 200, {
        resource: traits.isForOrigin === true ? origin : `${origin}/mcp`,
        authorization_servers: [traits.issuer ?? origin],
      }),
    '/.well-known/oauth-authorization-server': (_body, response) =>
      json(response, 200, {
        issuer: origin,
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        registration_endpoint: `${origin}/register`,
        response_types_supported: ['code'],
        grant_types_supported: ['authorization_code', 'refresh_token'],
        code_challenge_methods_supported: ['S256'],
        token_endpoint_auth_methods_supported: ['none'],
        ...traits.metadata,
      }),
    '/register': (body, response) => json(response, 201, { ...(JSON.parse(body) as object), client_id: 'kosmo-test' }),
    '/authorize': (_body, response, _request, { searchParams }) => {
      const code = randomBytes(8).toString('hex');
      const redirect = searchParams.get('redirect_uri') ?? '';
      logins.push(searchParams);
      codes.set(code, { challenge: searchParams.get('code_challenge') ?? '', redirect, scope: searchParams.get('scope') ?? '' });
      const back = new URL(redirect);
      back.searchParams.set('code', code);
      back.searchParams.set('state', searchParams.get('state') ?? '');
      response.writeHead(302, { location: String(back) }).end();
    },
    '/token': async (body, response, request) => {
      const form = new URLSearchParams(body);
      tokenRequests.push({ ...Object.fromEntries(form), authorization: request.headers.authorization ?? '' });
      if (traits.tokenDelayMs !== undefined) await new Promise((resolve) => setTimeout(resolve, traits.tokenDelayMs));
      if (traits.tokenFailure !== undefined) {
        json(response, traits.tokenFailure.status, traits.tokenFailure.body);
        return;
      }
      const code = codes.get(form.get('code') ?? '');
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      const used = form.get('refresh_token') ?? '';
      if (form.get('grant_type') === 'refresh_token' && refresh.delete(used)) grant(response, scopesOf.get(used));
      else if (code !== undefined && code.challenge === challenge && code.redirect === form.get('redirect_uri'))
        grant(response, code.scope);
      else json(response, 400, { error: 'invalid_grant' });
    },
    '/mcp': (body, response, request) => {
      const [, token = ''] = /^Bearer (.*)$/.exec(request.headers.authorization ?? '') ?? [];
      const asked = body === '' ? '' : ((JSON.parse(body) as { method?: string }).method ?? '');
      if (!access.has(token) && traits.open?.includes(asked) !== true) {
        const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`;
        const scope = traits.scopes?.[asked] === undefined ? '' : `, scope="${traits.scopes[asked]}"`;
        json(response, 401, {}, { 'www-authenticate': `Bearer resource_metadata="${metadata}"${scope}` });
        return;
      }
      const { [asked]: needed = '' } = traits.scopes ?? {};
      const has = (scopesOf.get(token) ?? '').split(' ');
      if (!needed.split(' ').every((scope) => scope === '' || has.includes(scope))) {
        json(response, 403, {}, { 'www-authenticate': `Bearer error="insufficient_scope", scope="${needed}"` });
        return;
      }
      const message =
        body === ''
          ? {}
          : (JSON.parse(body) as { id?: number; method?: string; params?: { protocolVersion?: string; arguments?: { message?: string } } });
      if (message.id === undefined) {
        response.writeHead(request.method === 'GET' ? 405 : 202).end();
        return;
      }
      const { id, method, params = {} } = message;
      const serverInfo = { name: 'walled', version: '1' };
      const results: Readonly<Record<string, unknown>> = {
        initialize: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo },
        'tools/list': { tools: [TOOL] },
        'tools/call': { content: [{ type: 'text', text: params.arguments?.message }] },
      };
      json(response, 200, { jsonrpc: '2.0', id, result: results[method ?? ''] ?? {} });
    },
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    asked.set(url.pathname, (asked.get(url.pathname) ?? 0) + 1);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const route = routes[url.pathname];
      if (route === undefined) json(response, 404, {});
      else void route(Buffer.concat(chunks).toString('utf8'), response, request, url);
    });
  });
  // On a busy machine, a client may reuse a connection just as the default of 5 s ends.
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/mcp`,
    access,
    refresh,
    asked,
    tokenRequests,
    logins,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
