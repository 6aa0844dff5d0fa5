import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RequestLogEntry, startEmulator } from '../../../../src/integrations/agora/emulator/index.ts';
import { APP, AUTHORIZATION, type Bench, openBench, PARTY, sample } from './harness.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.emulator.close());

const BODY = { ...PARTY, clientRequest: {} };
const basic = (text: string) => ({ authorization: `Basic ${btoa(text)}` });

describe('before the service sees a request', () => {
  test('a call without credentials is unauthorized', async () => {
    const response = await fetch(`${bench.emulator.url}${APP}/acquire`, { method: 'POST', body: '{}' });
    expect(response.status).toBe(401);
    expect(await response.json()).toEqual(sample('err-401-missing'));
  });

  test.each([
    ['a wrong secret', basic('emulator-customer:wrong')],
    ['a wrong id', basic('somebody:emulator-secret')],
    ['a bearer token', { authorization: 'Bearer abc' }],
    ['no text', basic('')],
  ])('%s is refused', async (_what, headers) => {
    const { status, body } = await bench.call('POST', `${APP}/acquire`, BODY, headers);
    expect([status, body]).toEqual([401, sample('err-401-wrong')]);
  });

  test('an app of another account is refused', async () => {
    const { status, body } = await bench.call('POST', '/v1/apps/other/cloud_recording/acquire', BODY);
    expect([status, body]).toEqual([400, sample('err-appid')]);
  });

  test('every account calls for its own apps only', async () => {
    const accounts = [
      { customerId: 'a', customerSecret: 's:1', appIds: ['app-a', 'app-b'] },
      { customerId: 'c', customerSecret: 's2', appIds: ['app-c'] },
    ];
    const emulator = await startEmulator({ accounts });
    const statuses = ['app-a', 'app-b', 'app-c'].map(async (app) => {
      const headers = { ...basic('a:s:1'), 'content-type': 'application/json' };
      const url = `${emulator.url}/v1/apps/${app}/cloud_recording/acquire`;
      return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(BODY) })).status;
    });
    expect(await Promise.all(statuses)).toEqual([200, 200, 400]);
    await emulator.close();
  });

  test.each([
    ['GET', `${APP}/acquire`],
    ['POST', `${APP}/resourceid/R/sid/S/mode/mix/query`],
    ['POST', `${APP}/resourceid/R/sid/S/mode/mix/restart`],
    ['GET', '/'],
    ['GET', '//'],
    ['PUT', '/v1/ncs/ip'],
  ])('there is no route for %s %s', async (method, path) => {
    const { status, body } = await bench.call(method, path);
    expect([status, body]).toEqual([404, sample('err-route')]);
  });

  test.each([
    ['a body that is not JSON', '{"cname":', {}],
    ['a body that is not an object', '[]', {}],
    ['a body of another type', '{}', { 'content-type': 'text/plain' }],
    ['a body that is too large', JSON.stringify({ cname: 'x'.repeat(2 ** 25) }), {}],
  ])('%s has code 8', async (_what, body, headers) => {
    const reply = await bench.call('POST', `${APP}/acquire`, body, headers);
    expect([reply.status, reply.body.code]).toEqual([400, 8]);
    expect(reply.body.reason).toEqual(expect.any(String));
  });

  test('a charset in the content type is fine', async () => {
    const type = { 'content-type': 'application/json;charset=utf-8' };
    expect((await bench.call('POST', `${APP}/acquire`, BODY, type)).status).toBe(200);
  });

  test('the addresses of the notification service need credentials and no app', async () => {
    const { status, body } = await bench.call('GET', '/v1/ncs/ip');
    expect(status).toBe(200);
    for (const { primaryIP } of body.data.service.hosts) expect(primaryIP).toMatch(/^(192\.0\.2|198\.51\.100)\.\d+$/);
    expect((await fetch(`${bench.emulator.url}/v1/ncs/ip`)).status).toBe(401);
  });

  test('every answer has a request id of its own', async () => {
    const replies = await Promise.all([bench.acquire(), bench.acquire([]), bench.call('GET', '/')]);
    expect(new Set(replies.map(({ headers }) => headers.get('x-request-id'))).size).toBe(3);
  });
});

describe('the rate', () => {
  test('of acquires is limited for each app, and nothing else is', async () => {
    const accounts = [{ customerId: 'emulator-customer', customerSecret: 'emulator-secret', appIds: ['emulator-app', 'second-app'] }];
    const limited = await openBench({ ratePerSecond: 1, accounts });
    await limited.acquire();
    const second = await limited.acquire();
    expect([second.status, second.body]).toEqual([429, sample('err-429')]);
    expect((await limited.call('POST', '/v1/apps/second-app/cloud_recording/acquire', BODY)).status).toBe(200);
    expect((await limited.call('GET', '/v1/ncs/ip')).status).toBe(200);
    await limited.emulator.close();
  });

  test('is ten acquires a second unless another is chosen', async () => {
    const emulator = await startEmulator();
    const headers = { authorization: AUTHORIZATION, 'content-type': 'application/json' };
    const acquire = async () =>
      (await fetch(`${emulator.url}${APP}/acquire`, { method: 'POST', headers, body: JSON.stringify(BODY) })).status;
    const begun = performance.now();
    const statuses = await Promise.all(Array.from({ length: 40 }, acquire));
    const seconds = Math.ceil((performance.now() - begun) / 1000);
    const answered = statuses.filter((status) => status === 200).length;
    expect(answered).toBeGreaterThanOrEqual(10);
    expect(answered).toBeLessThanOrEqual(10 * seconds);
    await emulator.close();
  });

  test('is unlimited at 0', async () => {
    const replies = await Promise.all(Array.from({ length: 30 }, () => bench.acquire()));
    expect(replies.every(({ status }) => status === 200)).toBe(true);
  });
});

describe('starting and closing', () => {
  test.each([
    [{ port: 70_000 }, 'port must be an integer from 0 to 65535, not 70000; choose another with --port, or --port 0 for a free one'],
    [{ port: 1.5 }, 'port must be an integer from 0 to 65535'],
    [{ port: -1 }, 'port must be an integer from 0 to 65535'],
    [{ speed: 0 }, 'speed must be a number above 0, not 0'],
    [{ speed: Number.NaN }, 'speed must be a number above 0'],
    [{ ratePerSecond: -1 }, 'ratePerSecond must be 0 (unlimited) or more, not -1'],
    [{ latencyMs: Number.POSITIVE_INFINITY }, 'latencyMs must be a number of 0 or more'],
    [{ host: '' }, 'host must be an address'],
    [{ host: '192.0.2.1' }, '192.0.2.1 is no address of this machine; choose one with --host'],
    [{ accounts: [] }, 'accounts is empty'],
    [{ accounts: [{ customerId: 'a:b', customerSecret: 's', appIds: ['x'] }] }, 'accounts[0].customerId must be a text without a colon'],
    [{ accounts: [{ customerId: 'a', customerSecret: 's', appIds: [] }] }, 'accounts[0].appIds is empty'],
  ])('%j is refused in words', async (options, message) => {
    await expect(startEmulator(options)).rejects.toThrow(message);
  });

  test('a port that is taken is named, with the way out', async () => {
    const { port } = bench.emulator;
    await expect(startEmulator({ port })).rejects.toThrow(
      `port ${port} on 127.0.0.1 is in use; choose another with --port, or --port 0 for a free one`,
    );
  });

  test('closing ends open connections, and frees the port', async () => {
    const { emulator } = await openBench();
    const socket = connect(emulator.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await new Promise((resolve) => socket.once('connect', resolve));
    await emulator.close();
    await closed;
    const again = await startEmulator({ port: emulator.port });
    expect(again.url).toBe(emulator.url);
    await again.close();
  });

  test('the log tells the request and its outcome, and no secret', async () => {
    const seen: RequestLogEntry[] = [];
    const logged = await openBench({ onRequest: (entry) => seen.push(entry) });
    await logged.acquire([]);
    await logged.call('GET', '/v1/ncs/ip?key=query-secret');
    expect(seen).toEqual([
      { method: 'POST', path: `${APP}/acquire`, status: 400, code: 2, durationMs: expect.any(Number) },
      { method: 'GET', path: '/v1/ncs/ip', status: 200, durationMs: expect.any(Number) },
    ]);
    await logged.emulator.close();
  });

  test('latency delays every answer', async () => {
    const slow = await openBench({ latencyMs: 30 });
    const begun = performance.now();
    await slow.acquire();
    expect(performance.now() - begun).toBeGreaterThanOrEqual(29);
    await slow.emulator.close();
  });
});
