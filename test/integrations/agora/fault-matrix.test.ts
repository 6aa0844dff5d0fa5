// Every endpoint with every fault, before and after the effect, for one request and for all: what the script is told, and that no fault
// starts two recordings or loses a running one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isKosmoError, type Outcome } from '../../../src/errors/index.ts';
import { type AgoraClient, createAgoraClient } from '../../../src/integrations/agora/client.ts';
import { DEFAULT_ACCOUNT, type Emulator, startEmulator } from '../../../src/integrations/agora/emulator/index.ts';
import type { JsonValue } from '../../../src/json/index.ts';
import { type Fault, type FaultPlan, type FaultProxy, startFaultProxy } from '../../helpers/fault-proxy.ts';
import { findTool } from '../../helpers/recording-server.ts';

let emulator: Emulator;
let proxy: FaultProxy;
let client: AgoraClient;
let folder: string;

beforeAll(async () => {
  emulator = await startEmulator({ ratePerSecond: 0 });
  proxy = await startFaultProxy(emulator.url);
  folder = mkdtempSync(path.join(tmpdir(), 'kosmo-faults-'));
  const { customerId, customerSecret, appIds } = DEFAULT_ACCOUNT;
  client = createAgoraClient(
    { customer_id: customerId, customer_secret: customerSecret, app_id: appIds[0] ?? '', url: proxy.url },
    { account: 'default', stateFolder: folder },
    { pause: async () => undefined },
  );
});
afterAll(async () => {
  await client.close();
  await proxy.close();
  await emulator.close();
  rmSync(folder, { recursive: true });
});

const call = (name: string, args: Record<string, JsonValue>, timeoutMs?: number): Promise<JsonValue> =>
  findTool(name).run(args, client, {
    signal: new AbortController().signal,
    warn: () => undefined,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });

/** The endpoints by the last part of their path, and the tool that calls each. */
const ENDPOINTS = {
  acquire: 'acquire_recording_resource',
  start: 'start_recording',
  query: 'query_recording',
  update: 'update_recording',
  updateLayout: 'update_recording_layout',
  stop: 'stop_recording',
  ip: 'get_notification_ips',
} as const;
type Endpoint = keyof typeof ENDPOINTS;
const READS: readonly Endpoint[] = ['query', 'ip'];
const CHANGES: readonly Endpoint[] = ['start', 'update', 'updateLayout', 'stop'];

interface Expected {
  readonly code: string;
  readonly outcome: Outcome;
}

/** What a call ends with when the fault does not go away; undefined is success. */
const EXPECTED: Readonly<Record<Fault, (endpoint: Endpoint) => Expected | undefined>> = {
  reset: (endpoint) => ({ code: 'CONNECTION_LOST', outcome: READS.includes(endpoint) ? 'none' : 'unknown' }),
  hang: (endpoint) => ({ code: 'DEADLINE_EXCEEDED', outcome: READS.includes(endpoint) ? 'none' : 'unknown' }),
  'status 500': (endpoint) => ({ code: 'REMOTE_UNAVAILABLE', outcome: CHANGES.includes(endpoint) ? 'unknown' : 'done' }),
  'status 503': (endpoint) => ({ code: 'REMOTE_UNAVAILABLE', outcome: CHANGES.includes(endpoint) ? 'unknown' : 'done' }),
  'status 429': () => ({ code: 'RATE_LIMITED', outcome: 'none' }),
  'HTML page': (endpoint) => ({ code: 'INVALID_RESPONSE', outcome: READS.includes(endpoint) ? 'none' : 'unknown' }),
  'truncated JSON': (endpoint) => ({ code: 'INVALID_RESPONSE', outcome: READS.includes(endpoint) ? 'none' : 'unknown' }),
  'slow body': () => undefined,
};

const CELLS = (Object.keys(ENDPOINTS) as Endpoint[]).flatMap((endpoint) =>
  (Object.keys(EXPECTED) as Fault[]).flatMap((fault) =>
    (['before', 'after'] as const)
      // Agora counts a request before it acts on it; a body that comes slowly is an answer to something.
      .filter((effect) => !(fault === 'status 429' && effect === 'after') && !(fault === 'slow body' && effect === 'before'))
      .map((effect) => ({ endpoint, fault, effect })),
  ),
);

let uid = 0;

async function runCell(endpoint: Endpoint, plan: FaultPlan): Promise<{ ok: boolean; code?: string; outcome?: Outcome }> {
  const party = { cname: 'faults', uid: String(++uid) };
  const storage_config = { vendor: 1, region: 0, bucket: 'b', accessKey: 'fake-access-key', secretKey: 'fake-secret-key' };
  const acquired = (await call('acquire_recording_resource', party)) as { resourceId: string };
  const start = { resource_id: acquired.resourceId, mode: 'mix', ...party, recording_config: { channelType: 0 }, storage_config };
  let session: Record<string, JsonValue> = {};
  if (endpoint !== 'acquire' && endpoint !== 'start') {
    const { sid } = (await call('start_recording', start)) as { sid: string };
    session = { resource_id: acquired.resourceId, sid };
  }
  const args: Record<Endpoint, Record<string, JsonValue>> = {
    acquire: party,
    start,
    query: { ...session, mode: 'mix' },
    update: { ...session, mode: 'mix', ...party, stream_subscribe: { audioUidList: { subscribeAudioUids: ['123'] } } },
    updateLayout: { ...session, ...party, mixed_video_layout: 1 },
    stop: { ...session, mode: 'mix', ...party },
    ip: {},
  };
  proxy.plan = plan;
  try {
    await call(ENDPOINTS[endpoint], args[endpoint], plan.fault === 'hang' ? 150 : undefined);
    return { ok: true };
  } catch (thrown) {
    if (!isKosmoError(thrown)) throw thrown;
    return { ok: false, code: thrown.code, outcome: thrown.outcome };
  } finally {
    proxy.plan = undefined;
    expectNothingLost(party.uid);
  }
}

const EXITED = 8;

function expectNothingLost(uid: string): void {
  const running = emulator.recordings().filter((recording) => recording.uid === uid && recording.status !== EXITED);
  expect(running.length).toBeLessThanOrEqual(1);
  const open = new Set(client.ledger?.open().map(({ resourceId }) => resourceId));
  for (const { resourceId } of running) expect(open).toContain(resourceId);
}

test('the matrix has at least 80 cells', () => {
  expect(CELLS.length).toBeGreaterThanOrEqual(80);
});

describe('a fault that does not go away', () => {
  test.each(CELLS)('$endpoint, $fault, $effect the effect', async ({ endpoint, fault, effect }) => {
    const expected = EXPECTED[fault](endpoint);
    const result = await runCell(endpoint, { fault, effect, action: endpoint, count: Number.POSITIVE_INFINITY });
    expect(result).toEqual(expected === undefined ? { ok: true } : { ok: false, ...expected });
  });
});

describe('a fault of one request is overcome, save that a deadline stays one', () => {
  test.each(CELLS)('$endpoint, $fault, $effect the effect', async ({ endpoint, fault, effect }) => {
    const result = await runCell(endpoint, { fault, effect, action: endpoint, count: 1 });
    expect(result).toEqual(fault === 'hang' ? { ok: false, ...EXPECTED.hang(endpoint) } : { ok: true });
  });
});
