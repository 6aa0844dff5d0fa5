import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bench, brief, clientRequest, type Json, type Mode, openBench, PARTY, type Session } from './harness.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.emulator.close());

const response = async (session: Session) => (await bench.query(session)).body.serverResponse;
const inBucket = (name: string, bucket: string): Json => {
  const request = clientRequest(name);
  return { ...request, storageConfig: { ...(request.storageConfig as Json), bucket } };
};
const uploadOf = (answer: Json): unknown =>
  answer.uploadingStatus ??
  (answer.extensionServiceState as { serviceName: string; payload: Json }[]).find(({ serviceName }) => serviceName === 'upload_service')
    ?.payload.uploadingStatus;

describe('after a stop that does not wait', () => {
  test.each<[Mode, string]>([
    ['mix', 'start-mix-hls-mp4-custom-layout'],
    ['individual', 'start-individual'],
    ['web', 'start-web'],
  ])('queries watch the upload in mode %s', async (mode, name) => {
    const session = await bench.record(mode, name);
    bench.advance(60);
    await bench.stop(session, { async_stop: true });
    const seen: [number, unknown, unknown][] = [];
    for (let second = 0; second <= 70; second++) {
      const { status, body } = await bench.query(session);
      const now: [unknown, unknown] = status === 200 ? [body.serverResponse.status, uploadOf(body.serverResponse)] : [status, undefined];
      if (seen.at(-1)?.[1] !== now[0]) seen.push([second, ...now]);
      bench.advance(1);
    }
    expect(seen).toEqual([
      [0, 6, 'unknown'],
      [5, 7, 'uploaded'],
      [35, 8, 'uploaded'],
      [65, 404, undefined],
    ]);
  });

  test('another stop is invalid as long as a query answers, and updates find nothing', async () => {
    const session = await bench.record('mix', 'start-mix-hls');
    bench.advance(60);
    await bench.stop(session, { async_stop: true });
    expect(brief(await bench.stop(session))).toEqual([400, 49]);
    expect(brief(await bench.update(session))).toEqual([404, 404]);
    bench.advance(60);
    expect(brief(await bench.stop(session))).toEqual([400, 49]);
    bench.advance(5);
    expect(brief(await bench.stop(session))).toEqual([404, 404]);
  });

  test('a CDN push is disconnected', async () => {
    const session = await bench.record('web', 'start-web-and-cdn-push');
    bench.advance(60);
    await bench.stop(session, { async_stop: true });
    expect((await response(session)).extensionServiceState.at(-1)).toEqual({
      serviceName: 'rtmp_publish_service',
      payload: { outputs: [{ rtmpUrl: 'rtmp://example.com/live/key', status: 'disconnected' }], state: 'exit' },
    });
  });

  test('an empty channel has nothing to upload', async () => {
    const session = await bench.record('mix', 'start-mix-hls', { ...PARTY, cname: 'empty-room' });
    expect(brief(await bench.stop(session, { async_stop: true }))).toEqual([206, 435]);
    expect(brief(await bench.query(session))).toEqual([404, 404]);
  });
});

test('a synchronous stop into a slow bucket has code 50, and a query tells when the upload is done', async () => {
  const session = await bench.record('mix', inBucket('start-mix-hls', 'slow-bucket'));
  bench.advance(60);
  const { status, body } = await bench.stop(session, { async_stop: false });
  expect([status, body.code, body.serverResponse.uploadingStatus]).toEqual([200, 50, 'unknown']);
  expect(await response(session)).toMatchObject({ status: 6, uploadingStatus: 'unknown' });
  bench.advance(30);
  expect(await response(session)).toMatchObject({ status: 7, uploadingStatus: 'uploaded' });
});

test.each([true, false])("files that the bucket does not take go to Agora's backup: async_stop %s", async (async_stop) => {
  const session = await bench.record('mix', inBucket('start-mix-hls', 'backup-bucket'));
  bench.advance(60);
  const { body } = await bench.stop(session, { async_stop });
  bench.advance(6);
  expect(async_stop ? (await response(session)).uploadingStatus : body.serverResponse.uploadingStatus).toBe('backuped');
});

describe('the list of files grows', () => {
  test('by an MP4 file every two hours in mode mix', async () => {
    const session = await bench.record('mix', 'start-mix-hls-mp4-custom-layout');
    const names = async () => (await response(session)).fileList.map(({ fileName }: Json) => fileName);
    bench.advance(3600);
    expect(await names()).toHaveLength(2);
    bench.advance(4 * 3600);
    const base = `${session.sid}_${PARTY.cname}`;
    expect(await names()).toEqual([`${base}.m3u8`, `${base}_0.mp4`, `${base}_1.mp4`, `${base}_2.mp4`]);
    const { fileList } = await response(session);
    expect(fileList.at(-1).sliceStartTime).toBe(Date.UTC(2026, 0, 1, 4));
  });

  test('by those who are subscribed later in mode individual, a slice after', async () => {
    const session = await bench.record('individual', 'start-individual');
    const uids = async () => [...new Set((await response(session)).fileList.map(({ uid }: Json) => uid))];
    bench.advance(60);
    await bench.update(session, { streamSubscribe: { audioUidList: { subscribeAudioUids: ['123', '789'] } } });
    expect(await uids()).toEqual(['123', '456']);
    bench.advance(15);
    expect(await uids()).toEqual(['123', '456', '789']);
    const last = (await response(session)).fileList.at(-1);
    expect(last).toMatchObject({ trackType: 'audio', uid: '789', sliceStartTime: Date.UTC(2026, 0, 1, 0, 1) });
  });

  test('in the bucket by a slice every 15 seconds, under the prefix', async () => {
    const session = await bench.record('mix', 'start-mix-hls');
    const base = `agora/standup/${session.sid}_${PARTY.cname}`;
    expect(bench.emulator.files(session.sid)).toEqual([]);
    bench.advance(30);
    const slices = [`${base}.m3u8`, `${base}_20260101000000000.ts`, `${base}_20260101000015000.ts`];
    expect(bench.emulator.files(session.sid)).toEqual(slices);
    bench.advance(5);
    expect(bench.emulator.files(session.sid)).toEqual(slices);
    await bench.stop(session);
    bench.advance(3600);
    expect(bench.emulator.files(session.sid)).toEqual([...slices, `${base}_20260101000030000.ts`]);
  });

  test('in the bucket by a screenshot of each user every captureInterval', async () => {
    const session = await bench.record('individual', 'start-individual-snapshot-only');
    bench.advance(11);
    const base = `agora/standup/${session.sid}_${PARTY.cname}`;
    const name = (uid: number, second: string) => `${base}__uid_s_${uid}__uid_e_video_202601010000${second}000.jpg`;
    expect(bench.emulator.files(session.sid)).toEqual([name(123, '05'), name(456, '05'), name(123, '10'), name(456, '10')]);
  });
});

test('a query shows the layout and the subscription that updates have set', async () => {
  const session = await bench.record('mix', 'start-mix-hls');
  bench.advance(5);
  expect(await response(session)).toEqual({ status: 5, fileListMode: 'string', fileList: '' });
  const layout = clientRequest('layout-custom');
  const { streamSubscribe } = clientRequest('update-mix');
  await bench.updateLayout(session, { ...layout, token: 'not shown' });
  await bench.update(session, { streamSubscribe });
  expect(await response(session)).toMatchObject({ layout, streamSubscribe });
  expect(JSON.stringify(await response(session))).not.toContain('not shown');
});
