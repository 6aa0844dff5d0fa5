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
    readonly serviceScene: string;
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

test('a bucket that takes nothing is reported as an error, a warning and a backup', async () => {
  await open();
  const request = clientRequest('start-mix-hls');
  const session = await bench.record('mix', { ...request, storageConfig: { ...(request.storageConfig as Json), bucket: 'backup' } });
  await bench.stop(session);
  await arrived(5);
  expect(types()).toEqual([41, 11, 1, 2, 32]);
  const [, , error, warning] = received().map(({ payload }) => payload.details);
  expect([error, warning]).toEqual([
    expect.objectContaining({ module: 1, errorCode: 47 }),
    expect.objectContaining({ module: 1, warnCode: 32 }),
  ]);
});

test('a move to another server is announced, and that the new one took over', async () => {
  await open({ faults: ['query:failover:count=1'] });
  const session = await bench.record('mix', 'start-mix-hls');
  await bench.query(session);
  await arrived(2);
  expect(types()).toEqual([12, 13]);
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

/** Records, lets so many seconds pass, stops, and waits for so many notifications. */
async function play(mode: Mode, request: string | Json, seconds: number, count: number): Promise<Notice[]> {
  await open();
  const session = await bench.record(mode, request);
  bench.advance(seconds);
  await bench.stop(session);
  bench.advance(60);
  await arrived(count);
  return received();
}
const detailsOf = (notices: readonly Notice[], type: number): Json | undefined =>
  notices.find(({ eventType }) => eventType === type)?.payload.details;
const serviceTypes = (notices: readonly Notice[]): Json =>
  Object.fromEntries(notices.map((each) => [each.eventType, each.payload.serviceType]));
const inBucket = (name: string, bucket: Json): Json => {
  const request = clientRequest(name);
  return { ...request, storageConfig: { ...(request.storageConfig as Json), ...bucket } };
};
const onPage = (url: string): Json => {
  const request = structuredClone(clientRequest('start-web')) as {
    extensionServiceConfig: { extensionServices: [{ serviceParam: Json }] };
  };
  request.extensionServiceConfig.extensionServices[0].serviceParam.url = url;
  return request as unknown as Json;
};

describe('fields and numbers are the documented ones', () => {
  test.each<[Mode, string, string, number]>([
    ['mix', 'start-mix-hls', 'rtc_record', 11],
    ['individual', 'start-individual-snapshot-only', 'rtc_snapshot', 12],
    ['individual', 'start-individual-recording-and-snapshot', 'rtc_record', 12],
    ['web', 'start-web', 'web_record', 5],
  ])('%s, %s: every event has serviceScene %s (zh ncs-events)', async (mode, request, scene, count) => {
    expect(new Set((await play(mode, request, 11, count)).map(({ payload }) => payload.serviceScene))).toEqual(new Set([scene]));
  });

  test('serviceType is 2 of a screenshot (zh)', async () => {
    expect(serviceTypes(await play('individual', 'start-individual-snapshot-only', 11, 12))).toMatchObject({ 45: 2, 40: 1, 31: 2, 11: 0 });
  });

  test('serviceType is 6 of a CDN push (EN, zh)', async () => {
    expect(serviceTypes(await play('web', 'start-web-and-cdn-push', 11, 8))).toMatchObject({ 100: 6, 70: 6, 71: 6 });
  });

  test('the file list of events 3 and 4 is a text, the name of the M3U8', async () => {
    const notices = await play('mix', 'start-mix-hls-mp4-custom-layout', 20, 12);
    const fileList = `${notices[0]?.payload.sid}_${PARTY.cname}.m3u8`;
    expect(detailsOf(notices, 3)).toEqual({ msgName: 'cloud_recording_status_update', status: 5, recordingMode: 1, fileList });
    expect(detailsOf(notices, 4)).toEqual({ msgName: 'cloud_recording_file_infos', fileList });
  });

  test('of a web page event 71 lists the files, in milliseconds, and event 31 none', async () => {
    const notices = await play('web', 'start-web', 20, 5);
    const base = `${notices[0]?.payload.sid}_${PARTY.cname}`;
    expect(detailsOf(notices, 71)).toMatchObject({
      code: 0,
      fileList: [
        { filename: `${base}.m3u8`, sliceStartTime: START },
        { filename: `${base}_0.mp4`, sliceStartTime: START },
      ],
    });
    expect(detailsOf(notices, 31)).toEqual({ msgName: 'uploaded', status: 0 });
  });

  test('code 50 is an error of the service, module 2', async () => {
    const notices = await play('mix', inBucket('start-mix-hls', { bucket: 'slow' }), 5, 12);
    expect(detailsOf(notices, 1)).toMatchObject({ module: 2, errorCode: 50 });
  });
});

describe('a recorder that cannot work says why', () => {
  const die = async (mode: Mode, request: Json, count: number): Promise<Notice[]> => {
    await open();
    await bench.record(mode, request);
    bench.advance(60);
    await arrived(count);
    return received();
  };

  test('wrong storage is event 1 with code 32, and no files', async () => {
    const notices = await die('mix', inBucket('start-mix-hls', { bucket: 's3://b' }), 3);
    expect(notices.map(({ eventType }) => eventType)).toEqual([1, 41, 11]);
    expect(detailsOf(notices, 1)).toMatchObject({ module: 1, errorCode: 32 });
    expect(detailsOf(notices, 11)).toEqual({ msgName: 'session_exit', exitStatus: 1 });
  });

  test('a page that cannot be opened is event 71 with code 5', async () => {
    const notices = await die('web', onPage('http://localhost:3000'), 2);
    expect(notices.map(({ eventType }) => eventType)).toEqual([71, 11]);
    expect(detailsOf(notices, 71)).toMatchObject({ code: 5, message: 'access_url_failed', fileList: [] });
  });
});

describe('rarer events come in situations that names choose', () => {
  const POSTPONED = {
    appsCollection: { combinationPolicy: 'postpone_transcoding' },
    transcodeOptions: { transConfig: { transMode: 'postponeTranscoding' }, container: { format: 'mp3' } },
  };

  test('files of a bucket of Alibaba go to its VOD service: 60, 61', async () => {
    const notices = await play('mix', inBucket('start-mix-hls', { vendor: 2, bucket: 'vod-files' }), 5, 13);
    expect(notices.slice(-3).map(({ eventType }) => eventType)).toEqual([31, 60, 61]);
    expect(detailsOf(notices, 60)).toHaveProperty('aliVodInfo.videoId');
    expect(serviceTypes(notices)).toMatchObject({ 60: 4, 61: 4 });
  });

  test.each([
    ['https://heavy.example.com', 72, { msgName: 'web_recorder_capability_limit', limitType: 'WebGL' }],
    ['https://silent.example.com', 73, { msgName: 'web_recorder_reload', reason: 'audio_silence' }],
  ])('page %s: %i', async (url, type, details) => {
    const notices = await play('web', onPage(url), 20, 6);
    expect(notices.map(({ eventType }) => eventType)).toEqual([70, 30, type, 71, 11, 31]);
    expect([detailsOf(notices, type), serviceTypes(notices)]).toEqual([details, expect.objectContaining({ [type]: 6 })]);
  });

  test('a postponed transcoding: 80, 81, 1001', async () => {
    const notices = await play('individual', { ...clientRequest('start-individual'), ...POSTPONED }, 20, 17);
    expect(notices.slice(-4).map(({ eventType }) => eventType)).toEqual([31, 80, 81, 1001]);
    expect(detailsOf(notices, 81)).toEqual({ msgName: 'transcoder_completed', result: 'all_success', uids: ['123', '456'] });
    expect(detailsOf(notices, 1001)).toMatchObject({ result: 'total_success', fileList: [{ uid: '123' }, { uid: '456' }] });
  });

  test('files that cannot be read back: 80, 90, 81, 1001', async () => {
    const request = { ...inBucket('start-individual', { bucket: 'unreadable' }), ...POSTPONED };
    const notices = await play('individual', request, 20, 18);
    expect(notices.slice(-5).map(({ eventType }) => eventType)).toEqual([31, 80, 90, 81, 1001]);
    expect(detailsOf(notices, 90)).toMatchObject({ vendor: 2, region: 3, bucket: 'unreadable', fileName: expect.stringContaining(';') });
    expect([detailsOf(notices, 81)?.result, detailsOf(notices, 1001)?.result]).toEqual(['fail', 'failed']);
  });
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
