import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bench, brief, clientRequest, type Json, type Mode, openBench, PARTY, type Session, sample } from './harness.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.emulator.close());

const NO_WORKER = sample('query-404');
const EMPTY = { ...PARTY, cname: 'empty-room' };
const response = async (session: Session) => (await bench.query(session)).body.serverResponse;
const withConfig = (name: string, section: string, fields: Json): Json => {
  const request = clientRequest(name);
  return { ...request, [section]: { ...(request[section] as Json), ...fields } };
};

describe('a recording starts within four seconds', () => {
  test.each<[Mode, string]>([
    ['mix', 'start-mix-hls'],
    ['individual', 'start-individual'],
    ['web', 'start-web'],
  ])('in mode %s', async (mode, request) => {
    const session = await bench.record(mode, request);
    const seen: [number, number][] = [];
    for (let second = 0; second <= 5; second += 0.5) {
      const { status } = await response(session);
      if (seen.at(-1)?.[1] !== status) seen.push([second, status]);
      bench.advance(0.5);
    }
    expect(seen).toEqual([
      [0, 1],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
    ]);
  });
});

describe('an answer names its session', () => {
  test('in start, query, update and stop alike', async () => {
    const session = await bench.record('mix', 'start-mix-hls');
    const { resourceId, sid } = session;
    for (const { body } of [await bench.query(session), await bench.update(session), await bench.stop(session)]) {
      expect(body).toMatchObject({ ...PARTY, resourceId, sid });
    }
  });

  test('a wrong sid has code 1003, a wrong mode code 2', async () => {
    const session = await bench.record('mix', 'start-mix-hls');
    for (const call of [bench.query, bench.update, bench.stop]) {
      expect(brief(await call({ ...session, sid: 'f'.repeat(32) }))).toEqual([400, 1003]);
      expect(brief(await call({ ...session, mode: 'web' }))).toEqual([400, 2]);
    }
    const unused = await bench.newResource({ ...PARTY, uid: '9' });
    expect(brief(await bench.query({ ...session, resourceId: unused }))).toEqual([400, 1003]);
  });
});

describe('the files', () => {
  test('of mix with HLS are one name, from the first slice on', async () => {
    const session = await bench.record('mix', 'start-mix-hls', { ...PARTY, cname: 'team standup#1' });
    expect(await response(session)).toEqual({ status: 1 });
    bench.advance(14.999);
    expect(await response(session)).toEqual({ status: 5, fileListMode: 'string', fileList: '' });
    bench.advance(0.001);
    expect(await response(session)).toEqual({
      status: 5,
      fileListMode: 'string',
      fileList: `${session.sid}_team-standup-1.m3u8`,
      sliceStartTime: Date.UTC(2026, 0, 1),
    });
  });

  test('of mix with HLS and MP4 are a list', async () => {
    const session = await bench.record('mix', 'start-mix-hls-mp4-custom-layout');
    bench.advance(5);
    expect(await response(session)).toEqual({ status: 5, fileListMode: 'json', fileList: [] });
    bench.advance(10);
    const { fileListMode, fileList } = await response(session);
    const common = { trackType: 'audio_and_video', uid: '0', mixedAllUser: true, isPlayable: true, sliceStartTime: Date.UTC(2026, 0, 1) };
    const base = `${session.sid}_${PARTY.cname}`;
    expect([fileListMode, fileList]).toEqual([
      'json',
      [
        { fileName: `${base}.m3u8`, ...common },
        { fileName: `${base}_0.mp4`, ...common },
      ],
    ]);
  });

  test('of individual are one for each user and track, after a minute', async () => {
    const session = await bench.record('individual', 'start-individual');
    bench.advance(59.999);
    expect(await response(session)).toEqual({ status: 5, fileListMode: 'json', fileList: [] });
    bench.advance(0.001);
    const { fileListMode, fileList, sliceStartTime } = await response(session);
    expect([fileListMode, sliceStartTime]).toEqual(['json', Date.UTC(2026, 0, 1)]);
    const base = `${session.sid}_${PARTY.cname}`;
    expect(fileList.map(({ fileName }: Json) => fileName)).toEqual(
      ['123__uid_e_audio', '123__uid_e_video', '456__uid_e_audio', '456__uid_e_video'].map((end) => `${base}__uid_s_${end}.m3u8`),
    );
    expect(fileList[0]).toMatchObject({ trackType: 'audio', uid: '123', mixedAllUser: false });
  });

  test.each<[string, Json, string[]]>([
    ['audio only', { streamTypes: 0, subscribeAudioUids: ['7'], subscribeVideoUids: [] }, ['7 audio']],
    ['different users a kind', { subscribeAudioUids: ['7'], subscribeVideoUids: ['8'] }, ['7 audio', '8 video']],
    ['all users', { streamTypes: 1, subscribeVideoUids: ['#allstream#'], subscribeAudioUids: [] }, ['123 video', '456 video']],
  ])('of individual follow the subscription: %s', async (_what, fields, expected) => {
    const session = await bench.record('individual', withConfig('start-individual', 'recordingConfig', fields));
    const { fileList } = (await bench.stop(session)).body.serverResponse;
    expect(fileList.map(({ uid, trackType }: Json) => `${uid} ${trackType}`)).toEqual(expected);
  });

  test('of screenshots are not listed', async () => {
    const session = await bench.record('individual', 'start-individual-snapshot-only');
    bench.advance(60);
    expect(await response(session)).toEqual({ status: 5, sliceStartTime: Date.UTC(2026, 0, 1) });
    expect((await bench.stop(session)).body.serverResponse).toEqual({ uploadingStatus: 'uploaded' });
  });

  test('of a web page are listed at the end only', async () => {
    const session = await bench.record('web', 'start-web');
    const [starting] = (await response(session)).extensionServiceState;
    expect(starting).toEqual({ serviceName: 'web_recorder_service', payload: { fileList: [], onhold: false, state: 'init' } });
    bench.advance(3600);
    const [recording] = (await response(session)).extensionServiceState;
    expect(recording.payload).toEqual({ fileList: [], onhold: false, state: 'inProgress' });
    const sliceStartTime = Date.UTC(2026, 0, 1) / 1000;
    const fileList = ['.m3u8', '_0.mp4'].map((end) => ({ filename: `${session.sid}_${PARTY.cname}${end}`, sliceStartTime }));
    expect((await bench.stop(session)).body.serverResponse).toEqual({
      extensionServiceState: [
        { serviceName: 'upload_service', payload: { uploadingStatus: 'uploaded' } },
        { serviceName: 'web_recorder_service', payload: { fileList, onhold: false, state: 'exit' } },
      ],
    });
  });
});

describe('a stop', () => {
  test('has waited for the upload', async () => {
    const session = await bench.record('mix', 'start-mix-hls');
    bench.advance(5);
    const { status, body } = await bench.stop(session, { async_stop: false });
    const fileList = `${session.sid}_${PARTY.cname}.m3u8`;
    expect([status, body.serverResponse]).toEqual([200, { fileListMode: 'string', fileList, uploadingStatus: 'uploaded' }]);
  });

  test('that is asynchronous knows neither the upload nor the last slice', async () => {
    const early = await bench.record('individual', 'start-individual');
    expect((await bench.stop(early, { async_stop: true })).body.serverResponse).toEqual({
      fileListMode: 'json',
      fileList: [],
      uploadingStatus: 'unknown',
    });
    const late = await bench.record('mix', 'start-mix-hls');
    bench.advance(60);
    const { fileList, uploadingStatus } = (await bench.stop(late, { async_stop: true })).body.serverResponse;
    expect([fileList, uploadingStatus]).toEqual([`${late.sid}_${PARTY.cname}.m3u8`, 'unknown']);
    const web = await bench.record('web', 'start-web');
    const [upload] = (await bench.stop(web, { async_stop: true })).body.serverResponse.extensionServiceState;
    expect(upload.payload).toEqual({ uploadingStatus: 'unknown' });
  });

  test('that is wrong stops nothing', async () => {
    const session = await bench.record('mix', 'start-mix-hls');
    for (const request of [[], { async_stop: 'true' }]) expect(brief(await bench.stop(session, request))).toEqual([400, 2]);
    expect((await bench.query(session)).status).toBe(200);
  });

  test('that is repeated is an invalid operation for five seconds, then the recording is unknown', async () => {
    const session = await bench.record('mix', 'start-mix-hls');
    await bench.stop(session);
    const again = await bench.stop(session);
    expect([again.status, again.body]).toEqual([400, sample('stop-twice')]);
    bench.advance(5);
    const later = await bench.stop(session);
    expect([later.status, later.body]).toEqual([404, NO_WORKER]);
  });

  test('leaves nothing to query, update or lay out', async () => {
    const session = await bench.record('mix', 'start-mix-hls');
    await bench.stop(session);
    for (const call of [bench.query, bench.update, bench.updateLayout]) {
      const { status, body } = await call(session);
      expect([status, body]).toEqual([404, NO_WORKER]);
    }
  });
});

describe('a recording ends by itself', () => {
  test('when the channel is empty for maxIdleTime, 30 seconds by default', async () => {
    const short = await bench.record('mix', { ...clientRequest('start-mix-hls'), recordingConfig: { channelType: 1 } }, EMPTY);
    const long = await bench.record('mix', 'start-mix-hls', { ...EMPTY, uid: '2' });
    bench.advance(29.999);
    expect((await bench.query(short)).body.serverResponse).toMatchObject({ status: 5, fileList: '' });
    bench.advance(0.001);
    expect((await bench.query(short)).body).toEqual(NO_WORKER);
    expect((await bench.stop(short)).body).toEqual(sample('stop-twice'));
    expect((await bench.query(long)).status).toBe(200);
    bench.advance(90);
    expect((await bench.query(long)).status).toBe(404);
    expect((await bench.stop(short)).status).toBe(404);
  });

  test('and until then its stop has no recorded data', async () => {
    const session = await bench.record('individual', 'start-individual', EMPTY);
    bench.advance(20);
    const { status, body } = await bench.stop(session);
    expect([status, body]).toEqual([206, sample('stop-no-data')]);
    expect(brief(await bench.stop(session))).toEqual([400, 49]);
  });

  test('never while a participant sends', async () => {
    const session = await bench.record('mix', 'start-mix-hls');
    bench.advance(71 * 3600);
    expect((await bench.query(session)).status).toBe(200);
  });

  test('when a web page was recorded for maxRecordingHour, senders or not', async () => {
    const session = await bench.record('web', 'start-web', EMPTY);
    bench.advance(3 * 3600 - 1);
    expect((await bench.query(session)).status).toBe(200);
    bench.advance(1);
    expect((await bench.query(session)).body).toEqual(NO_WORKER);
  });

  test('for its callers after 72 hours, where the acquire names none', async () => {
    const session = await bench.record('mix', 'start-mix-hls');
    bench.advance(72 * 3600);
    expect((await bench.query(session)).body).toEqual(NO_WORKER);
  });

  test('for its callers when resourceExpiredHour has passed since the start', async () => {
    const session = await bench.record('mix', 'start-mix-hls', PARTY, { resourceExpiredHour: 1 });
    bench.advance(3599);
    expect((await bench.query(session)).status).toBe(200);
    bench.advance(1);
    for (const call of [bench.query, bench.update, bench.stop]) expect((await call(session)).body).toEqual(NO_WORKER);
  });
});
