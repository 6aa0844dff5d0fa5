import { randomBytes } from 'node:crypto';
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';
import type { SecretStore } from '../../credentials/index.ts';
import { VERSION } from '../../platform/version.ts';
import { fetchFor } from '../connection/connect.ts';
import { describeFailure, INITIALIZE } from '../connection/errors.ts';
import type { ResolvedServer } from '../trust/placeholders.ts';
import { listenForCallback, refusal } from './callback.ts';
import { createProvider, openSession } from './provider.ts';

export interface LoginOptions {
  readonly server: ResolvedServer & { readonly transport: 'http' | 'sse' };
  readonly secrets: SecretStore;
  /** Takes the address that a person opens in a browser. */
  readonly show: (url: string) => void;
  readonly signal: AbortSignal;
}

/** Logs in to a server and keeps the tokens. Resolves to false where the server wants no login, or has a good one. */
export async function login({ server, secrets, show, signal }: LoginOptions): Promise<boolean> {
  const { name, url, headers, timeout } = server;
  const state = randomBytes(24).toString('base64url');
  const callback = await listenForCallback(state);
  const provider = createProvider(name, url, openSession(name, url, secrets), { redirectUrl: callback.url, state, show });
  const through = await fetchFor(server);
  const transport = new StreamableHTTPClientTransport(new URL(url), {
    requestInit: { headers },
    authProvider: provider,
    ...(through === undefined ? {} : { fetch: through }),
  });
  const client = new Client({ name: 'kosmo', version: VERSION }, { capabilities: {} });
  client.onerror = () => undefined;
  try {
    await client.connect(transport, { timeout: timeout * 1000 });
    return false;
  } catch (thrown) {
    if (!(thrown instanceof UnauthorizedError))
      throw describeFailure(thrown, { server: name, url, deed: INITIALIZE, timeoutMs: timeout * 1000 });
    const params = await callback.received(signal);
    const refused = refusal(name, params);
    if (refused !== undefined) throw refused;
    await transport.finishAuth(params).catch((failed: unknown) => {
      throw describeFailure(failed, { server: name, url, deed: { ...INITIALIZE, what: 'the login' }, timeoutMs: timeout * 1000 });
    });
    return true;
  } finally {
    callback.close();
    await client.close().catch(() => undefined);
  }
}
