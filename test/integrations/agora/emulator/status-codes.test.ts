// Every row of status-codes.md is an answer that a client of the emulator can get, over HTTP: by doing what causes it, where that can be
// done, else by a fault.
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import type { EmulatorOptions } from '../../../../src/integrations/agora/emulator/index.ts';
import { APP, AUTHORIZATION, type Bench, clientRequest, type Json, openBench, PARTY, type Reply } from './harness.ts';

let bench: Bench;
afterEach(() => bench.emulator.close());

interface Row {
  /** As the table has it: endpoint, HTTP status, code, and what the reason contains. */
  readonly row: readonly [endpoint: string, status: number, code: number | undefined, text?: string];
  readonly options?: EmulatorOptions;
  /** What is asked. Without it, the fault of the row meets the endpoint. */
  readonly ask?: (bench: Bench) => Promise<Reply>;
}

const EMPTY = { ...PARTY, cname: 'empty-room' };
const MIX = clientRequest('start-mix-hls');
const inBucket = (bucket: string): Json => ({ ...MIX, storageConfig: { ...(MIX.storageConfig as Json), bucket } });
const record = (each: Bench) => each.record('mix', MIX);
const SESSION = ['query', 'update', 'updateLayout', 'stop'] as const;

/** A request of the endpoint that would else succeed. */
async function askWell(endpoint: string): Promise<Reply> {
  if (endpoint === 'acquire') return bench.acquire();
  if (endpoint === 'start') return bench.start(await bench.newResource(), 'mix', MIX);
  return bench[endpoint as (typeof SESSION)[number]](await record(bench));
}

const byFault = (endpoint: string, status: number, code: number, text: string): Row => ({
  row: [endpoint, status, code, text],
  options: { faults: [`${endpoint}:status:status=${status},code=${code},reason=${text}`] },
});
const wrong = (endpoint: (typeof SESSION)[number], request: unknown): Row => ({
  row: [endpoint, 400, 2],
  ask: async (each) => each[endpoint](await record(each), request),
});

const GATEWAY: readonly Row[] = [
  { row: ['any', 400, undefined, 'appid is invalid'], ask: (each) => each.call('POST', '/v1/apps/other/cloud_recording/acquire', {}) },
  {
    row: ['any', 401, undefined, 'Unauthorized'],
    async ask(each) {
      const response = await fetch(`${each.emulator.url}/v1/ncs/ip`);
      return { status: response.status, headers: response.headers, body: await response.json() };
    },
  },
  {
    row: ['any', 401, undefined, 'Invalid authentication credentials'],
    ask: (each) => each.call('GET', '/v1/ncs/ip', undefined, { authorization: AUTHORIZATION.slice(0, -4) }),
  },
  { row: ['any', 404, undefined, 'no Route matched with those values'], ask: (each) => each.call('GET', `${APP}/acquire`) },
  {
    row: ['any', 429, undefined, 'API rate limit exceeded'],
    options: { ratePerSecond: 1 },
    ask: async (each) => [await each.acquire(), await each.acquire()][1] as Reply,
  },
];

const ACQUIRE: readonly Row[] = [
  { row: ['acquire', 400, 2, 'Acquire: invalid resourceExpiredHour value!'], ask: (each) => each.acquire({ resourceExpiredHour: 721 }) },
  byFault('acquire', 400, 400, 'invalid_appid'),
  { row: ['acquire', 400, 401, 'invalid_channel_name'], ask: (each) => each.acquire({}, { ...PARTY, cname: 'büro' }) },
  byFault('acquire', 400, 405, 'no_active_status'),
  byFault('acquire', 400, 406, 'vendor_over_load'),
  byFault('acquire', 500, 500, 'internal_error'),
  byFault('acquire', 500, 501, 'no_worker_manager_available'),
  byFault('acquire', 500, 504, 'allocate_timeout'),
];

const START: readonly Row[] = [
  {
    row: ['start', 201, 7, 'already started'],
    ask: async (each) => each.start((await record(each)).resourceId, 'mix', MIX),
  },
  byFault('start', 206, 65, 'request not completed'),
  { row: ['start', 400, 2], ask: async (each) => each.start(await each.newResource(), 'mix', {}) },
  {
    row: ['start', 400, 53, 'task conflict'],
    async ask(each) {
      await record(each);
      return each.start(await each.newResource(), 'mix', MIX);
    },
  },
  byFault('start', 500, 502, 'Failed to allocate worker'),
  byFault('start', 500, 62, 'request timeout'),
];

const LATER: readonly Row[] = [
  ...SESSION.map((endpoint) => byFault(endpoint, 206, 65, 'request not completed')),
  { row: ['query', 400, 2], ask: async (each) => each.query({ ...(await record(each)), mode: 'web' }) },
  wrong('update', { streamSubscribe: [] }),
  { row: ['updateLayout', 400, 2], ask: async (each) => each.updateLayout(await each.record('individual', 'start-individual')) },
  wrong('stop', { async_stop: 1 }),
  ...SESSION.map(
    (endpoint): Row => ({
      row: [endpoint, 404, 404, 'failed to find worker'],
      async ask(each) {
        const session = await record(each);
        await each.stop(session);
        each.advance(5);
        return each[endpoint](session);
      },
    }),
  ),
  ...SESSION.map((endpoint) => byFault(endpoint, 504, 62, 'request timeout')),
  { row: ['stop', 206, 435, 'no recorded data'], ask: async (each) => each.stop(await each.record('mix', MIX, EMPTY)) },
  {
    row: ['stop', 400, 49, 'invalid operation'],
    async ask(each) {
      const session = await record(each);
      await each.stop(session);
      return each.stop(session);
    },
  },
  { row: ['stop', 200, 50], ask: async (each) => each.stop(await each.record('mix', inBucket('slow-bucket'))) },
];

/** The codes of the older page that the newer one does not have. */
const OLDER: readonly Row[] = [
  { row: ['any', 400, 8], ask: (each) => each.call('POST', `${APP}/acquire`, '{}', { 'content-type': 'text/plain' }) },
  byFault('acquire', 400, 62, 'request timeout'),
  byFault('start', 400, 109, 'token expired'),
  byFault('start', 400, 110, 'token wrong'),
  { row: ['start', 400, 432], ask: async (each) => each.start(await each.newResource(), 'mix', MIX, { ...PARTY, uid: '9' }) },
  {
    row: ['start', 400, 433],
    async ask(each) {
      const resourceId = await each.newResource();
      each.advance(300);
      return each.start(resourceId, 'mix', MIX);
    },
  },
  byFault('query', 400, 501, 'recording is exiting'),
  { row: ['start', 400, 1001], ask: (each) => each.start('unknown', 'mix', MIX) },
  { row: ['query', 400, 1003], ask: async (each) => each.query({ ...(await record(each)), sid: 'other' }) },
  { row: ['acquire', 400, 1013], ask: (each) => each.acquire({}, { ...PARTY, cname: 'x'.repeat(64) }) },
  { row: ['updateLayout', 400, 1028], ask: async (each) => each.updateLayout(await record(each), { mixedVideoLayout: 9 }) },
];

const ROWS = [...GATEWAY, ...ACQUIRE, ...START, ...LATER, ...OLDER];

test.each(ROWS.map((each) => ({ ...each, name: each.row.join(' ') })))(
  '$name',
  async ({ row: [endpoint, status, code, text = ''], options, ask }) => {
    bench = await openBench(options);
    const reply = await (ask ?? (() => askWell(endpoint)))(bench);
    expect([reply.status, reply.body.code]).toEqual([status, code]);
    expect(reply.body.reason ?? reply.body.message ?? '').toContain(text);
  },
);

test('these are all rows of status-codes.md', async () => {
  bench = await openBench();
  const text = readFileSync(new URL('../../../fixtures/agora/status-codes.md', import.meta.url), 'utf8');
  const [newer = '', older = ''] = text.split('## Service codes');
  const cells = (table: string) => [...table.matchAll(/^\| (?!endpoint|code)(.+) \|$/gm)].map(([, line = '']) => line.split(' | '));
  const has = (endpoint: string, status: number | undefined, code: number | undefined): boolean =>
    ROWS.some(({ row }) => row[0] === endpoint && (status === undefined || row[1] === status) && row[2] === code);
  const missing = cells(newer).flatMap(([endpoints = '', status = '', codes = '', reasons = '']) =>
    endpoints.split(', ').flatMap((endpoint) =>
      codes
        .split(' / ')
        .filter((code) => !has(endpoint, Number.parseInt(status, 10), code === '–' ? undefined : Number(code)))
        .map((code) => `${endpoint} ${status} ${code} ${reasons}`),
    ),
  );
  const missingCodes = cells(older)
    .flatMap(([codes = '']) => codes.split(' / ').map(Number))
    .filter((code) => !ROWS.some(({ row }) => row[2] === code));
  expect([cells(newer).length, cells(older).length]).toEqual([24, 17]);
  expect([missing, missingCodes]).toEqual([[], []]);
});
