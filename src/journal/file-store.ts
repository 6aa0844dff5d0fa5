import {
  closeSync,
  existsSync,
  fdatasync,
  fsyncSync,
  ftruncateSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { KosmoError } from '../errors/index.ts';
import { isObject, type JsonValue } from '../json/index.ts';
import { fileReason } from '../platform/file-errors.ts';
import { createPrivateDirectory } from '../platform/private-directory.ts';
import type { JournalStore, StoredLine } from './store.ts';

/** The process that owns a run: the first line of each segment. */
export interface Owner {
  readonly pid: number;
  readonly host: string;
  /** When the process began, where the system says so: ids of processes are used again. */
  readonly began: string | null;
}

/** An owner on another machine shows by the time of its file that it lives: each so many milliseconds, and dead after three. */
const SIGN_OF_LIFE_MS = 15_000;

const SEGMENT = /^journal-(\d{3,})\.jsonl$/;

/**
 * Takes a run whose journal is in `folder`: creates the next segment, so that a process that owned the run before sends nothing more. Throws
 * `RUN_BUSY` while a living process owns it, and `RUN_STORE_UNAVAILABLE` if the folder cannot be written.
 */
export function takeRun(folder: string, id: string): JournalStore {
  try {
    createPrivateDirectory(folder);
    const segments = listSegments(folder);
    const last = segments.at(-1);
    const owner = last === undefined ? undefined : livingOwner(path.join(folder, last));
    if (owner !== undefined) throw busy(id, owner);
    const number = last === undefined ? 1 : numberOf(last) + 1;
    return new FileStore(folder, id, number);
  } catch (thrown) {
    throw asStoreError(id, thrown);
  }
}

/** The lines that a run has committed, without taking it. Throws `RUN_UNREADABLE`. */
export function readLines(folder: string, id: string): readonly StoredLine[] {
  return readSegments(folder, id, listSegments(folder));
}

/** The process that runs a run now. */
export function ownerOf(folder: string): Owner | undefined {
  const last = listSegments(folder).at(-1);
  return last === undefined ? undefined : livingOwner(path.join(folder, last));
}

/** Whether the folder holds a journal. */
export function hasJournal(folder: string): boolean {
  return listSegments(folder).length > 0;
}

class FileStore implements JournalStore {
  readonly #folder: string;
  readonly #id: string;
  readonly #number: number;
  readonly #descriptor: number;
  readonly #signs: NodeJS.Timeout;
  #size: number;

  constructor(folder: string, id: string, number: number) {
    this.#folder = folder;
    this.#id = id;
    this.#number = number;
    const file = path.join(folder, segmentName(number));
    const header = `${JSON.stringify({ owner: thisProcess() })}\n`;
    createWhole(folder, file, header, id);
    this.#size = Buffer.byteLength(header);
    this.#descriptor = openSync(file, 'r+');
    this.#signs = setInterval(() => touch(file), SIGN_OF_LIFE_MS).unref();
  }

  async load(): Promise<readonly StoredLine[]> {
    const before = listSegments(this.#folder).filter((name) => numberOf(name) < this.#number);
    return readSegments(this.#folder, this.#id, before);
  }

  async append(lines: readonly StoredLine[]): Promise<void> {
    const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    try {
      for (let written = 0; written < bytes.length; )
        written += writeSync(this.#descriptor, bytes, written, bytes.length - written, this.#size + written);
      await promisify(fdatasync)(this.#descriptor);
    } catch (thrown) {
      // What was written in part would stand in the way of the next batch.
      ftruncateSync(this.#descriptor, this.#size);
      throw asStoreError(this.#id, thrown);
    }
    this.#size += bytes.length;
  }

  isLost(): boolean {
    return existsSync(path.join(this.#folder, segmentName(this.#number + 1)));
  }

  async close(): Promise<void> {
    clearInterval(this.#signs);
    try {
      // Ends the ownership while the process goes on.
      if (!this.isLost()) writeFileSync(path.join(this.#folder, `${segmentName(this.#number)}.left`), '', { mode: 0o600 });
    } finally {
      closeSync(this.#descriptor);
    }
  }
}

// With its first line, so that another process never sees a segment without an owner.
function createWhole(folder: string, file: string, header: string, id: string): void {
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, header, { mode: 0o600, flush: true });
  try {
    linkSync(temporary, file);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'EEXIST') throw busy(id, livingOwner(file));
    throw thrown;
  } finally {
    rmSync(temporary, { force: true });
  }
  const directory = openSync(folder, 'r');
  try {
    fsyncSync(directory);
  } catch {
    // Not every file system can.
  } finally {
    closeSync(directory);
  }
}

function readSegments(folder: string, id: string, names: readonly string[]): readonly StoredLine[] {
  let lines: StoredLine[] = [];
  for (const name of names) {
    const added = readSegment(path.join(folder, name), id);
    const [first] = added;
    // Who took the run read so far; later lines of the owner before are void.
    if (first !== undefined) lines = lines.filter(({ n }) => n < first.n);
    lines.push(...added);
  }
  const gap = lines.findIndex(({ n }, index) => n !== index);
  if (gap >= 0) throw unreadable(folder, id, `line ${gap} is missing`);
  return lines;
}

function readSegment(file: string, id: string): readonly StoredLine[] {
  const text = readText(file, id);
  const [, ...rows] = text.split('\n');
  const isWhole = text.endsWith('\n');
  return rows.flatMap((row, index) => {
    const isLast = index === rows.length - 1;
    if (row === '' && isLast) return [];
    const line = parse(row);
    // A process that was killed while it wrote leaves half a line at the end.
    if (line === undefined && isLast && !isWhole) return [];
    if (line === undefined) throw unreadable(file, id, `row ${index + 2} is damaged`);
    return [line];
  });
}

function readText(file: string, id: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    throw unreadable(file, id, fileReason(thrown));
  }
}

function parse(row: string): StoredLine | undefined {
  try {
    const line = JSON.parse(row) as JsonValue;
    const isLine = isObject(line) && typeof line.n === 'number' && typeof line.k === 'string' && typeof line.z === 'string';
    return isLine ? (line as unknown as StoredLine) : undefined;
  } catch {
    return undefined;
  }
}

function livingOwner(file: string): Owner | undefined {
  if (existsSync(`${file}.left`)) return undefined;
  const owner = readOwner(file);
  if (owner === undefined) return undefined;
  if (owner.host !== hostname()) return Date.now() - statSync(file).mtimeMs < 3 * SIGN_OF_LIFE_MS ? owner : undefined;
  return isRunning(owner) ? owner : undefined;
}

function readOwner(file: string): Owner | undefined {
  try {
    const [header = ''] = readFileSync(file, 'utf8').split('\n', 1);
    return (JSON.parse(header) as { readonly owner?: Owner }).owner;
  } catch {
    return undefined;
  }
}

function isRunning({ pid, began }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = statOf(pid);
  // A process that has ended stays in the list until its parent has read its exit code.
  return now === undefined || (now.state !== 'Z' && (began === null || now.began === began));
}

function thisProcess(): Owner {
  return { pid: process.pid, host: hostname(), began: statOf(process.pid)?.began ?? null };
}

// Linux: fields 3 and 22 of stat, the latter in ticks since the machine started; the name in field 2 can hold spaces.
function statOf(pid: number): { readonly state: string | undefined; readonly began: string | null } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], began: fields[19] ?? null };
  } catch {
    return undefined;
  }
}

function touch(file: string): void {
  try {
    const now = new Date();
    utimesSync(file, now, now);
  } catch {
    // Only owners on other machines need it.
  }
}

function listSegments(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => SEGMENT.test(name))
      .sort((one, other) => numberOf(one) - numberOf(other));
  } catch {
    return [];
  }
}

function numberOf(segment: string): number {
  return Number(SEGMENT.exec(segment)?.[1]);
}

function segmentName(number: number): string {
  return `journal-${String(number).padStart(3, '0')}.jsonl`;
}

function busy(id: string, owner: Owner | undefined): KosmoError {
  const who = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  return new KosmoError('RUN_BUSY', `Run ${id} is run by ${who}.`, { hint: `kosmo runs:show ${id} shows how far it is` });
}

function asStoreError(id: string, thrown: unknown): KosmoError {
  if (thrown instanceof KosmoError) return thrown;
  return new KosmoError('RUN_STORE_UNAVAILABLE', `The journal of run ${id} cannot be written: ${fileReason(thrown)}. Nothing was sent.`, {
    hint: `free space or fix the permissions, then kosmo runs:resume ${id}`,
    cause: thrown,
  });
}

function unreadable(file: string, id: string, why: string): KosmoError {
  return new KosmoError('RUN_UNREADABLE', `The journal of run ${id} cannot be read: ${file}: ${why}.`, {
    hint: 'restore the folder of the run from a backup; kosmo runs:prune never deletes a run with an open resource',
  });
}
