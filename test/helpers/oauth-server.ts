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
  readonly close: () => Promise<void>;
}

const TOOL = {
  name: 'echo',
  inputSchema: { type: 'object', properties: { message: { type: 'string' } } },
  annotations: { readOnlyHint: true },
};

/** An authorization server and an MCP server that wants its tokens (RFC 9728, 8414, 7591, PKCE), in this process. */
export async function startOAuthServer(): Promise<OAuthServer> {
  const access = new Set<string>();
  const refresh = new Set<string>();
  const asked = new Map<string, number>();
  const codes = new Map<string, { challenge: string; redirect: string }>();
  let origin = '';

  const json = (response: ServerResponse, status: number, body: unknown, headers = {}): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
  const grant = (response: ServerResponse): void => {
    const tokens = {
      access_token: `S3CRET-access-${randomBytes(6).toString('hex')}`,
      refresh_token: `S3CRET-refresh-${randomBytes(6).toString('hex')}`,
    };
    access.add(tokens.access_token);
    refresh.add(tokens.refresh_token);
    json(response, 200, { ...tokens, token_type: 'Bearer', expires_in: 3600 });
  };
  const routes: Readonly<Record<string, (body: string, response: ServerResponse, request: IncomingMessage, url: URL) => void>> = {
    '/.well-known/oauth-protected-resource/mcp': (_body, response) =>
      json(response, 200, { resource: `${origin}/mcp`, authorization_servers: [origin] }),
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
      }),
    '/register': (body, response) => json(response, 201, { ...(JSON.parse(body) as object), client_id: 'kosmo-test' }),
    '/authorize': (_body, response, _request, { searchParams }) => {
      const code = randomBytes(8).toString('hex');
      const redirect = searchParams.get('redirect_uri') ?? '';
      codes.set(code, { challenge: searchParams.get('code_challenge') ?? '', redirect });
      const back = new URL(redirect);
      back.searchParams.set('code', code);
      back.searchParams.set('state', searchParams.get('state') ?? '');
      response.writeHead(302, { location: String(back) }).end();
    },
    '/token': (body, response) => {
      const form = new URLSearchParams(body);
      const code = codes.get(form.get('code') ?? '');
      const challenge = createHash('sha256')
        .update(form.get('code_verifier') ?? '')
        .digest('base64url');
      if (form.get('grant_type') === 'refresh_token' && refresh.delete(form.get('refresh_token') ?? '')) grant(response);
      else if (code !== undefined && code.challenge === challenge && code.redirect === form.get('redirect_uri')) grant(response);
      else json(response, 400, { error: 'invalid_grant' });
    },
    '/mcp': (body, response, request) => {
      const [, token = ''] = /^Bearer (.*)$/.exec(request.headers.authorization ?? '') ?? [];
      if (!access.has(token)) {
        const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`;
        json(response, 401, {}, { 'www-authenticate': `Bearer resource_metadata="${metadata}"` });
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
      else route(Buffer.concat(chunks).toString('utf8'), response, request, url);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/mcp`,
    access,
    refresh,
    asked,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
