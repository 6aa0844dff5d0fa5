import { afterEach, describe, expect, test } from 'vitest';
import { type Bench, brief, type Mode, openBench, PARTY, type Session } from './harness.ts';

let bench: Bench;
afterEach(() => bench.emulator.close());

const session = (resourceId: string, mode: Mode = 'mix'): Session => ({ resourceId, sid: 'a'.repeat(32), mode, party: PARTY });

describe('a recording that a resource id names, although no request started it', () => {
  test.each<Mode>(['mix', 'individual', 'web'])('runs in mode %s, and can be stopped once', async (mode) => {
    bench = await openBench();
    const running = session('emulated-running-1', mode);
    expect((await bench.query(running)).status).toBe(200);
    expect((await bench.stop(running)).status).toBe(200);
    expect(brief(await bench.stop(running))).not.toEqual([200, undefined]);
    expect(bench.emulator.recordings()).toMatchObject([{ sid: running.sid, mode, cname: PARTY.cname }]);
  });

  test('keeps the sid, mode, cname and uid of its first request', async () => {
    bench = await openBench();
    await bench.updateLayout(session('emulated-running'), { mixedVideoLayout: 0 });
    expect(brief(await bench.query({ ...session('emulated-running'), sid: 'b'.repeat(32) }))).toEqual([400, 1003]);
    expect((await bench.query(session('emulated-running', 'web'))).status).toBe(400);
    expect((await bench.stop({ ...session('emulated-running'), party: { ...PARTY, uid: '1' } })).status).not.toBe(200);
  });

  test('finishes its upload if it was just stopped', async () => {
    bench = await openBench();
    const stopped = session('emulated-stopped');
    const statusOf = async () => (await bench.query(stopped)).body.serverResponse?.uploadingStatus;
    const first = await statusOf();
    bench.advance(5);
    expect([first, await statusOf()]).toContain('uploaded');
    expect((await bench.stop(stopped)).status).not.toBe(200);
  });

  test('does not exist for other resource ids', async () => {
    bench = await openBench();
    expect(brief(await bench.query(session('not-emulated-running')))).toEqual([400, 1001]);
    expect((await bench.start('emulated-running', 'mix', {})).status).toBe(400);
    expect(bench.emulator.recordings()).toEqual([]);
  });
});
