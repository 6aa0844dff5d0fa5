import { closeSync, constants, fdatasyncSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { KosmoError } from '../../errors/index.ts';
import { makeFolder } from '../../make-folder.ts';
import { uniqueId } from '../../unique-id.ts';

/** What the ledger keeps of a start, before it is sent. No secrets: the file outlives every token. */
export interface StartFacts {
  readonly account: string;
  readonly appId: string;
  readonly resourceId: string;
  readonly mode: string;
  readonly cname: string;
  readonly uid: string;
}

/** A recording that may be running. */
export interface OpenRecording extends StartFacts {
  /** The name of the attempt that started it, or may have. */
  readonly attempt: string;
  /** Null when nobody knows whether the start got through. */
  readonly sid: string | null;
  /** When the start was sent, in ISO 8601. */
  readonly startedAt: string;
  /** When Agora first did not find it (any more), in ISO 8601; null when that has not happened since it was last seen. */
  readonly missingSince: string | null;
}

/**
 * The list of recordings that were started from this machine, in a file a month under `folder`. Lines are only ever appended, each with
 * one write, so that many processes can do it at once and a process that is killed leaves at most half a line, which readers skip.
 */
export interface Ledger {
  /** Call before a start is sent; returns the name of this attempt. Throws `INVALID_CONFIGURATION` when it cannot be written. */
  readonly starting: (facts: StartFacts) => string;
  readonly started: (attempt: string, sid: string) => void;
  /** The attempt did not start anything, for certain. */
  readonly notStarted: (attempt: string) => void;
  /** The recording was stopped, or has ended by itself. */
  readonly ended: (sid: string) => void;
  /** Agora knows (`found`) or does not know this recording. */
  readonly seen: (sid: string, found: boolean) => void;
  /** Nobody needs to know of this attempt any more. */
  readonly forget: (attempt: string) => void;
  /** Whether the recording was started from this machine, and is over. */
  readonly hasEnded: (sid: string) => boolean;
  /** What may be running, the oldest first. */
  readonly open: () => OpenRecording[];
}

type Line =
  | ({ readonly event: 'starting'; readonly attempt: string; readonly at: string } & StartFacts)
  | { readonly event: 'started'; readonly attempt: string; readonly sid: string; readonly at: string }
  | { readonly event: 'not_started'; readonly attempt: string; readonly at: string }
  | { readonly event: 'forgotten'; readonly attempt: string; readonly at: string }
  | { readonly event: 'ended' | 'found' | 'missing'; readonly sid: string; readonly at: string };

const FILE = /^recordings-\d{4}-\d{2}\.jsonl$/;

/** Agora lets nobody query or stop a recording that began longer ago: `resourceExpiredHour` is 720 at most. */
const KEEP_MONTHS = 3;

export function openLedger(folder: string, now: () => Date = () => new Date()): Ledger {
  const append = (line: Line, sync = false): void => {
    makeFolder(folder);
    const file = path.join(folder, `recordings-${line.at.slice(0, 7)}.jsonl`);
    const descriptor = openSync(file, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY, 0o600);
    try {
      // The line break in front keeps half a line of a killed process apart.
      writeSync(descriptor, `\n${JSON.stringify(line)}\n`);
      if (sync) fdatasyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  };
  const at = (): string => now().toISOString();

  return {
    starting(facts) {
      const attempt = uniqueId();
      try {
        append({ event: 'starting', attempt, at: at(), ...facts }, true);
      } catch (thrown) {
        throw new KosmoError(
          'INVALID_CONFIGURATION',
          `The start cannot be written to the ledger in ${folder}: ${(thrown as Error).message}.`,
          {
            hint: 'set KOSMO_HOME to a folder that can be written; without the ledger a recording could be forgotten while it costs money',
            cause: thrown,
          },
        );
      }
      return attempt;
    },
    started: (attempt, sid) => append({ event: 'started', attempt, sid, at: at() }),
    notStarted: (attempt) => append({ event: 'not_started', attempt, at: at() }),
    ended: (sid) => append({ event: 'ended', sid, at: at() }),
    forget: (attempt) => append({ event: 'forgotten', attempt, at: at() }, true),
    hasEnded: (sid) => readAll(folder).some((line) => line.event === 'ended' && line.sid === sid),
    seen: (sid, found) => append({ event: found ? 'found' : 'missing', sid, at: at() }),
    open() {
      const files = listFiles(folder);
      removeOld(folder, files, now());
      return readOpen(readAll(folder, files));
    },
  };
}

function readAll(folder: string, files: readonly string[] = listFiles(folder)): Line[] {
  return files.flatMap((file) => readLines(path.join(folder, file)));
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => FILE.test(name))
      .sort();
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new KosmoError('INVALID_CONFIGURATION', `The ledger in ${folder} cannot be read: ${(thrown as Error).message}.`, {
      hint: 'set KOSMO_HOME to a folder that can be read and written',
      cause: thrown,
    });
  }
}

function removeOld(folder: string, files: readonly string[], now: Date): void {
  const oldest = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - KEEP_MONTHS, 1)).toISOString().slice(0, 7);
  for (const file of files) if (file.slice('recordings-'.length) < oldest) rmSync(path.join(folder, file), { force: true });
}

function readLines(file: string): Line[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw thrown;
  }
  return text.split('\n').flatMap((line) => {
    try {
      return line === '' ? [] : [JSON.parse(line) as Line];
    } catch {
      return [];
    }
  });
}

function readOpen(lines: readonly Line[]): OpenRecording[] {
  const attempts = new Map<string, OpenRecording>();
  const ended = new Set<string>();
  const missing = new Map<string, string>();
  for (const line of lines) {
    if (line.event === 'starting') {
      const { event, attempt, at, ...facts } = line;
      attempts.set(attempt, { ...facts, attempt, sid: null, startedAt: at, missingSince: null });
    } else if (line.event === 'started') {
      const attempt = attempts.get(line.attempt);
      if (attempt !== undefined) attempts.set(line.attempt, { ...attempt, sid: line.sid });
    } else if (line.event === 'not_started') attempts.delete(line.attempt);
    else if (line.event === 'forgotten') attempts.delete(line.attempt);
    else if (line.event === 'ended') ended.add(line.sid);
    else if (line.event === 'found') missing.delete(line.sid);
    else if (!missing.has(line.sid)) missing.set(line.sid, line.at);
  }
  // A start that was repeated by hand is one recording under one sid.
  const bySid = new Map<string, OpenRecording>();
  for (const [attempt, recording] of attempts) {
    const { sid } = recording;
    if (sid !== null && ended.has(sid)) continue;
    const known = bySid.has(sid ?? attempt);
    if (!known) bySid.set(sid ?? attempt, { ...recording, missingSince: (sid !== null && missing.get(sid)) || null });
  }
  return [...bySid.values()];
}
