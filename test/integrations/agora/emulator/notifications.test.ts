import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { EmulatorOptions } from '../../../../src/integrations/agora/emulator/index.ts';
import { answer, type RecordingServer, startRecordingServer } from '../../../helpers/recording-server.ts';
import { type Bench, clientRequest, type Json, type Mode, openBench, PARTY, type Session } from './harness.ts';

const SECRET = 'notification-secret';
/** A machine can be busy. */
const PATIENCE = { timeout: 30_000, interval: 5 };

interface Notice {
  readonly noticeId: string;
  readonly productId: number;
  readonly eventType: number;
  readonly notifyMs: number;
  readonly payload: {
    readonly sid: string;
    readonly sequence: number;
    readonly sendts: number;
    readonly serviceType: number;
    readonly details: Json;
  };
}

let receiver: RecordingServer;
let bench: Bench;
const open = async (options: EmulatorOptions = {}): Promise<void> => {
  bench = await openBench({ notify: { url: `${receiver.url}/hook`, secret: SECRET }, ...options });
};
beforeEach(async () => {
  receiver = await startRecordingServer();
});
afterEach(async () => {
  await bench.emulator.close();
  await receiver.close();
});

const received = (): Notice[] => receiver.seen.map(({ body }) => JSON.parse(body) as Notice);
const types = (): number[] => received().map(({ eventType }) => eventType);
/** Waits until so many notifications have come. */
const arrived = (count: number): Promise<unknown> => vi.waitFor(() => expect(types().length).toBeGreaterThanOrEqual(count), PATIENCE);
const START = Date.UTC(2026, 0, 1);

describe('the life of a recording is told in order', () => {
  test.each<[string, Mode, string, Json, number, (session: Session) => Promise<unknown>, number[]]>([
    ['mix', 'mix', 'start-mix-hls', PARTY, 61, (session) => bench.stop(session), [40, 30, 3, 43, 44, 43, 44, 42, 4, 33, 41, 11, 31]],
    [
      'individual',
      'individual',
      'start-individual',
      PARTY,
      61,
      (session) => bench.stop(session),
      [40, 30, 3, 43, 44, 43, 44, 42, 42, 42, 42, 4, 33, 41, 11, 31],
    ],
    [
      'snapshots',
      'individual',
      'start-individual-snapshot-only',
      PARTY,
      11,
      (session) => bench.stop(session),
      [40, 30, 3, 44, 44, 45, 45, 45, 45, 41, 11, 31],
    ],
    ['web', 'web', 'start-web', PARTY, 61, (session) => bench.stop(session), [70, 30, 33, 71, 11, 31]],
    [
      'web with CDN push, put on hold',
      'web',
      'start-web-and-cdn-push',
      PARTY,
      30,
      async (session) => {
        await bench.update(session, { webRecordingConfig: { onhold: true } });
        await bench.stop(session);
      },
      [100, 70, 30, 100, 100, 100, 71, 11, 31],
    ],
    ['an empty channel', 'mix', 'start-mix-hls', { ...PARTY, cname: 'empty' }, 121, async () => undefined, [40, 30, 3, 41, 11]],
    ['a web page to its longest', 'web', 'start-web', PARTY, 3 * 3600, async () => undefined, [70, 30, ...Array(179).fill(33), 71, 11]],
  ])('%s', async (_name, mode, request, party, seconds, end, expected) => {
    await open();
    const session = await bench.record(mode, request, party);
    bench.advance(seconds);
    await end(session);
    await arrived(expected.length);
    expect(types()).toEqual(expected);
    expect(received().map(({ payload }) => payload.sequence)).toEqual(expected.map((_type, index) => index));
    expect(new Set(received().map(({ noticeId }) => noticeId)).size).toBe(expected.length);
    for (const { productId, payload } of received())
      expect([productId, payload]).toEqual([3, expect.objectContaining({ ...party, sid: session.sid })]);
  });
});

test('an event says what it is about, and when it happened', async () => {
  await open();
  const session = await bench.record('mix', 'start-mix-hls-mp4-custom-layout');
  bench.advance(60);
  await bench.stop(session, { async_stop: true });
  bench.advance(5);
  await arrived(13);
  const uploaded = received().at(-1);
  const file = { trackType: 'audio_and_video', uid: '0', mixedAllUser: true, isPlayable: true, sliceStartTime: START };
  const base = `${session.sid}_${PARTY.cname}`;
  const fileList = [
    { ...file, fileName: `${base}.m3u8` },
    { ...file, fileName: `${base}_0.mp4` },
  ];
  expect(uploaded).toMatchObject({
    eventType: 31,
    payload: { sendts: START + 65_000, serviceType: 2, details: { msgName: 'uploaded', status: 0, fileList } },
  });
  expect(received()[0]).toMatchObject({ payload: { sendts: START + 4000, serviceType: 1, details: { msgName: 'recorder_started' } } });
  expect(received().find(({ eventType }) => eventType === 41)?.payload.details).toEqual({ msgName: 'recorder_leave', leaveCode: 16 });
});

test('a bucket that takes nothing is told of as an error, a warning and a backup', async () => {
  await open();
  const request = clientRequest('start-mix-hls');
  const session = await bench.record('mix', { ...request, storageConfig: { ...(request.storageConfig as Json), bucket: 'backup' } });
  await bench.stop(session);
  await arrived(5);
  expect(types()).toEqual([41, 11, 1, 2, 32]);
});

test('a move to another server is told of', async () => {
  await open({ faults: ['query:failover:count=1'] });
  const session = await bench.record('mix', 'start-mix-hls');
  await bench.query(session);
  await arrived(1);
  expect(received()[0]).toMatchObject({ eventType: 12, payload: { details: { msgName: 'session_failover', newUid: 527_841 } } });
});

test('each body is signed as it is sent', async () => {
  await open();
  await bench.record('mix', 'start-mix-hls');
  bench.advance(4);
  await arrived(8);
  for (const { body, headers, method, url } of receiver.seen) {
    const sign = (algorithm: string): string => createHmac(algorithm, SECRET).update(body).digest('hex');
    expect([method, url, headers['agora-signature'], headers['agora-signature-v2']]).toEqual([
      'POST',
      '/hook',
      sign('sha1'),
      sign('sha256'),
    ]);
    expect(headers['content-type']).toMatch(/^application\/json/);
  }
});

describe('a notification that is not answered with 200 and JSON', () => {
  const stopOne = async (): Promise<void> => {
    await bench.stop(await bench.record('mix', 'start-mix-hls'));
  };

  test('is sent again with the same noticeId, a later notifyMs and a signature of its own', async () => {
    await open({ speed: 1000 });
    const bad = [answer(500, {}), answer(200, 'no JSON'), answer(201, {})];
    receiver.respond = (...exchange) => (bad.shift() ?? answer(200, {}))(...exchange);
    await stopOne();
    await arrived(6);
    expect(types()).toEqual([41, 41, 41, 41, 11, 31]);
    const first = received().slice(0, 4);
    expect(new Set(first.map(({ noticeId }) => noticeId)).size).toBe(1);
    const times = first.map(({ notifyMs }) => notifyMs);
    expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
    expect(new Set(receiver.seen.slice(0, 4).map(({ headers }) => headers['agora-signature-v2'])).size).toBe(4);
  });

  test('is sent four times in all, and then given up', async () => {
    await open({ speed: 1000 });
    receiver.respond = (request) => request.socket.resetAndDestroy();
    await stopOne();
    await arrived(12);
    expect(types()).toEqual([41, 41, 41, 41, 11, 11, 11, 11, 31, 31, 31, 31]);
  });
});

test.each([
  [{ url: 'ftp://example.com', secret: 'x' }, "notify.url must be an http or https address, not 'ftp://example.com'"],
  [{ url: 'nowhere', secret: 'x' }, "notify.url must be an http or https address, not 'nowhere'"],
  [{ url: 'http://127.0.0.1:1', secret: '' }, 'notify.secret is empty'],
])('%j is refused in words', async (notify, message) => {
  await expect(openBench({ notify })).rejects.toThrow(message);
  await open();
});
