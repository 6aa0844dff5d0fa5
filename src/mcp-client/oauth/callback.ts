import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KosmoError } from '../../errors/index.ts';

/** Where a browser comes back to after a login. */
export interface Callback {
  readonly url: string;
  /** What it brought. Rejects with the reason of the signal. */
  readonly received: (signal: AbortSignal) => Promise<URLSearchParams>;
  readonly close: () => void;
}

/** Listens on this machine alone. What does not bring `state` with it is not from the login that was begun here. */
export async function listenForCallback(state: string, port = 0): Promise<Callback> {
  let resolve: (params: URLSearchParams) => void = () => undefined;
  const came = new Promise<URLSearchParams>((settle) => {
    resolve = settle;
  });
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    const isOurs = pathname === '/callback' && searchParams.get('state') === state;
    response.writeHead(isOurs ? 200 : 404, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
    response.end(isOurs ? 'kosmo has what it needs. You can close this window.\n' : 'Nothing is here.\n');
    if (isOurs) resolve(searchParams);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`,
    received: (signal) =>
      Promise.race([
        came,
        new Promise<never>((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        }),
      ]),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Error of a login without a code. Shows the short error code only: the description could come from an attacker. */
export function refusal(server: string, params: URLSearchParams): KosmoError | undefined {
  if (params.has('code')) return undefined;
  const reason = /^[a-z_]{1,40}$/.exec(params.get('error') ?? '')?.[0] ?? 'no code came back';
  return new KosmoError('CREDENTIALS_REJECTED', `The login to MCP server '${server}' was refused: ${reason}.`, { details: { server } });
}
