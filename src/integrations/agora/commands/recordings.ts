import { type ErrorCode, KosmoError } from '../../../errors/index.ts';
import type { IntegrationCommand, IntegrationCommandContext } from '../../../integration/index.ts';
import { type Ledger, type OpenRecording, openLedger } from '../recordings/ledger.ts';
import { describeDamage } from '../recordings/ledger-damage.ts';
import type { Damage } from '../recordings/ledger-lines.ts';

/** Facts of an open recording. */
type State = 'running' | 'missing' | 'unknown';

interface ListedRecording extends OpenRecording {
  readonly state: State;
}

const UNITS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Agora may be moving a recording to another server, which takes it up to 90 s, before a 404 is to be believed. */
const MISSING_CONFIRMED_MS = 90_000;

export const agoraRecordingsCommand: IntegrationCommand = {
  name: 'recordings',
  description: 'list and stop recordings',
  arguments: '[action] [names...]',
  choices: { action: ['list', 'stop', 'forget'] },
  options: [
    { flags: '--refresh', description: 'ask Agora about each of them first' },
    { flags: '--all', description: 'with stop: all of them' },
    { flags: '--older-than <time>', description: 'with stop: those started longer ago, for example 90s, 30m, 2h, 1d' },
    { flags: '--force', description: 'stop without asking; forget also what may be running' },
    { flags: '--json', description: 'print one JSON document' },
  ],
  examples: [
    'kosmo agora:recordings --refresh',
    'kosmo agora:recordings stop 38f8e3cfdc474cd56fc1ceba380d7e1a',
    'kosmo agora:recordings stop --older-than 2h --force --json',
    'kosmo agora:recordings forget team-standup',
  ],
  schema: 'agora-recordings',
  async run(options, context, [action, ...sids]) {
    const ledger = openLedger(context.stateFolder);
    if (action === undefined || action === 'list') {
      if (sids.length > 0) throw usage(`list takes no recordings, not '${sids[0]}'`);
      refuseFlags(options, ['all', 'olderThan']);
      if (options.refresh === true) await refresh(ledger, context);
      printList(readLedger(ledger, context), options, context);
      return;
    }
    if (action === 'forget') {
      refuseFlags(options, ['all', 'olderThan', 'refresh']);
      forget(ledger, sids, options, context);
      return;
    }
    if (action !== 'stop') throw usage(`unknown action '${action}': there are list, stop and forget`);
    if (options.refresh === true) await refresh(ledger, context);
    await stop(choose(readLedger(ledger, context).open, options, sids), options, context);
  },
};

function withState(recording: OpenRecording): ListedRecording {
  const state = recording.sid === null ? 'unknown' : recording.missingSince === null ? 'running' : 'missing';
  return { ...recording, state };
}

interface ReadLedger {
  readonly open: readonly ListedRecording[];
  readonly damage: readonly Damage[];
}

// An empty list would say that nothing runs, and a damaged file does not say that. A line that was cut off hides nothing that runs.
function readLedger(ledger: Ledger, context: IntegrationCommandContext): ReadLedger {
  const { open, damage } = ledger.read();
  const [first, ...others] = describeDamage(damage);
  if (open.length === 0 && first !== undefined && damage.some(({ isCut }) => !isCut)) {
    for (const { message, hint } of others) context.note(`warning: ${message}; ${hint}`);
    throw new KosmoError('SETTINGS_UNAVAILABLE', `${first.message}. Nothing readable in the ledger is open.`, {
      hint: first.hint,
      details: { damaged: listed(damage) },
    });
  }
  for (const { message, hint } of describeDamage(damage)) context.note(`warning: ${message}; ${hint}`);
  return { open: open.map(withState), damage };
}

/** Damage that a document lists. */
const MAX_LISTED = 100;

function listed(damage: readonly Damage[]): readonly Omit<Damage, 'isCut'>[] {
  return damage.slice(0, MAX_LISTED).map(({ file, line, problem }) => ({ file, line, problem }));
}

// Queries one recording after the other: lists are short, and running scripts share the rate.
async function refresh(ledger: Ledger, context: IntegrationCommandContext): Promise<void> {
  for (const recording of ledger.open()) {
    context.signal.throwIfAborted();
    if (recording.sid === null || !(await isOurs(recording, context))) continue;
    const { resourceId, sid, mode, account, missingSince } = recording;
    const { error } = await context.call('query_recording', { resource_id: resourceId, sid, mode }, account);
    if (error === null) ledger.seen(sid, true);
    else if (error.status !== 404) throw failure(error, `${sid}: `);
    else if (missingSince !== null && Date.now() - Date.parse(missingSince) > MISSING_CONFIRMED_MS) ledger.ended(sid);
    else ledger.seen(sid, false);
  }
}

// With another app id the answer would be 404 for a recording that runs.
async function isOurs({ account, appId, sid }: OpenRecording, context: IntegrationCommandContext): Promise<boolean> {
  const current = await context.credential(account, 'app_id');
  if (current === appId) return true;
  context.note(`note: ${sid} cannot be asked about: account ${account} has ${current === undefined ? 'no app id' : 'another app id'} now`);
  return false;
}

function choose(open: readonly ListedRecording[], options: Readonly<Record<string, unknown>>, sids: readonly string[]): ListedRecording[] {
  const ways = [sids.length > 0, options.all === true, options.olderThan !== undefined].filter(Boolean).length;
  if (ways !== 1) throw usage('say what to stop: sids, or --all, or --older-than 2h');
  if (sids.length > 0) {
    const unknown = sids.find((sid) => !open.some((recording) => recording.sid === sid));
    if (unknown !== undefined) throw usage(`no open recording has the sid '${unknown}'`, 'kosmo agora:recordings lists them');
  }
  const before = options.olderThan === undefined ? Number.POSITIVE_INFINITY : Date.now() - readTime(String(options.olderThan));
  return open.filter(
    ({ sid, startedAt }) => (sids.length === 0 || (sid !== null && sids.includes(sid))) && Date.parse(startedAt) <= before,
  );
}

function readTime(text: string): number {
  const [, count, unit = ''] = /^(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  if (count === undefined) throw usage(`--older-than takes a time such as 90s, 30m, 2h or 1d, not '${text}'`);
  return Number(count) * (UNITS[unit] as number) * 1000;
}

async function stop(
  chosen: readonly ListedRecording[],
  options: Readonly<Record<string, unknown>>,
  context: IntegrationCommandContext,
): Promise<void> {
  const results: { sid: string | null; cname: string; stopped: boolean; error?: string }[] = [];
  let failed: Parameters<typeof failure>[0] | undefined;
  for (const { sid, resourceId, mode, cname, uid, account } of chosen) {
    context.signal.throwIfAborted();
    if (sid === null) {
      const why =
        'its sid is not known; if it runs, it ends after maxIdleTime seconds without streams. Once it is over: kosmo agora:recordings forget ' +
        cname;
      results.push({ sid, cname, stopped: false, error: why });
      context.note(`note: the recording of ${cname} cannot be stopped: ${why}`);
      continue;
    }
    const { error } = await context.call('stop_recording', { resource_id: resourceId, sid, mode, cname, uid }, account);
    // It is gone: there is nothing left to stop.
    const stopped = error === null || error.status === 404;
    if (error?.status === 404) openLedger(context.stateFolder).ended(sid);
    results.push({ sid, cname, stopped, ...(stopped || error === null ? {} : { error: error.message }) });
    if (!stopped && error !== null) failed ??= error;
    if (options.json !== true) context.print(stopped ? `stopped ${sid} (${cname})` : `not stopped: ${sid} (${cname}): ${error?.message}`);
  }
  if (failed !== undefined && options.json === true) throw failure({ ...failed, recordings: results }, '');
  // Each reason stands beside its recording already.
  const remaining = results.filter(({ stopped }) => !stopped).length;
  if (failed !== undefined)
    throw failure(
      { ...failed, message: `${remaining} of ${results.length} recordings ${remaining === 1 ? 'was' : 'were'} not stopped.` },
      '',
    );
  if (options.json === true) context.print(document(results));
  else if (results.length === 0) context.note('nothing to stop');
}

function document(recordings: readonly unknown[], damaged?: readonly unknown[]): string {
  return JSON.stringify({ success: true, recordings, damaged, error: null, error_detail: null });
}

/** Within this time after its start, a recording whose sid was lost may well run: `maxIdleTime` is 30 s unless set, and people talk. */
const MAY_RUN_MS = 24 * 3_600_000;

// What has a sid can be asked about and stopped, so it is never merely forgotten.
function forget(
  ledger: Ledger,
  names: readonly string[],
  options: Readonly<Record<string, unknown>>,
  context: IntegrationCommandContext,
): void {
  if (names.length === 0)
    throw usage('say what to forget: the cname or resource id of a recording', 'kosmo agora:recordings --json lists them');
  const open = ledger.open();
  const chosen = names.flatMap((name) => {
    const found = open.filter(({ sid, cname, resourceId }) => [sid, cname, resourceId].includes(name));
    const known = found.find(({ sid }) => sid !== null);
    if (found.length === 0)
      throw usage(`no open recording has the cname or resource id '${name}'`, 'kosmo agora:recordings --json lists them');
    if (known !== undefined)
      throw usage(
        `the recording ${known.sid} of ${known.cname} can be stopped, so it is not forgotten`,
        `kosmo agora:recordings stop ${known.sid}`,
      );
    return found;
  });
  const young = chosen.find(({ startedAt }) => Date.now() - Date.parse(startedAt) < MAY_RUN_MS);
  if (young !== undefined && options.force !== true) {
    throw new KosmoError(
      'APPROVAL_REQUIRED',
      `the recording of ${young.cname} was started at ${young.startedAt} and may be running; nothing was forgotten`,
      {
        hint: `look for it in the Agora console, then: kosmo agora:recordings forget ${names.join(' ')} --force`,
      },
    );
  }
  for (const { attempt } of chosen) ledger.forget(attempt);
  const recordings = chosen.map(({ cname, resourceId, startedAt }) => ({ cname, resource_id: resourceId, started_at: startedAt }));
  if (options.json === true) context.print(JSON.stringify({ success: true, forgotten: recordings }));
  else
    for (const { cname, resource_id, started_at } of recordings)
      context.print(`forgotten: ${cname} (resource ${resource_id}, started ${started_at})`);
}

function printList({ open, damage }: ReadLedger, options: Readonly<Record<string, unknown>>, context: IntegrationCommandContext): void {
  if (options.json === true) {
    const recordings = open.map(({ sid, resourceId, mode, cname, uid, account, appId, startedAt, state, missingSince }) => ({
      sid,
      state,
      cname,
      uid,
      mode,
      account,
      app_id: appId,
      resource_id: resourceId,
      started_at: startedAt,
      missing_since: missingSince,
    }));
    context.print(document(recordings, listed(damage)));
    return;
  }
  if (open.length === 0 && damage.length === 0) context.note('no recording started from this machine is open');
  for (const { sid, state, cname, uid, mode, account, startedAt } of open) {
    context.print([sid ?? '(sid unknown)', state, cname, `uid ${uid}`, mode, account, startedAt].join('  '));
  }
}

function refuseFlags(options: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given !== undefined) throw usage(`--${given === 'olderThan' ? 'older-than' : given} goes with stop`);
}

function failure(
  { code, message, exitCode: _exitCode, ...details }: { code: string; message: string; exitCode: number; [detail: string]: unknown },
  prefix: string,
): KosmoError {
  return new KosmoError(code as ErrorCode, `${prefix}${message}`, { details });
}

function usage(message: string, hint?: string): KosmoError {
  return new KosmoError('USAGE', message, hint === undefined ? {} : { hint });
}
