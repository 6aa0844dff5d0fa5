import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSecretStore } from '../../../src/credentials/index.ts';
import { findServer, logIn, logOut, readServers } from '../../../src/mcp-client/index.ts';
import { openSession } from '../../../src/mcp-client/oauth/session.ts';
import type { CallReport } from '../../../src/runtime/index.ts';
import { kosmo } from '../../helpers/cli.ts';
import { type McpPlace, mcpPlace } from '../../helpers/mcp.ts';
import { type OAuthServer, type OAuthTraits, startOAuthServer } from '../../helpers/oauth-server.ts';
import { runCli } from '../../helpers/run-cli.ts';

let server: OAuthServer;
let place: McpPlace;
let traits: OAuthTraits;

beforeEach(async () => {
  traits = {};
  server = await startOAuthServer(traits);
  place = mcpPlace({ walled: { url: server.url } });
});
afterEach(() => server.close());

async function login(options: { readonly always?: boolean; readonly clientMetadataUrl?: string } = {}): Promise<boolean> {
  const { env } = place.options;
  const entry = findServer(await readServers({ env, folder: place.project }), 'walled');
  let opened: Promise<unknown> | undefined;
  const show = (url: string): void => {
    opened = fetch(url);
  };
  const done = await logIn(entry, { env, show, signal: AbortSignal.timeout(20_000), ...options });
  await opened;
  return done;
}

async function call(): Promise<CallReport> {
  const { stdout, stderr } = await runCli(['mcp:call', 'walled.echo', '--message', 'hi', '--json'], place.options);
  expect(stdout + stderr).not.toContain('S3CRET');
  expect(stderr).not.toContain('mcp-sdk');
  return JSON.parse(stdout) as CallReport;
}

const renewals = (): number => server.tokenRequests.filter(({ grant_type: type }) => type === 'refresh_token').length;

const store = () => openSession('walled', server.url, openSecretStore({ env: place.options.env }));

describe('a token that has expired', () => {
  test.each([2, 10])('is renewed once by %i processes that need it at the same time', { timeout: 120_000 }, async (count) => {
    traits.tokenDelayMs = 400;
    await login();
    server.access.clear();
    const reports = await Promise.all(
      Array.from({ length: count }, () => kosmo(['mcp:call', 'walled.echo', '--message', 'hi', '--json'], place.options)),
    );
    expect(reports.filter(({ code }) => code !== 0)).toEqual([]);
    expect(renewals()).toBe(1);
    expect(await call()).toMatchObject({ success: true });
    expect(renewals()).toBe(1);
  });

  test.each([
    ['answers with HTTP status 503', { status: 503, body: '<html>' }],
    ['is busy', { status: 400, body: { error: 'temporarily_unavailable' } }],
    ['refuses for another reason', { status: 400, body: { error: 'invalid_scope' } }],
  ])('stays stored if the token endpoint %s', async (_what, failure) => {
    await login();
    server.access.clear();
    traits.tokenFailure = failure;
    expect(await call()).toMatchObject({ success: false, error_detail: { outcome: 'none' } });
    traits.tokenFailure = undefined;
    expect(await call()).toMatchObject({ success: true, data: 'hi' });
  });

  test('is not deleted if another process has stored a newer one meanwhile', async () => {
    await login();
    server.access.clear();
    traits.tokenFailure = { status: 400, body: { error: 'invalid_grant' } };
    traits.tokenDelayMs = 300;
    const first = call();
    await expect.poll(renewals).toBe(1);
    const session = await store().read();
    const newer = { access_token: 'newer', refresh_token: 'newest', token_type: 'Bearer' };
    await openSecretStore({ env: place.options.env }).set('mcp.walled.oauth', JSON.stringify({ ...session, tokens: newer }));
    server.access.add('newer');
    expect(await first).toMatchObject({ success: true, data: 'hi' });
    expect((await store().read())?.tokens).toMatchObject(newer);
  });

  test('is stored even if the call gives up before the renewal ends', async () => {
    await login();
    server.access.clear();
    traits.tokenDelayMs = 1500;
    place.write('home/mcp.json', { mcpServers: { walled: { url: server.url, timeout: 1 } } });
    expect(await call()).toMatchObject({ success: false, error_detail: { code: 'DEADLINE_EXCEEDED' } });
    expect(await call()).toMatchObject({ success: true });
    expect(renewals()).toBe(1);
  });

  test('is not sent to another authorization server', async () => {
    await login();
    server.access.clear();
    const other = await startOAuthServer();
    traits.issuer = new URL(other.url).origin;
    expect(await call()).toMatchObject({ error_detail: { code: 'CREDENTIALS_REJECTED', message: expect.stringContaining(traits.issuer) } });
    expect(other.tokenRequests).toEqual([]);
    await login();
    expect(other.logins).toHaveLength(1);
    await other.close();
  });

  test('stays deleted after a logout during its renewal', async () => {
    await login();
    server.access.clear();
    traits.tokenDelayMs = 300;
    const running = call();
    await expect.poll(renewals).toBe(1);
    expect(await logOut('walled', place.options.env)).toBe(true);
    await running;
    expect(await store().read()).toBeUndefined();
  });
});

describe('a login', () => {
  test('begins for a server that demands it for its tools only', async () => {
    traits.open = ['initialize', 'notifications/initialized'];
    expect(await login()).toBe(true);
    expect(await call()).toMatchObject({ success: true });
  });

  test('asks for the resource in the words of the server, also when its token is renewed', async () => {
    traits.isForOrigin = true;
    await login();
    server.access.clear();
    expect(await call()).toMatchObject({ success: true });
    const { origin } = new URL(server.url);
    expect(server.logins[0]?.get('resource')).toBe(origin);
    expect(server.tokenRequests.map(({ resource }) => resource)).toEqual([origin, origin]);
  });

  test('begins in any case with always, which the refusal of one tool names', async () => {
    traits.open = ['initialize', 'notifications/initialized', 'tools/list'];
    expect(await call()).toMatchObject({ error_detail: { hint: expect.stringContaining('kosmo mcp:login walled --always') } });
    expect(await login()).toBe(false);
    expect(await login({ always: true })).toBe(true);
    expect(await call()).toMatchObject({ success: true });
  });

  test('asks for the granted and the demanded scopes together after a refusal', async () => {
    traits.scopes = { initialize: 'files:read' };
    await login();
    expect(server.logins.at(-1)?.get('scope')).toBe('files:read');
    traits.scopes = { 'tools/call': 'files:read files:write' };
    expect(await call()).toMatchObject({
      error_detail: {
        code: 'CREDENTIALS_REJECTED',
        outcome: 'none',
        scopes: ['files:read', 'files:write'],
        hint: expect.stringContaining('kosmo mcp:login walled'),
      },
    });
    await login();
    expect(server.logins.at(-1)?.get('scope')?.split(' ').sort()).toEqual(['files:read', 'files:write']);
    expect(await call()).toMatchObject({ success: true });
  });

  test('stops asking for a scope that the user does not get', async () => {
    traits.scopes = { 'tools/call': 'admin' };
    traits.never = ['admin'];
    await login();
    for (let times = 0; times < 2; times += 1) {
      await call();
      await login();
    }
    expect(await call()).toMatchObject({ error_detail: { message: expect.stringContaining('did not get it'), outcome: 'none' } });
  });

  test('uses the client and the secret that the user has', async () => {
    traits.metadata = { registration_endpoint: undefined, token_endpoint_auth_methods_supported: ['client_secret_basic'] };
    await expect(login()).rejects.toMatchObject({ code: 'CREDENTIALS_REJECTED', hint: expect.stringContaining('--client-id') });
    await runCli(['mcp:add', 'walled', '--client-id', 'mine', '--global'], place.options);
    await runCli(['mcp:secret:set', 'walled', 'client_secret', '--stdin'], { ...place.options, stdin: 'S3CRET-client' });
    await login();
    expect(server.logins.at(-1)?.get('client_id')).toBe('mine');
    const { authorization = '' } = server.tokenRequests.at(-1) ?? {};
    expect(Buffer.from(authorization.slice('Basic '.length), 'base64').toString()).toBe('mine:S3CRET-client');
    server.access.clear();
    expect(await call()).toMatchObject({ success: true });
    const other = await startOAuthServer();
    traits.issuer = new URL(other.url).origin;
    await expect(login({ always: true })).rejects.toMatchObject({ hint: expect.stringContaining('mcp:logout') });
    expect(other.logins.length + other.tokenRequests.length).toBe(0);
    await other.close();
  });

  test('presents the document of the user where the server reads such documents', async () => {
    traits.metadata = { client_id_metadata_document_supported: true };
    await login({ clientMetadataUrl: 'https://example.com/kosmo.json' });
    expect(server.logins.at(-1)?.get('client_id')).toBe('https://example.com/kosmo.json');
    expect(server.asked.get('/register')).toBeUndefined();
  });
});
