import { afterEach, describe, expect, test, vi } from 'vitest';
import { answer, type RecordingServer, startRecordingServer } from '../../../helpers/recording-server.ts';
import { type Bench, brief, clientRequest, type Json, openBench, PARTY } from './harness.ts';

const open: Bench[] = [];
const receivers: RecordingServer[] = [];
const openOne = async (options: Parameters<typeof openBench>[0] = {}): Promise<Bench> => {
  const bench = await openBench(options);
  open.push(bench);
  return bench;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map(({ emulator }) => emulator.close()));
  await Promise.all(receivers.splice(0).map((receiver) => receiver.close()));
});

const throughJson = (state: object): unknown => JSON.parse(JSON.stringify(state));

describe('an emulator goes on from the state of another one', () => {
  test('with its clock, recordings, subscriptions and resource ids', async () => {
    const first = await openOne();
    const mix = await first.record('mix', 'start-mix-hls');
    first.advance(30);
    await first.updateLayout(mix, { mixedVideoLayout: 0 });
    const web = await first.record('web', 'start-web-and-cdn-push', { ...PARTY, uid: '2' });
    await first.update(web, { webRecordingConfig: { onhold: true } });
    await first.stop(web, { async_stop: true });
    const unused = await first.newResource({ ...PARTY, uid: '3' });
    const before = first.emulator.recordings();
    const second = await openOne({ state: throughJson(first.emulator.state()) });
    expect(second.emulator.recordings()).toEqual(before);
    expect((await second.query(mix)).body).toEqual((await first.query(mix)).body);
    expect((await second.query(web)).body).toEqual((await first.query(web)).body);
    expect(brief(await second.start(await second.newResource(), 'mix', clientRequest('start-mix-hls')))).toEqual([400, 53]);
    expect((await second.start(unused, 'mix', clientRequest('start-mix-hls'), { ...PARTY, uid: '3' })).status).toBe(200);
    expect((await second.stop(mix)).body).toEqual((await first.stop(mix)).body);
  });

  test('and still knows the startParameter of an acquire', async () => {
    const request = clientRequest('start-mix-hls');
    const first = await openOne();
    const { resourceId } = (await first.acquire({ startParameter: request })).body;
    const second = await openOne({ state: throughJson(first.emulator.state()) });
    expect(brief(await second.start(resourceId, 'mix', { ...request, token: 'other' }))).toEqual([400, 2]);
    expect((await second.start(resourceId, 'mix', request)).status).toBe(200);
  });

  test('and sends the notifications that were still to come, with the next sequence', async () => {
    const receiver = await startRecordingServer();
    receivers.push(receiver);
    receiver.respond = answer(200, {});
    const notify = { url: receiver.url, secret: 's' };
    const seen = () => receiver.seen.map(({ body }) => JSON.parse(body) as { eventType: number; payload: { sequence: number } });
    const first = await openOne({ notify });
    await first.record('mix', 'start-mix-hls');
    first.advance(10);
    await vi.waitFor(() => expect(seen()).toHaveLength(8), { timeout: 30_000, interval: 5 });
    const state = throughJson(first.emulator.state());
    await first.emulator.close();
    const second = await openOne({ notify, state });
    second.advance(10);
    await vi.waitFor(() => expect(seen()).toHaveLength(9), { timeout: 30_000, interval: 5 });
    expect(seen().at(-1)).toMatchObject({ eventType: 4, payload: { sequence: 8 } });
  });
});

test('a state holds no storage keys, tokens and passwords', async () => {
  const bench = await openOne();
  const request = clientRequest('start-mix-hls');
  const storage = { ...(request.storageConfig as Json), accessKey: 'AK-S3CRET', secretKey: 'SK-S3CRET', stsToken: 'ST-S3CRET' };
  const config = { channelType: 1, decryptionMode: 1, secret: 'PW-S3CRET' };
  const startParameter = { ...request, token: 'TK-S3CRET', storageConfig: storage, recordingConfig: config };
  await bench.record('mix', startParameter, PARTY, { startParameter });
  const text = JSON.stringify(bench.emulator.state());
  expect(text).toContain('recordings-example');
  expect(text).not.toContain('S3CRET');
});

describe('a state that is written by hand', () => {
  const SEED = { cname: 'room', uid: '7' };
  test('needs little', async () => {
    const request = clientRequest('start-mix-hls');
    const bench = await openOne({
      state: {
        resources: [
          { ...SEED, recording: { mode: 'mix', request } },
          { ...SEED, uid: '8', id: 'R8' },
        ],
      },
    });
    const [recording] = bench.emulator.recordings();
    expect(recording).toMatchObject({ ...SEED, mode: 'mix', phase: 'running', status: 1, startedAt: Date.UTC(2026, 0, 1) });
    const session = { resourceId: recording?.resourceId ?? '', sid: recording?.sid ?? '', mode: 'mix' as const, party: SEED };
    expect((await bench.stop(session)).status).toBe(200);
    expect((await bench.start('R8', 'mix', request, { ...SEED, uid: '8' })).status).toBe(200);
  });

  test('moves the clock forward to its own time', async () => {
    const bench = await openOne({ state: { now: Date.UTC(2027, 0, 1) } });
    expect(bench.clock.now()).toBe(Date.UTC(2027, 0, 1));
  });

  const recorded = (recording: unknown): object => ({ resources: [{ ...SEED, recording }] });
  test.each<[unknown, string]>([
    [[], 'the state must be an object'],
    ['x', 'the state must be an object'],
    [{ version: 2 }, 'the state: version must be 1'],
    [{ now: 'today' }, 'the state: now must be a number of 0 or more'],
    [{ resources: {} }, 'the state: resources must be a list'],
    [{ resources: [5] }, 'resources[0] must be an object'],
    [{ resources: [SEED, { uid: '7' }] }, 'resources[1]: cname is missing'],
    [{ resources: [{ ...SEED, uid: 7 }] }, 'resources[0]: uid must be a string that is not empty'],
    [
      {
        resources: [
          { ...SEED, id: 'R' },
          { ...SEED, id: 'R' },
        ],
      },
      'resources[1] has an id or a sid that another one has',
    ],
    [recorded([]), 'resources[0].recording must be an object'],
    [recorded({ mode: 'both', request: {} }), 'resources[0].recording: mode must be individual, mix, web'],
    [recorded({ mode: 'mix' }), 'resources[0].recording: request is missing'],
    [recorded({ mode: 'mix', request: {} }), 'resources[0].recording: request would be refused: storageConfig is missing'],
    [recorded({ mode: 'mix', request: clientRequest('start-mix-hls'), onhold: 'x' }), 'resources[0].recording: onhold must be a boolean'],
    [recorded({ mode: 'mix', request: clientRequest('start-mix-hls'), failure: 'x' }), 'failure must be storage or page'],
    [recorded({ mode: 'mix', request: clientRequest('start-mix-hls'), outputs: [1] }), 'outputs must hold addresses'],
    [recorded({ mode: 'mix', request: clientRequest('start-mix-hls'), subscriptions: [1] }), 'subscriptions[0] must be an object'],
  ])('%j is refused: %s', async (state, message) => {
    await expect(openBench({ state })).rejects.toThrow(message);
  });
});
