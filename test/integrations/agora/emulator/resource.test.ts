import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { APP, type Bench, brief, clientRequest, openBench, PARTY, sample } from './harness.ts';

const OTHER_APP = 'second-app';
const accounts = [{ customerId: 'emulator-customer', customerSecret: 'emulator-secret', appIds: ['emulator-app', OTHER_APP] }];

let bench: Bench;
beforeEach(async () => {
  bench = await openBench({ accounts });
});
afterEach(() => bench.emulator.close());

const MIX = clientRequest('start-mix-hls');

describe('acquire', () => {
  test('gives out a long id that a URL can carry, another each time', async () => {
    const first = await bench.acquire();
    expect(first.body).toEqual({ ...PARTY, resourceId: expect.stringMatching(/^[A-Za-z0-9_-]{256}$/) });
    expect((await bench.acquire()).body.resourceId).not.toBe(first.body.resourceId);
  });

  test.each(['1', '527841', '4294967295'])('takes uid %j', async (uid) => {
    expect((await bench.acquire({}, { ...PARTY, uid })).status).toBe(200);
  });

  test.each([527841, '0', '4294967296', '99999999999', '007', '-1', '1.5', 'alice', '', null, undefined])(
    'refuses uid %j with code 2',
    async (uid) => {
      const reply = await bench.acquire({}, { ...PARTY, uid });
      expect(brief(reply)).toEqual([400, 2]);
      expect(reply.body.reason).toContain('uid');
    },
  );

  test('takes every documented character in a channel name', async () => {
    for (const cname of ['aZ09 !#$%&()+-:;<=.>?@[]^_{}|~,', 'x'.repeat(63)]) {
      expect((await bench.acquire({}, { ...PARTY, cname })).body.cname).toBe(cname);
    }
  });

  test.each(['büro', 'a/b', 'a"b', "a'b", 'a\\b', 'a*b', 'a\nb'])('refuses the characters of %j', async (cname) => {
    const { status, body } = await bench.acquire({}, { ...PARTY, cname });
    expect([status, body]).toEqual([400, { code: 401, reason: 'invalid_channel_name' }]);
  });

  test('refuses a channel name of 64 bytes, and of 1025 for a web page', async () => {
    const long = { ...PARTY, cname: 'x'.repeat(64) };
    expect(brief(await bench.acquire({}, long))).toEqual([400, 1013]);
    expect((await bench.acquire({ scene: 1 }, long)).status).toBe(200);
    expect(brief(await bench.acquire({ scene: 1 }, { ...PARTY, cname: 'x'.repeat(1025) }))).toEqual([400, 1013]);
  });

  test.each([
    [[], 'clientRequest'],
    ['{}', 'clientRequest'],
    [null, 'clientRequest'],
    [{ scene: 3 }, 'scene'],
    [{ scene: '0' }, 'scene'],
    [{ region: 'US' }, 'region'],
    [{ excludeResourceIds: 'x' }, 'excludeResourceIds'],
    [{ startParameter: [] }, 'startParameter'],
  ])('refuses clientRequest %j with code 2 and names the field', async (request, field) => {
    const reply = await bench.acquire(request);
    expect(brief(reply)).toEqual([400, 2]);
    expect(reply.body.reason).toContain(field);
  });

  test.each([0, 721, -1, '24', null])('refuses resourceExpiredHour %j in Agora’s words', async (resourceExpiredHour) => {
    expect((await bench.acquire({ resourceExpiredHour })).body).toEqual(sample('acquire-invalid-hour'));
  });

  test('refuses a body without clientRequest', async () => {
    expect(brief(await bench.call('POST', `${APP}/acquire`, PARTY))).toEqual([400, 2]);
  });

  test('ignores unknown fields', async () => {
    expect((await bench.acquire({ somethingNew: 1 }, { ...PARTY, other: true })).status).toBe(200);
  });
});

describe('a resource id', () => {
  test('can be started until five minutes have passed', async () => {
    const early = await bench.newResource();
    const late = await bench.newResource({ ...PARTY, uid: '2' });
    bench.advance(299.999);
    expect((await bench.start(early, 'mix', MIX)).status).toBe(200);
    bench.advance(0.001);
    expect(brief(await bench.start(late, 'mix', MIX, { ...PARTY, uid: '2' }))).toEqual([400, 433]);
  });

  test('that was started outlives the five minutes', async () => {
    const session = await bench.record('mix', 'start-mix-hls');
    bench.advance(3600);
    expect((await bench.query(session)).status).toBe(200);
  });

  test('that was never given out has code 1001', async () => {
    expect(brief(await bench.start('invented', 'mix', MIX))).toEqual([400, 1001]);
    const session = { resourceId: 'invented', sid: 'S', mode: 'mix', party: PARTY } as const;
    for (const reply of [await bench.query(session), await bench.stop(session), await bench.update(session)]) {
      expect(brief(reply)).toEqual([400, 1001]);
    }
  });

  test.each([{ cname: 'other' }, { uid: '7' }])('belongs to its cname and uid: %j has code 432', async (change) => {
    const party = { ...PARTY, ...change };
    expect(brief(await bench.start(await bench.newResource(), 'mix', MIX, party))).toEqual([400, 432]);
    const session = { ...(await bench.record('mix', 'start-mix-hls')), party };
    for (const call of [bench.update, bench.updateLayout, bench.stop]) expect(brief(await call(session))).toEqual([400, 432]);
  });

  test('belongs to its app: 432 at the start, 1003 where there is a sid', async () => {
    const path = `/v1/apps/${OTHER_APP}/cloud_recording/resourceid`;
    const unused = await bench.newResource();
    expect(brief(await bench.call('POST', `${path}/${unused}/mode/mix/start`, { ...PARTY, clientRequest: MIX }))).toEqual([400, 432]);
    const { resourceId, sid } = await bench.record('mix', 'start-mix-hls');
    expect(brief(await bench.call('GET', `${path}/${resourceId}/sid/${sid}/mode/mix/query`))).toEqual([400, 1003]);
  });

  test('that is started again while it records answers 201 with the running session', async () => {
    const { resourceId, sid } = await bench.record('mix', 'start-mix-hls');
    const { status, body } = await bench.start(resourceId, 'mix', MIX);
    expect([status, body]).toEqual([201, { ...sample('start-already'), ...PARTY, resourceId, sid }]);
    expect(bench.emulator.recordings()).toHaveLength(1);
  });

  test('serves one recording: after its end it is expired', async () => {
    const session = await bench.record('mix', 'start-mix-hls');
    await bench.stop(session);
    expect(brief(await bench.start(session.resourceId, 'mix', MIX))).toEqual([400, 433]);
  });

  test('is not used up by a start that was refused', async () => {
    const resourceId = await bench.newResource();
    expect(brief(await bench.start(resourceId, 'mix', {}))).toEqual([400, 2]);
    expect((await bench.start(resourceId, 'mix', MIX)).status).toBe(200);
  });
});

describe('the same cname and uid', () => {
  test('cannot record twice with two resource ids', async () => {
    await bench.record('mix', 'start-mix-hls');
    const { status, body } = await bench.start(await bench.newResource(), 'mix', MIX);
    expect([status, body]).toEqual([400, sample('start-conflict')]);
  });

  test('can record again once the first recording is stopped', async () => {
    await bench.stop(await bench.record('mix', 'start-mix-hls'));
    await bench.record('mix', 'start-mix-hls');
    expect(bench.emulator.recordings().map(({ phase }) => phase)).toEqual(['exiting', 'running']);
  });

  test('may differ in the uid, or in the app', async () => {
    await bench.record('mix', 'start-mix-hls');
    await bench.record('mix', 'start-mix-hls', { ...PARTY, uid: '2' });
    const app = `/v1/apps/${OTHER_APP}/cloud_recording`;
    const { resourceId } = (await bench.call('POST', `${app}/acquire`, { ...PARTY, clientRequest: {} })).body;
    const started = await bench.call('POST', `${app}/resourceid/${resourceId}/mode/mix/start`, { ...PARTY, clientRequest: MIX });
    expect(started.status).toBe(200);
  });
});
