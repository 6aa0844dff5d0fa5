import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startEmulator } from '../../../../src/integrations/agora/emulator/index.ts';
import { APP, AUTHORIZATION, type Bench, brief, clientRequest, type Json, openBench, PARTY } from './harness.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.emulator.close());

const control = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${bench.emulator.url}/_emulator/${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const controlBody = async (method: string, path: string, body?: unknown): Promise<Json> =>
  (await (await control(method, path, body)).json()) as Json;
const acquire = (): Promise<Response> =>
  fetch(`${bench.emulator.url}${APP}/acquire`, {
    method: 'POST',
    headers: { authorization: AUTHORIZATION, 'content-type': 'application/json' },
    body: JSON.stringify({ ...PARTY, clientRequest: {} }),
  });
const startMix = (resourceId: string) => bench.start(resourceId, 'mix', clientRequest('start-mix-hls'));

describe('a fault', () => {
  test('of a count is for that many requests of its endpoint', async () => {
    bench.emulator.faults.add({
      endpoint: 'acquire',
      kind: 'status',
      status: 500,
      code: 501,
      reason: 'no_worker_manager_available',
      count: 2,
    });
    expect((await bench.call('GET', '/v1/ncs/ip')).status).toBe(200);
    expect([await bench.acquire(), await bench.acquire(), await bench.acquire()].map(brief)).toEqual([
      [500, 501],
      [500, 501],
      [200, undefined],
    ]);
  });

  test('of a rate is for the same requests with the same seed', async () => {
    const play = async (seed: number): Promise<string> => {
      const seeded = await openBench({ faults: [`acquire:status:status=503,rate=0.5,seed=${seed}`] });
      const replies: number[] = [];
      for (let index = 0; index < 32; index++) replies.push((await seeded.acquire()).status);
      await seeded.emulator.close();
      return replies.join(' ');
    };
    const first = await play(1);
    expect(first).toContain('200');
    expect(first).toContain('503');
    expect(await play(1)).toBe(first);
    expect(await play(2)).not.toBe(first);
  });

  test.each([
    ['reset-before', 200],
    ['reset-after', 201],
  ] as const)('%s has a start acted on accordingly', async (kind, again) => {
    const resourceId = await bench.newResource();
    bench.emulator.faults.add({ endpoint: 'start', kind, count: 1 });
    await expect(startMix(resourceId)).rejects.toThrow();
    expect((await startMix(resourceId)).status).toBe(again);
  });

  test('html is a page, truncated is no JSON, slow-body is whole in the end, latency takes its time', async () => {
    bench.emulator.faults.add({ kind: 'html', count: 1 });
    const page = await acquire();
    expect([page.status, page.headers.get('content-type')]).toEqual([502, 'text/html']);
    bench.emulator.faults.add({ kind: 'truncated', count: 1 });
    await expect((await acquire()).json()).rejects.toThrow();
    bench.emulator.faults.add({ kind: 'slow-body', ms: 30, count: 1 });
    expect(await (await acquire()).json()).toHaveProperty('resourceId');
    bench.emulator.faults.add({ kind: 'latency', ms: 30, count: 1 });
    const begun = performance.now();
    expect((await acquire()).status).toBe(200);
    expect(performance.now() - begun).toBeGreaterThanOrEqual(29);
  });

  test('failover loses a recording for a while, and renames its files', async () => {
    const session = await bench.record('mix', 'start-mix-hls');
    const other = await bench.record('mix', 'start-mix-hls', { ...PARTY, uid: '2' });
    bench.advance(60);
    bench.emulator.faults.add({ endpoint: 'query', kind: 'failover', seconds: 60, count: 1 });
    expect(brief(await bench.query(session))).toEqual([404, 404]);
    bench.advance(59);
    for (const call of [bench.query, bench.update, bench.updateLayout, bench.stop]) expect(brief(await call(session))).toEqual([404, 404]);
    expect((await bench.query(other)).status).toBe(200);
    bench.advance(1);
    expect((await bench.query(session)).body.serverResponse.fileList).toBe(`bak0_${session.sid}_${PARTY.cname}.m3u8`);
  });

  test.each([
    ['start', "fault 'start' must be endpoint:kind[:option=value,…], such as start:reset-after:count=1"],
    ['begin:html', "fault 'begin:html': there is no endpoint 'begin'; there are acquire, start, query"],
    ['start:explode', "fault 'start:explode': there is no kind 'explode'; there are latency, status"],
    ['start:html:count', "fault 'start:html:count': 'count' must be option=value"],
    ['start:html:count=0', "fault 'start:html:count=0': count must be an integer from 1 to"],
    ['start:html:count=', "fault 'start:html:count=': count must be an integer from 1 to"],
    ['start:html:rate=2', "fault 'start:html:rate=2': rate must be a number from"],
    ['start:html:rate=0.5,rate=1', "fault 'start:html:rate=0.5,rate=1': rate is given twice"],
    ['start:html:seconds=3', "fault 'start:html:seconds=3': html has no option 'seconds'; there are rate, count, seed, status"],
    ['start:status', "fault 'start:status': status needs status, such as status=500"],
    ['start:status:status=500,body={}', "fault 'start:status:status=500,body={}': a body can only be given to POST /_emulator/faults"],
    ['start:failover', "fault 'start:failover': failover is for query, update, updateLayout, stop: start names no recording"],
  ])('%s is refused in words', async (fault, message) => {
    await expect(startEmulator({ faults: [fault] })).rejects.toThrow(message);
  });
});

describe('the control endpoints', () => {
  test('add, list and remove faults, as objects and as texts', async () => {
    const nested = { code: 404, serverResponse: { command: 'StopCloudRecorder', payload: { message: 'failed to find worker' } } };
    await control('POST', 'faults', [{ endpoint: 'acquire', kind: 'status', status: 404, body: nested, count: 1 }, 'any:latency:ms=1']);
    const { status, body } = await bench.acquire();
    expect([status, body]).toEqual([404, nested]);
    expect(await controlBody('GET', 'faults')).toEqual({
      faults: [
        { endpoint: 'acquire', kind: 'status', status: 404, body: nested, count: 1, rate: 1, seed: 1, hits: 1, left: 0 },
        { endpoint: 'any', kind: 'latency', ms: 1, rate: 1, seed: 1, hits: 1 },
      ],
    });
    expect(await controlBody('DELETE', 'faults')).toEqual({ faults: [] });
  });

  test('refuse a list with a wrong fault as a whole', async () => {
    const response = await control('POST', 'faults', ['acquire:html', { kind: 'status', status: '500' }]);
    expect([response.status, await response.json()]).toEqual([400, { message: 'fault: status must be an integer from 200 to 599' }]);
    expect(await controlBody('GET', 'faults')).toEqual({ faults: [] });
    for (const body of [null, 5, {}]) expect((await control('POST', 'faults', body)).status).toBe(400);
  });

  test('tell the state without storage keys, tokens and stream keys', async () => {
    const request = clientRequest('start-web-and-cdn-push');
    const storageConfig = { ...(request.storageConfig as Json), accessKey: 'S3CRET', secretKey: 'S3CRET' };
    const web = await bench.record('web', { ...request, storageConfig });
    await bench.update(web, { rtmpPublishConfig: { outputs: [{ rtmpUrl: 'rtmp://example.com/live/S3CRET' }] } });
    const mix = await bench.record('mix', { ...clientRequest('start-mix-hls'), token: 'S3CRET' }, { ...PARTY, uid: '2' });
    await bench.updateLayout(mix, { mixedVideoLayout: 1, backgroundImage: 'https://example.com/a.png?sig=S3CRET', token: 'S3CRET' });
    const text = await (await control('GET', 'state')).text();
    expect(text).not.toContain('S3CRET');
    expect(JSON.parse(text)).toMatchObject({
      now: Date.UTC(2026, 0, 1),
      recordings: [
        { sid: web.sid, mode: 'web', status: 1, outputs: ['rtmp://example.com/…'] },
        { sid: mix.sid, mode: 'mix', layout: { mixedVideoLayout: 1, backgroundImage: 'https://example.com/…' } },
      ],
    });
    bench.advance(15);
    expect(await controlBody('GET', `recordings/${mix.sid}/files`)).toEqual({ files: bench.emulator.files(mix.sid) });
    expect((await control('GET', 'recordings/none/files')).status).toBe(404);
  });

  test('are no others', async () => {
    const response = await control('PUT', 'state');
    expect([response.status, ((await response.json()) as { message: string }).message]).toEqual([
      404,
      expect.stringContaining('/_emulator/faults'),
    ]);
  });

  test('do not answer to web pages', async () => {
    expect((await control('GET', 'state', undefined, { origin: 'https://example.com' })).status).toBe(403);
    // fetch does not let a Host header be chosen.
    const status = await new Promise((resolve) => {
      const options = { headers: { host: `rebound.example.com:${bench.emulator.port}` } };
      httpRequest(`${bench.emulator.url}/_emulator/state`, options, (response) => resolve(response.resume().statusCode)).end();
    });
    expect(status).toBe(403);
  });

  test('are refused where the emulator does not listen on a loopback address', async () => {
    const open = await startEmulator({ host: '0.0.0.0' });
    const response = await fetch(`http://127.0.0.1:${open.port}/_emulator/state`);
    expect([response.status, await response.json()]).toEqual([403, { message: expect.stringContaining('loopback') }]);
    await open.close();
  });
});
