import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bench, brief, clientRequest, type Json, openBench, PARTY, type Session } from './harness.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.emulator.close());

const services = async (session: Session): Promise<{ serviceName: string; payload: Json }[]> =>
  (await bench.query(session)).body.serverResponse.extensionServiceState;

describe('an update of a web recording', () => {
  test('pauses it and goes on', async () => {
    const session = await bench.record('web', 'start-web-and-cdn-push');
    bench.advance(5);
    const seen = async () => (await services(session)).map(({ payload }) => payload.onhold ?? (payload.outputs as Json[])[0]?.status);
    expect(await seen()).toEqual([false, 'publishing']);
    await bench.update(session, { webRecordingConfig: { onhold: true } });
    expect(await seen()).toEqual([true, 'onhold']);
    await bench.update(session, { webRecordingConfig: { onhold: false } });
    expect(await seen()).toEqual([false, 'publishing']);
  });

  test('ignores the name that Agora ignores', async () => {
    const session = await bench.record('web', 'start-web');
    expect((await bench.update(session, { webRecorderConfig: { onhold: true } })).status).toBe(200);
    expect((await services(session))[0]?.payload.onhold).toBe(false);
  });

  test('redirects the pushed stream', async () => {
    const session = await bench.record('web', 'start-web-and-cdn-push');
    const push = async () => (await services(session))[1];
    expect(await push()).toMatchObject({ payload: { outputs: [{ rtmpUrl: 'rtmp://example.com/live/key', status: 'connecting' }] } });
    bench.advance(5);
    const outputs = [{ rtmpUrl: 'rtmp://example.com/live/other' }];
    await bench.update(session, { rtmpPublishConfig: { outputs } });
    expect(await push()).toEqual({
      serviceName: 'rtmp_publish_service',
      payload: { outputs: [{ ...outputs[0], status: 'publishing' }], state: 'inProgress' },
    });
  });

  test.each([
    ['start-web', { webRecordingConfig: { onhold: 'yes' } }],
    ['start-web', { webRecordingConfig: [] }],
    ['start-web', { rtmpPublishConfig: { outputs: [{ rtmpUrl: 'rtmp://example.com/a' }] } }],
    ['start-web-and-cdn-push', { rtmpPublishConfig: { outputs: [{}] } }],
    ['start-web-and-cdn-push', { rtmpPublishConfig: { outputs: [{ rtmpUrl: 'rtmp://a' }, { rtmpUrl: 'rtmp://b' }] } }],
  ])('of %s with %j is refused with code 2 and changes nothing', async (name, request) => {
    const session = await bench.record('web', name);
    const before = await services(session);
    expect(brief(await bench.update(session, request))).toEqual([400, 2]);
    expect(await services(session)).toEqual(before);
  });
});

describe('an update of a channel recording', () => {
  test.each(['mix', 'individual'] as const)('replaces the subscription in mode %s', async (mode) => {
    const session = await bench.record(mode, mode === 'mix' ? 'start-mix-hls' : 'start-individual');
    const { streamSubscribe } = clientRequest('update-mix');
    await bench.update(session, { streamSubscribe });
    expect(bench.emulator.recordings()[0]?.subscription).toEqual(streamSubscribe);
    await bench.update(session, {});
    expect(bench.emulator.recordings()[0]?.subscription).toEqual(streamSubscribe);
  });

  test.each([
    [[]],
    [{ streamSubscribe: [] }],
    [{ streamSubscribe: { audioUidList: ['1'] } }],
    [{ streamSubscribe: { videoUidList: { subscribeVideoUids: [444] } } }],
    [{ streamSubscribe: { audioUidList: { subscribeAudioUids: ['1'], unsubscribeAudioUids: ['2'] } } }],
    [{ storageConfig: { vendor: 1 } }],
  ])('with %j is refused with code 2', async (request) => {
    expect(brief(await bench.update(await bench.record('mix', 'start-mix-hls'), request))).toEqual([400, 2]);
  });

  test('renews storage credentials, which no view shows', async () => {
    const session = await bench.record('mix', 'start-mix-hls');
    expect((await bench.update(session, clientRequest('update-storage-sts'))).status).toBe(200);
    expect(JSON.stringify(bench.emulator.recordings())).not.toMatch(/fake-(secret|access|sts)/);
  });
});

describe('a layout', () => {
  test('replaces the one before as a whole', async () => {
    const session = await bench.record('mix', 'start-mix-hls');
    await bench.updateLayout(session, clientRequest('layout-custom'));
    await bench.updateLayout(session, clientRequest('layout-vertical'));
    expect(bench.emulator.recordings()[0]?.layout).toEqual({ maxResolutionUid: '1', mixedVideoLayout: 2 });
  });

  test.each([
    [{ mixedVideoLayout: 4 }],
    [{ mixedVideoLayout: 3 }],
    [{ mixedVideoLayout: '1' }],
    [{ backgroundColor: '#FFF' }],
    [{ layoutConfig: {} }],
    [{ layoutConfig: [{ x_axis: 0, y_axis: 0, width: 1, height: 1.01 }] }],
    [{ layoutConfig: [{ x_axis: -0.1, y_axis: 0, width: 1, height: 1 }] }],
    [{ layoutConfig: [{ x_axis: 0, y_axis: 0, width: 1, height: 1, render_mode: 2 }] }],
    [{ layoutConfig: Array.from({ length: 18 }, () => ({ x_axis: 0, y_axis: 0, width: 1, height: 1 })) }],
    [{ backgroundConfig: [{ uid: '1' }] }],
    [{ maxResolutionUid: 1 }],
  ])('%j has code 1028', async (request) => {
    const session = await bench.record('mix', 'start-mix-hls');
    expect(brief(await bench.updateLayout(session, request))).toEqual([400, 1028]);
    expect(bench.emulator.recordings()[0]?.layout).toEqual({});
  });

  test('is for mix mode only', async () => {
    for (const [mode, name] of [['individual', 'start-individual'] as const, ['web', 'start-web'] as const]) {
      const session = await bench.record(mode, name, { ...PARTY, uid: mode === 'web' ? '1' : '2' });
      expect(brief(await bench.updateLayout(session, { mixedVideoLayout: 1 }))).toEqual([400, 2]);
    }
  });
});
