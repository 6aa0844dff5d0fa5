// The page for people, GET /, and what it asks the control endpoints for.
import { request as httpRequest } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bench, openBench, PARTY } from './harness.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.emulator.close());

const get = (path: string, headers: Record<string, string> = {}) => fetch(bench.emulator.url + path, { headers });
const sendForm = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(bench.emulator.url + path, { method: 'POST', body: new URLSearchParams(fields), redirect: 'manual', headers });
const sendJson = (path: string, body: unknown) =>
  fetch(bench.emulator.url + path, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });

describe('the page', () => {
  test('shows recordings, faults, requests and the clock without a login', async () => {
    const session = await bench.record('mix', 'start-mix-hls');
    bench.advance(10);
    await sendJson('/_emulator/faults', 'query:status:status=500,code=62,count=2');
    await bench.query(session);
    const response = await get('/');
    const html = await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    for (const text of [PARTY.cname, session.sid, '5 in progress', '2026-01-01 00:00:10 UTC', 'status=500, code=62, count=2'])
      expect(html).toContain(text);
    expect(html).toMatch(/<td>500<\/td><td>GET [^<]*\/query<\/td>/);
    expect(html).not.toContain(session.resourceId);
  });

  test('escapes what came from outside', async () => {
    await bench.record('mix', 'start-mix-hls', { ...PARTY, cname: '<b>&' });
    await get('/<i>"\'&lt;', { authorization: 'x' });
    const html = await (await get('/')).text();
    expect(html).toContain('<td>&#60;b&#62;&#38;</td>');
    expect(html).not.toMatch(/<b>|<i>/);
  });

  test('shows no secret, and loads nothing from elsewhere', async () => {
    await bench.record('web', 'start-web-and-cdn-push');
    await bench.call('GET', '/v1/ncs/ip?key=S3CRET');
    const response = await get('/');
    const html = await response.text();
    expect(html).not.toMatch(/fake-access-key|fake-secret-key|live\/key|S3CRET|emulator-secret/);
    expect(html.replaceAll(/<style>.*?<\/style>|<script>.*?<\/script>/gs, '')).not.toMatch(/https?:|src=|@import/);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
  });

  test('is no part of the API: with credentials the path is not found', async () => {
    expect((await bench.call('GET', '/')).status).toBe(404);
  });
});

describe('its forms', () => {
  test('add and remove faults, and lead back to the page', async () => {
    const added = await sendForm('/_emulator/faults', { endpoint: 'start', kind: 'status', options: 'status=500,code=62' });
    expect([added.status, added.headers.get('location')]).toEqual([303, '/']);
    await sendForm('/_emulator/faults', { endpoint: 'any', kind: 'hang-before', options: '' });
    expect(bench.emulator.faults.list().map(({ endpoint, kind }) => `${endpoint} ${kind}`)).toEqual(['start status', 'any hang-before']);
    await sendForm('/_emulator/faults', { clear: 'all' });
    expect(bench.emulator.faults.list()).toEqual([]);
  });

  test('say on the page what is wrong, escaped', async () => {
    const response = await sendForm('/_emulator/faults', { endpoint: 'start', kind: 'status', options: '<x>=1' });
    const html = await response.text();
    expect([response.status, response.headers.get('content-type')]).toEqual([400, 'text/html; charset=utf-8']);
    expect(html).toContain('role="alert"');
    expect(html).toContain('&#60;x&#62;=1');
  });

  test('move the clock', async () => {
    expect((await sendForm('/_emulator/clock', { seconds: '3600' })).status).toBe(303);
    expect(bench.clock.now()).toBe(Date.UTC(2026, 0, 1, 1));
    expect((await sendForm('/_emulator/clock', { seconds: 'x' })).status).toBe(400);
  });
});

describe('the control endpoints', () => {
  test('move the clock', async () => {
    const response = await sendJson('/_emulator/clock', { seconds: 60 });
    expect([response.status, await response.json()]).toEqual([200, { now: Date.UTC(2026, 0, 1, 0, 1) }]);
  });

  test.each([{}, [], null, { seconds: 0 }, { seconds: -1 }, { seconds: '5' }, { seconds: 1e9 }])(
    'refuse to move it by %j',
    async (body) => {
      const response = await sendJson('/_emulator/clock', body);
      expect([response.status, await response.json()]).toEqual([400, { message: expect.stringContaining('seconds must be') }]);
    },
  );

  test('list the last hundred requests to the API, without those of people', async () => {
    for (let index = 0; index < 101; index += 1) await bench.call('GET', '/v1/ncs/ip');
    await bench.acquire();
    await get('/');
    const { requests } = (await (await get('/_emulator/requests')).json()) as { requests: readonly object[] };
    expect(requests).toHaveLength(100);
    expect(requests.at(-1)).toMatchObject({ method: 'POST', status: 200, at: expect.any(Number) });
  });
});

describe('other web sites', () => {
  test.each([
    ['a form of another site', { origin: 'https://evil.example' }],
    ['a form without an address of its own', { origin: 'null' }],
    ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
    ['a request that a browser calls cross-site', { 'sec-fetch-site': 'cross-site' }],
    ['a request that a browser calls same-site', { 'sec-fetch-site': 'same-site' }],
  ])('are refused: %s', async (_what, headers) => {
    expect((await sendForm('/_emulator/clock', { seconds: '60' }, headers)).status).toBe(403);
    expect((await get('/', headers)).status).toBe(403);
    expect(bench.clock.now()).toBe(Date.UTC(2026, 0, 1));
  });

  test('are refused under a name that leads here', async () => {
    const { port } = bench.emulator;
    const status = await new Promise((resolve) => {
      const options = { port, path: '/', headers: { host: `rebound.example:${port}` } };
      httpRequest({ host: '127.0.0.1', ...options }, (response) => resolve(response.resume().statusCode)).end();
    });
    expect(status).toBe(403);
  });

  test('but the page itself may send its forms', async () => {
    const headers = { origin: bench.emulator.url, 'sec-fetch-site': 'same-origin' };
    expect((await sendForm('/_emulator/clock', { seconds: '60' }, headers)).status).toBe(303);
  });

  test('and an emulator that listens elsewhere has no page', async () => {
    const open = await openBench({ host: '0.0.0.0' });
    const response = await fetch(`http://127.0.0.1:${open.emulator.port}/`);
    await open.emulator.close();
    expect([response.status, (await response.json()) as object]).toEqual([403, { message: expect.stringContaining('loopback') }]);
  });
});
