import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findServer, logIn, readServers } from '../../src/mcp-client/index.ts';
import type { CallReport } from '../../src/runtime/index.ts';
import { kosmo } from '../helpers/cli.ts';
import { type McpPlace, mcpPlace } from '../helpers/mcp.ts';
import { type OAuthServer, startOAuthServer } from '../helpers/oauth-server.ts';

let server: OAuthServer;
let place: McpPlace;

beforeAll(async () => {
  server = await startOAuthServer();
});
afterAll(() => server.close());
beforeEach(() => {
  place = mcpPlace({ walled: { url: server.url } });
});

/** What a person at a terminal does: opens the address, and is sent back. */
async function login(open: (url: string) => Promise<unknown> = fetch): Promise<boolean> {
  const { env } = place.options;
  const entry = findServer(await readServers({ env, folder: place.project }), 'walled');
  let opened: Promise<unknown> | undefined;
  const show = (url: string): void => {
    opened = open(url);
  };
  const done = await logIn(entry, { env, show, signal: AbortSignal.timeout(20_000) });
  await opened;
  return done;
}

async function call(): Promise<CallReport> {
  const { stdout, stderr } = await kosmo(['mcp:call', 'walled.echo', '--message', 'hi', '--json'], place.options);
  expect(stdout + stderr).not.toContain('S3CRET');
  return JSON.parse(stdout) as CallReport;
}

describe('a server that wants a login', () => {
  test('is called by later runs with the tokens of one login, which are kept encrypted', async () => {
    const registered = server.asked.get('/register') ?? 0;
    expect(await call()).toMatchObject({
      success: false,
      error_detail: { code: 'CREDENTIALS_REJECTED', hint: expect.stringContaining('kosmo mcp:login walled') },
    });
    expect(server.asked.get('/register') ?? 0).toBe(registered);
    expect(await login()).toBe(true);
    expect(await call()).toMatchObject({ success: true, data: 'hi' });
    expect(readFileSync(path.join(place.folder, 'home', 'secrets.json'), 'utf8')).not.toContain('S3CRET');
    expect(await login()).toBe(false);
  });

  test('has its tokens renewed where they ended, and asks for another login where that fails', async () => {
    await login();
    server.access.clear();
    expect(await call()).toMatchObject({ success: true, data: 'hi' });
    expect(await call()).toMatchObject({ success: true });
    server.access.clear();
    server.refresh.clear();
    const authorized = server.asked.get('/authorize');
    expect(await call()).toMatchObject({
      error_detail: { code: 'CREDENTIALS_REJECTED', hint: expect.stringContaining('kosmo mcp:login walled') },
    });
    expect(server.asked.get('/authorize')).toBe(authorized);
  });

  test('gets no tokens of another address, and none after a logout', async () => {
    await login();
    place.write('home/mcp.json', { mcpServers: { walled: { url: `${server.url}?other` } } });
    expect(await call()).toMatchObject({ error_detail: { code: 'CREDENTIALS_REJECTED' } });
    place.write('home/mcp.json', { mcpServers: { walled: { url: server.url } } });
    expect(await call()).toMatchObject({ success: true });
    expect(JSON.parse((await kosmo(['mcp:logout', 'walled', '--json'], place.options)).stdout)).toMatchObject({ logged_in: false });
    expect(await call()).toMatchObject({ success: false });
  });

  test('takes no answer that is not to this login, and tells of a refusal', async () => {
    const stray = async (url: string): Promise<void> => {
      const { searchParams } = new URL(url);
      const back = searchParams.get('redirect_uri') ?? '';
      expect((await fetch(`${back}?code=stolen&state=wrong`)).status).toBe(404);
      await fetch(`${back}?error=access_denied&state=${searchParams.get('state')}`);
    };
    await expect(login(stray)).rejects.toMatchObject({ code: 'CREDENTIALS_REJECTED', message: expect.stringContaining('access_denied') });
  });

  test('is not logged in to without a terminal: kosmo mcp:login says so', async () => {
    const { stdout, code } = await kosmo(['mcp:login', 'walled', '--json'], place.options);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ success: false, error_detail: { hint: expect.stringContaining('on a terminal') } });
  });
});
