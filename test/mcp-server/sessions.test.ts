import { Server } from '@modelcontextprotocol/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSessions, type Sessions } from '../../src/mcp-server/sessions.ts';

const INITIALIZE = {
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 't', version: '1' } },
};
const PING = { id: 2, method: 'ping' };
const HOUR_MS = 60 * 60_000;

let ended: number;
let sessions: Sessions;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  ended = 0;
  const create = (): Server => {
    const server = new Server({ name: 'test', version: '1' }, { capabilities: {} });
    server.onclose = () => ended++;
    return server;
  };
  sessions = createSessions(create, { most: 2, idleMs: HOUR_MS });
});
afterEach(async () => {
  await sessions.close();
  vi.useRealTimers();
});

const send = async (message: object, session = '', stays?: Promise<unknown>): Promise<Response> => {
  const headers = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };
  const body = JSON.stringify({ jsonrpc: '2.0', ...message });
  const named = session === '' ? {} : { 'mcp-session-id': session };
  const request = new Request('http://127.0.0.1/mcp', { method: 'POST', headers: { ...headers, ...named }, body });
  let goOut: () => void = () => undefined;
  const gone = new Promise<void>((resolve) => {
    goOut = resolve;
  });
  const response = await sessions.fetch(request, stays ?? gone);
  goOut();
  await gone;
  return response;
};
const begin = async (stays?: Promise<unknown>): Promise<string> => (await send(INITIALIZE, '', stays)).headers.get('mcp-session-id') ?? '';
const status = async (session: string): Promise<number> => (await send(PING, session)).status;

test('a session that was not used for an hour ends, one that is used or open does not', async () => {
  let answer: (value?: unknown) => void = () => undefined;
  const open = await begin(
    new Promise((resolve) => {
      answer = resolve;
    }),
  );
  const idle = await begin();
  await vi.advanceTimersByTimeAsync(HOUR_MS - 1);
  expect(await status(idle)).toBe(200);
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect([await status(idle), await status(open), ended]).toEqual([404, 200, 1]);
  answer();
  await vi.advanceTimersByTimeAsync(HOUR_MS);
  expect([await status(open), ended]).toEqual([404, 2]);
});

test('the one that was unused for the longest time makes room, and none does if all are in use', async () => {
  const first = await begin();
  const second = await begin();
  expect(await status(first)).toBe(200);
  const third = await begin(new Promise(() => undefined));
  expect([await status(first), await status(second), await status(third)]).toEqual([200, 404, 200]);
  await begin(new Promise(() => undefined));
  const refused = await send(INITIALIZE);
  expect([refused.status, await refused.text()]).toEqual([503, expect.stringContaining('2 sessions are open')]);
});

test('a request that opens none leaves nothing', async () => {
  for (let i = 0; i < 5; i++) expect((await send(PING)).status).toBe(400);
  expect(ended).toBe(5);
});
