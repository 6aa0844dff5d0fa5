import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Bench, openBench, PARTY, type Session } from './harness.ts';

const RECORDINGS = 1000;
/** Requests in flight at once. */
const AT_ONCE = 50;

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.emulator.close());

async function forEachAtOnce<Item>(items: readonly Item[], run: (item: Item) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const item of rest) await run(item);
    }),
  );
}

test('a thousand recordings run at once, each with its own state', async () => {
  const sessions: Session[] = [];
  const uids = Array.from({ length: RECORDINGS }, (_, index) => String(index + 1));
  await forEachAtOnce(uids, async (uid) => void sessions.push(await bench.record('mix', 'start-mix-hls', { ...PARTY, uid })));
  bench.advance(20);
  expect(new Set(sessions.map(({ sid }) => sid)).size).toBe(RECORDINGS);
  expect(bench.emulator.recordings().filter(({ phase, status }) => phase === 'running' && status === 5)).toHaveLength(RECORDINGS);
  await forEachAtOnce(sessions, async (session) => {
    const { status, body } = await bench.query(session);
    expect([status, body.uid, body.serverResponse.fileList]).toEqual([200, session.party.uid, `${session.sid}_${PARTY.cname}.m3u8`]);
  });
  const [kept, ...others] = sessions;
  await forEachAtOnce(others, async (session) => expect((await bench.stop(session)).status).toBe(200));
  const running = bench.emulator.recordings().filter(({ phase }) => phase === 'running');
  expect(running.map(({ sid }) => sid)).toEqual([kept?.sid]);
}, 60_000);
