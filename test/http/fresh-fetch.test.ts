import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openDirect } from '../../src/http/direct-agent.ts';
import { createFreshFetch, MAX_IDLE_MS } from '../../src/http/index.ts';

const requests = new Map<Socket, number>();
/** Closes a connection as a further request arrives on it. */
let closesIdle = false;
const server = createServer(({ socket }, response) => {
  const earlier = requests.get(socket) ?? 0;
  requests.set(socket, earlier + 1);
  if (earlier > 0 && closesIdle) socket.destroy();
  else response.end('{}');
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function listen(): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test('requests after a pause do not meet a connection that the server closes just then', async () => {
  const url = await listen();
  // The connection of the first two requests is what a server would close.
  let now = 0;
  const fetchFresh = createFreshFetch({ now: () => now, open: async (options) => openDirect(options) });
  const post = async (): Promise<string> => (await fetchFresh(url, { method: 'POST', body: '{}' })).text();
  expect([await post(), await post()]).toEqual(['{}', '{}']);
  closesIdle = true;
  for (const pause of [1, 2, 3]) {
    now += MAX_IDLE_MS * pause + 1;
    expect(await Promise.all([post(), post()]), `pause ${pause}`).toEqual(['{}', '{}']);
  }
});
