// Every endpoint with every fault, before and after the effect, for one request and for all: what the script is told, and that no fault
// starts two recordings or loses a running one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isKosmoError, type Outcome } from '../../../../src/errors/index.ts';
import { type AgoraConnection, connectAgora } from '../../../../src/integrations/agora/connection.ts';
import {
  DEFAULT_ACCOUNT,
  type Emulator,
  type Fault as EmulatorFault,
  startEmulator,
} from '../../../../src/integrations/agora/emulator/index.ts';
import type { JsonValue } from '../../../../src/json/index.ts';
import { findTool } from '../../../helpers/recording-server.ts';

let emulator: Emulator;
let connection: AgoraConnection;
let folder: string;

beforeAll(async () => {
  emulator = await startEmulator({ ratePerSecond: 0 });
  folder = mkdtempSync(path.join(tmpdir(), 'kosmo-faults-'));
  const { customerId, customerSecret, appIds } = DEFAULT_ACCOUNT;
  connection = connectAgora(
    { customer_id: customerId, customer_secret: customerSecret, app_id: appIds[0] ?? '', url: emulator.url },
    { account: 'default', stateFolder: folder },
    { pause: async () => undefined },
  );
});
afterAll(async () => {
  await connection.client.close();
  await emulator.close();
  rmSync(folder, { recursive: true });
});

const call = (name: string, args: Record<string, JsonValue>, timeoutMs?: number): Promise<JsonValue> =>
  findTool(name).run(args, connection, {
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
  ncs: 'get_notification_ips',
} as const;
type Endpoint = keyof typeof ENDPOINTS;
const READS: readonly Endpoint[] = ['query', 'ncs'];
const CHANGES: readonly Endpoint[] = ['start', 'update', 'updateLayout', 'stop'];

/** What goes wrong, with Agora not having acted and with it having. */
const FAULTS = {
  reset: { before: { kind: 'reset-before' }, after: { kind: 'reset-after' } },
  hang: { before: { kind: 'hang-before' }, after: { kind: 'hang-after' } },
  'status 500': { before: { kind: 'status', status: 500 }, after: { kind: 'status-after', status: 500 } },
  'status 503': { before: { kind: 'status', status: 503 }, after: { kind: 'status-after', status: 503 } },
  // Agora counts a request before it acts on it.
  'status 429': { before: { kind: 'status', status: 429 } },
  'HTML page': { before: { kind: 'html', status: 200 }, after: { kind: 'html-after', status: 200 } },
  'truncated JSON': { before: { kind: 'truncated-before', status: 200 }, after: { kind: 'truncated', status: 200 } },
  // A body that comes slowly is an answer to something.
  'slow body': { after: { kind: 'slow-body', ms: 50 } },
} as const satisfies Record<string, { readonly before?: EmulatorFault; readonly after?: EmulatorFault }>;
type Fault = keyof typeof FAULTS;

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
  (Object.keys(FAULTS) as Fault[]).flatMap((fault) =>
    Object.entries<EmulatorFault>(FAULTS[fault]).map(([effect, kind]) => ({ endpoint, fault, effect, kind })),
  ),
);

let uid = 0;

async function runCell(endpoint: Endpoint, fault: Fault, plan: EmulatorFault): Promise<{ ok: boolean; code?: string; outcome?: Outcome }> {
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
    ncs: {},
  };
  emulator.faults.add({ endpoint, ...plan });
  try {
    await call(ENDPOINTS[endpoint], args[endpoint], fault === 'hang' ? 150 : undefined);
    return { ok: true };
  } catch (thrown) {
    if (!isKosmoError(thrown)) throw thrown;
    return { ok: false, code: thrown.code, outcome: thrown.outcome };
  } finally {
    emulator.faults.clear();
    expectNothingLost(party.uid);
  }
}

const EXITED = 8;

function expectNothingLost(uid: string): void {
  const running = emulator.recordings().filter((recording) => recording.uid === uid && recording.status !== EXITED);
  expect(running.length).toBeLessThanOrEqual(1);
  const open = new Set(connection.ledger?.open().map(({ resourceId }) => resourceId));
  for (const { resourceId } of running) expect(open).toContain(resourceId);
}

test('the matrix has at least 80 cells', () => {
  expect(CELLS.length).toBeGreaterThanOrEqual(80);
});

describe('a fault that does not go away', () => {
  test.each(CELLS)('$endpoint, $fault, $effect the effect', async ({ endpoint, fault, kind }) => {
    const expected = EXPECTED[fault](endpoint);
    const result = await runCell(endpoint, fault, kind);
    expect(result).toEqual(expected === undefined ? { ok: true } : { ok: false, ...expected });
  });
});

describe('a fault of one request is overcome, save that a deadline stays one', () => {
  test.each(CELLS)('$endpoint, $fault, $effect the effect', async ({ endpoint, fault, kind }) => {
    const result = await runCell(endpoint, fault, { ...kind, count: 1 });
    expect(result).toEqual(fault === 'hang' ? { ok: false, ...EXPECTED.hang(endpoint) } : { ok: true });
  });
});
