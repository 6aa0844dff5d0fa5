import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DEFAULT_ACCOUNT, startEmulator } from '../../src/integrations/agora/emulator/index.ts';
import { openLedger } from '../../src/integrations/agora/recordings/ledger.ts';
import { cleanEnvironment, KOSMO, kosmo } from './cli.ts';

export interface KillOptions {
  readonly runs: number;
  readonly atOnce: number;
  /** Sent to each run at a random moment. @default undefined (runs end by themselves) */
  readonly signal?: NodeJS.Signals;
}

export interface KillCounts {
  readonly runs: number;
  /** Runs that the signal ended. */
  readonly killed: number;
  /** Recordings that run after all. */
  readonly running: number;
  /** Of them those that no line of the ledger knows. */
  readonly lost: number;
  /** Recordings that `agora:recordings --refresh` lists as running, and that do not run. */
  readonly claimed: number;
  /** Lines that were cut off, or damaged in another way. */
  readonly damagedLines: number;
  /** Runs that failed by themselves, and said so on stderr, with an exit code of their own. */
  readonly refused: number;
  /** Runs that said nothing of a failure, and that have started no recording. */
  readonly silent: number;
  /** What the refused runs said, each once. */
  readonly reasons: readonly string[];
}

interface Run {
  readonly uid: string;
  readonly code: number | null;
  readonly stderr: string;
  readonly isKilled: boolean;
}

/** Status of a recording that is over. */
const EXITED = 8;

/** Starts runs in one home, each of which starts a recording and stops it, ends them by a signal, and counts what the ledger knows. */
export async function killRuns({ runs, atOnce, signal }: KillOptions): Promise<KillCounts> {
  const emulator = await startEmulator({ ratePerSecond: 0 });
  const home = mkdtempSync(path.join(tmpdir(), 'kosmo-kill-'));
  const { customerId, customerSecret, appIds } = DEFAULT_ACCOUNT;
  const account = { AGORA_CUSTOMER_ID: customerId, AGORA_CUSTOMER_SECRET: customerSecret, AGORA_APP_ID: appIds[0] ?? '' };
  const env = { ...account, AGORA_URL: emulator.url, KOSMO_HOME: home };
  let uid = 0;
  const start = (): ChildProcess =>
    spawn(process.execPath, [KOSMO, 'integrations:lua', '--force', '-e', script(++uid, signal !== undefined)], {
      env: cleanEnvironment(env),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  const ended: Run[] = [];
  try {
    // How long a run takes when as many go on beside it, so that the moments lie all over it.
    const before = performance.now();
    if (signal !== undefined) await Promise.all(Array.from({ length: Math.min(atOnce, 8) }, () => once(start(), 'close')));
    const whole = performance.now() - before;
    let left = runs;
    const work = async (): Promise<void> => {
      while (left-- > 0) {
        const child = start();
        const own = String(uid);
        let stderr = '';
        child.stderr?.setEncoding('utf8').on('data', (text: string) => {
          stderr += text;
        });
        const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
        if (signal !== undefined) {
          await Promise.race([closed, delay(Math.random() * whole * 1.1)]);
          child.kill(signal);
        }
        const [code, by] = await closed;
        ended.push({ uid: own, code, stderr, isKilled: by !== null || (code ?? 0) > 128 });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    const { open, damage } = openLedger(path.join(home, 'agora')).read();
    const known = new Set(open.map(({ resourceId }) => resourceId));
    const running = emulator.recordings().filter(({ status }) => status !== EXITED);
    const { stdout } = await kosmo(['agora:recordings', '--refresh', '--json'], { env });
    const listed = (JSON.parse(stdout) as { recordings: { sid: string | null; state: string }[] }).recordings;
    const sids = new Set<string | null>(running.map(({ sid }) => sid));
    return {
      runs,
      ...judge(ended, new Set(emulator.recordings().map((recording) => recording.uid))),
      running: running.length,
      lost: running.filter(({ resourceId }) => !known.has(resourceId)).length,
      claimed: listed.filter(({ sid, state }) => state === 'running' && !sids.has(sid)).length,
      damagedLines: damage.length,
    };
  } finally {
    await emulator.close();
    rmSync(home, { recursive: true, force: true });
  }
}

const FAILURE = /^error: .*/m;

function judge(ended: readonly Run[], started: ReadonlySet<string>): Pick<KillCounts, 'killed' | 'refused' | 'silent' | 'reasons'> {
  const whole = ended.filter(({ isKilled }) => !isKilled);
  const refused = whole.filter(({ code, stderr }) => code !== 0 && FAILURE.test(stderr));
  const silent = whole.filter((run) => !refused.includes(run) && (run.code !== 0 || !started.has(run.uid)));
  const reasons = new Set(refused.map(({ stderr }) => FAILURE.exec(stderr)?.[0] ?? ''));
  return { killed: ended.length - whole.length, refused: refused.length, silent: silent.length, reasons: [...reasons] };
}

// A run that is not killed leaves its recording running.
function script(uid: number, stops: boolean): string {
  return `
    local agora, uid = app.integrations.agora, "${uid}"
    local resource = agora.acquire_recording_resource{cname = "room", uid = uid}.resourceId
    local sid = agora.start_recording{resource_id = resource, mode = "mix", cname = "room", uid = uid,
      recording_config = {channelType = 0, maxIdleTime = 3600},
      storage_config = {vendor = 1, region = 0, bucket = "b", accessKey = "fake-access-key", secretKey = "fake-S3CRET-key"}}.sid
    ${stops ? 'sleep(1.5) agora.stop_recording{resource_id = resource, sid = sid, mode = "mix", cname = "room", uid = uid}' : ''}`;
}
