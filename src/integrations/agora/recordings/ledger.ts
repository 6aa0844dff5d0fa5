import { rmSync } from 'node:fs';
import path from 'node:path';
import { KosmoError } from '../../../errors/index.ts';
import { appendLine } from '../../../platform/append-file.ts';
import { fileReason } from '../../../platform/file-errors.ts';
import { createPrivateDirectory } from '../../../platform/private-directory.ts';
import { uuid } from '../../../platform/uuid.ts';
import { type Damage, type LedgerFile, type Line, listFiles, readLedgerFile, type StartFacts } from './ledger-lines.ts';

export type { StartFacts } from './ledger-lines.ts';

/** A recording that may be running. */
export interface OpenRecording extends StartFacts {
  /** The name of the attempt that started it, or may have. */
  readonly attempt: string;
  /** `null` if it is not known whether the start succeeded. */
  readonly sid: string | null;
  /** When the start was sent, in ISO 8601. */
  readonly startedAt: string;
  /** When Agora first did not find it, in ISO 8601; `null` if it was found since. */
  readonly missingSince: string | null;
}

/**
 * The list of recordings that this machine started: one file for each month in `folder`. Lines are only appended, each whole or not at
 * all, so that many processes can write at once. The meaning of a line depends neither on its file nor on its time: clocks can be wrong.
 */
export interface Ledger {
  /**
   * Call before a start is sent; returns the name of this attempt. Throws `INVALID_CONFIGURATION` when it cannot be written whole. Removes
   * old files in which nothing is open.
   */
  readonly starting: (facts: StartFacts) => string;
  readonly started: (attempt: string, sid: string) => void;
  /** The attempt certainly started nothing. */
  readonly notStarted: (attempt: string) => void;
  /** The recording was stopped, or has ended by itself. */
  readonly ended: (sid: string) => void;
  /** Agora knows (`found`) or does not know this recording. */
  readonly seen: (sid: string, found: boolean) => void;
  /** Removes this attempt from the list. */
  readonly forget: (attempt: string) => void;
  /** Whether the recording was started from this machine, and is over. */
  readonly hasEnded: (sid: string) => boolean;
  /** Recordings that may be running, the oldest first, from the readable parts of the files. */
  readonly open: () => OpenRecording[];
  /** Recordings that may be running, and the unreadable parts of the files. Writes nothing. */
  readonly read: () => { readonly open: OpenRecording[]; readonly damage: readonly Damage[] };
}

/** No recording can be queried or stopped after this time: `resourceExpiredHour` is at most 720. */
const KEEP_MONTHS = 3;

export function openLedger(folder: string, now: () => Date = () => new Date()): Ledger {
  let isTidy = false;
  const append = (line: Line, sync = false): void => {
    createPrivateDirectory(folder);
    appendLine(path.join(folder, `recordings-${line.at.slice(0, 7)}.jsonl`), JSON.stringify(line), { sync });
  };
  const at = (): string => now().toISOString();
  const readFiles = (): LedgerFile[] => listFiles(folder).map((name) => readLedgerFile(folder, name));
  const readLines = (): Line[] => readFiles().flatMap(({ lines }) => lines);

  return {
    starting(facts) {
      const attempt = uuid();
      try {
        append({ event: 'starting', attempt, at: at(), ...facts }, true);
      } catch (thrown) {
        throw refusal(folder, thrown);
      }
      if (!isTidy) removeOld(folder, now());
      isTidy = true;
      return attempt;
    },
    started: (attempt, sid) => append({ event: 'started', attempt, sid, at: at() }),
    notStarted: (attempt) => append({ event: 'not_started', attempt, at: at() }),
    ended: (sid) => append({ event: 'ended', sid, at: at() }),
    forget: (attempt) => append({ event: 'forgotten', attempt, at: at() }, true),
    hasEnded: (sid) => readLines().some((line) => line.event === 'ended' && line.sid === sid),
    seen(sid, found) {
      const order = readLines().filter((line) => isSight(line) && line.sid === sid).length;
      append({ event: found ? 'found' : 'missing', sid, at: at(), order });
    },
    open: () => openRecordings(readLines()),
    read() {
      const files = readFiles();
      return { open: openRecordings(files.flatMap(({ lines }) => lines)), damage: files.flatMap(({ damage }) => damage) };
    },
  };
}

function refusal(folder: string, thrown: unknown): KosmoError {
  return new KosmoError('INVALID_CONFIGURATION', `The start cannot be written to the ledger in ${folder}: ${fileReason(thrown)}.`, {
    hint: 'free space, or set KOSMO_HOME to a folder that can be written; without the ledger a recording could be forgotten while it costs money',
    cause: thrown,
  });
}

// A file goes only if nothing in it is open or damaged, and no file that stays says more of what is in it. A wrong clock does no harm.
function removeOld(folder: string, now: Date): void {
  const oldest = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - KEEP_MONTHS, 1)).toISOString().slice(0, 7);
  const isOld = ({ name }: Pick<LedgerFile, 'name'>): boolean => name.slice('recordings-'.length) < oldest;
  try {
    const names = listFiles(folder);
    if (!names.some((name) => isOld({ name }))) return;
    const files = names.map((name) => readLedgerFile(folder, name));
    const open = openRecordings(files.flatMap(({ lines }) => lines));
    const kept = new Set(open.map(({ attempt }) => attempt));
    const stays = new Set(files.filter((file) => !isOld(file) || file.damage.length > 0));
    for (let known = -1; known < stays.size; ) {
      known = stays.size;
      for (const { lines } of stays) for (const line of lines) for (const name of namesIn(line)) kept.add(name);
      for (const file of files) if (file.lines.some((line) => namesIn(line).some((name) => kept.has(name)))) stays.add(file);
    }
    for (const file of files) if (!stays.has(file)) rmSync(path.join(folder, file.name), { force: true });
  } catch {
    // The next start tries again.
  }
}

function namesIn(line: Line): readonly string[] {
  return [...('attempt' in line ? [line.attempt] : []), ...('sid' in line ? [line.sid] : [])];
}

type Sight = Extract<Line, { readonly event: 'found' | 'missing' }>;

function isSight(line: Line): line is Sight {
  return line.event === 'found' || line.event === 'missing';
}

// In this order, because a clock that is set back puts the later line into the earlier file.
function openRecordings(lines: readonly Line[]): OpenRecording[] {
  const attempts = new Map<string, OpenRecording>();
  const sids = new Map<string, string>();
  const over = new Set<string>();
  for (const line of lines) {
    if (line.event === 'starting') {
      const { attempt, at, account, appId, resourceId, mode, cname, uid } = line;
      attempts.set(attempt, { account, appId, resourceId, mode, cname, uid, attempt, sid: null, startedAt: at, missingSince: null });
    } else if (line.event === 'started') sids.set(line.attempt, line.sid);
    else if (line.event === 'ended') over.add(line.sid);
    else if (!isSight(line)) over.add(line.attempt);
  }
  const missing = missingSince(lines.filter(isSight));
  // A start that was repeated by hand is one recording under one sid.
  const bySid = new Map<string, OpenRecording>();
  for (const [attempt, recording] of attempts) {
    const sid = sids.get(attempt) ?? null;
    if (over.has(attempt) || (sid !== null && over.has(sid)) || bySid.has(sid ?? attempt)) continue;
    bySid.set(sid ?? attempt, { ...recording, sid, missingSince: (sid !== null && missing.get(sid)) || null });
  }
  return [...bySid.values()];
}

function missingSince(lines: readonly Sight[]): ReadonlyMap<string, string> {
  const missing = new Map<string, string>();
  for (const { event, sid, at } of [...lines].sort((a, b) => (a.order ?? -1) - (b.order ?? -1))) {
    if (event === 'found') missing.delete(sid);
    else if (!missing.has(sid)) missing.set(sid, at);
  }
  return missing;
}
