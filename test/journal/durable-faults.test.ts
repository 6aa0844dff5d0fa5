import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KosmoError } from '../../src/errors/index.ts';
import { type DurableOptions, openDurable } from '../../src/journal/index.ts';
import { createHost, type Host, type RunReport } from '../../src/runtime/index.ts';
import { fakeServer } from '../helpers/mcp.ts';
import { factsOf, MemoryStore, TEST_SEALER } from '../helpers/memory-store.ts';

const STORAGE = 'storage_config = {vendor = 1, region = 0, bucket = "b", accessKey = "key-value", secretKey = "secret-value"}';
const START = `
local agora = app.integrations.agora
local resource = agora.acquire_recording_resource{cname = "room", uid = "1"}.resourceId
defer(function() print("deferred") end)
local r = agora.start_recording{cname = "room", uid = "1", resource_id = resource, mode = "mix", recording_config = {channelType = 1}, ${STORAGE}}
return r.cname`;

const openHost = (): Promise<Host> => createHost({ env: {}, guideFolder: 'lua-docs', emulate: true, mcpServers: { fake: fakeServer() } });

let host: Host;
beforeEach(async () => {
  host = await openHost();
});
afterEach(() => host.close());

interface Leg extends Partial<DurableOptions> {
  readonly force?: boolean;
}

async function run(store: MemoryStore, code: string, { force = true, ...options }: Leg = {}): Promise<RunReport> {
  const journal = await openDurable({ id: 'test', store, sealer: TEST_SEALER, ...options }, factsOf(code));
  return host.run(code, { chunk: 'test.lua', policy: { force }, journal });
}

/** The lines of a run whose process ended right after the intent of its write number `count`. */
async function killedAfterIntent(code: string, count: number, options: Leg = {}): Promise<MemoryStore> {
  const whole = new MemoryStore();
  await run(whole, code);
  await host.close();
  host = await openHost();
  const intents = whole.lines.flatMap(({ k }, index) => (k === 'call' ? [index] : []));
  const dying = new MemoryStore([], (intents[count - 1] ?? 0) + 1);
  await Promise.race([run(dying, code, options), dying.died]);
  return new MemoryStore(dying.lines);
}

describe('a start whose process ended while it was on its way', () => {
  test('is sent again within 300 s', async () => {
    const store = await killedAfterIntent(START, 2);
    expect(await run(store, START)).toMatchObject({ success: true, result: ['room'], output: 'deferred' });
    expect(store.lines.filter(({ k, again }) => k === 'call' && again === 1)).toHaveLength(1);
  });

  test('has an unknown outcome after 300 s, also in a third process', async () => {
    const store = await killedAfterIntent(START, 2, { now: () => Date.now() - 301_000 });
    const report = await run(store, START);
    expect(report.error_detail).toMatchObject({ code: 'OUTCOME_UNKNOWN', outcome: 'unknown' });
    expect(report.output).toBe('deferred');
    expect((await run(new MemoryStore(store.lines), START)).error_detail).toEqual(report.error_detail);
  });

  test('passes the policy again, and has an unknown outcome if that refuses it', async () => {
    const store = await killedAfterIntent(START, 2);
    const { error_detail } = await run(store, START, { force: false });
    expect(error_detail).toMatchObject({ code: 'APPROVAL_REQUIRED', outcome: 'unknown' });
  });
});

test('a write of an MCP server is not sent again, and its outcome is unknown', async () => {
  const code = 'return app.mcp.fake.create_issue{title = "once"}';
  const store = await killedAfterIntent(code, 1);
  const report = await run(store, code);
  expect(report.error_detail).toMatchObject({ code: 'OUTCOME_UNKNOWN', outcome: 'unknown' });
  expect(report.error).toContain('It was not sent again');
});

test('a write is not sent if its intent cannot be committed', async () => {
  const store = new MemoryStore();
  const append = store.append.bind(store);
  let isFull = true;
  store.append = (lines) => (isFull ? Promise.reject(new KosmoError('RUN_STORE_UNAVAILABLE', 'the disk is full')) : append(lines));
  const code = `local ok, problem = pcall(function() ${START} end) return problem.code, problem.outcome`;
  setTimeout(() => {
    isFull = false;
  }, 300);
  const report = await run(store, code, { patienceMs: 5000 });
  expect(report.result).toEqual(['RUN_STORE_UNAVAILABLE', 'none']);
});

test('a run that another process has taken sends nothing more', async () => {
  const store = new MemoryStore();
  store.isLost = () => true;
  const report = await run(store, START);
  expect(report).toMatchObject({ success: false, error_detail: { code: 'RUN_BUSY' }, output: '' });
  expect(report.call_log.filter(({ outcome }) => outcome === 'done')).toEqual([]);
});

test('a script that makes another call ends with the difference, sends nothing and runs no deferred function', async () => {
  const store = await killedAfterIntent(START, 2);
  const before = store.lines.length;
  const { error_detail, output, run: state } = await run(store, START.replace('uid = "1"}', 'uid = "2"}'));
  expect(error_detail).toMatchObject({ code: 'REPLAY_DIVERGED', message: expect.stringContaining('main/1 (line 3)') });
  expect(output).toBe('');
  expect(state?.status).toBe('interrupted');
  expect(store.lines.length).toBe(before);
});

test('a journal of another version is refused', async () => {
  const line = TEST_SEALER.seal({ n: 0, k: 'run', v: 2 }, {});
  await expect(run(new MemoryStore([line]), START)).rejects.toMatchObject({ code: 'RUN_UNREADABLE' });
});
