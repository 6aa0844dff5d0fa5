import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { isKosmoError } from '../errors/index.ts';
import { ownerOf, readLines, type StoredLine } from '../journal/index.ts';
import { replaceFile } from '../platform/replace-file.ts';
import { idOfFolder, runFolder, runsFolder, SUMMARY_FILE } from './run-folder.ts';

export type RunStatus = 'running' | 'interrupted' | 'parked' | 'done' | 'failed' | 'cancelled' | 'unreadable';

/** One run in a list. */
export interface RunSummary {
  readonly id: string;
  readonly status: RunStatus;
  /** How messages call the script. */
  readonly script: string;
  /** ISO 8601. */
  readonly started: string | null;
  readonly ended: string | null;
  readonly calls: number;
  /** The error code of a failed run. */
  readonly code: string | null;
  /** When a parked run is due. */
  readonly due: string | null;
  /** Resources that the run left open, by id. */
  readonly open: readonly string[];
  /** Whether the run has a journal; others are a line of the history. */
  readonly durable: boolean;
}

/** Lists the durable runs, newest first. */
export function listRuns(home: string): readonly RunSummary[] {
  const summaries = folderNames(runsFolder(home)).flatMap((name) => {
    const id = idOfFolder(name);
    return id === undefined ? [] : [summarize(home, id)];
  });
  return summaries.sort((one, other) => (other.started ?? '').localeCompare(one.started ?? ''));
}

/** Lists the durable runs and the history, newest first. */
export function listAllRuns(home: string): readonly RunSummary[] {
  return listRuns(home);
}

/** The summary of a run, from its journal. */
export function summarize(home: string, id: string): RunSummary {
  const folder = runFolder(home, id);
  const isOwned = ownerOf(folder) !== undefined;
  if (!isOwned) {
    const kept = readCache(folder, id);
    if (kept !== undefined) return kept;
  }
  try {
    return summaryOf(id, readLines(folder, id), isOwned);
  } catch (thrown) {
    const code = isKosmoError(thrown) ? thrown.code : 'RUN_UNREADABLE';
    return { id, status: 'unreadable', script: '', started: null, ended: null, calls: 0, code, due: null, open: [], durable: true };
  }
}

/** Keeps the summary of a run that this process has left. */
export function keepSummary(home: string, id: string): void {
  const folder = runFolder(home, id);
  try {
    replaceFile(path.join(folder, SUMMARY_FILE), `${JSON.stringify(summaryOf(id, readLines(folder, id), false))}\n`);
  } catch {
    // The journal says the same.
  }
}

function summaryOf(id: string, lines: readonly StoredLine[], isOwned: boolean): RunSummary {
  const [first] = lines;
  const end = lines.findLast(({ k }) => k === 'end');
  const last = lines.at(-1);
  const status = end !== undefined ? (end.status as RunStatus) : isOwned ? 'running' : last?.k === 'park' ? 'parked' : 'interrupted';
  return {
    id,
    status,
    script: String(first?.chunk ?? ''),
    started: timeOf(first?.t),
    ended: timeOf(end?.t),
    calls: lines.filter(({ k, f }) => k === 'ans' && f !== 'sleep').length,
    code: typeof end?.code === 'string' ? end.code : null,
    due: status === 'parked' ? timeOf(last?.until) : null,
    open: openResources(lines),
    durable: true,
  };
}

function openResources(lines: readonly StoredLine[]): readonly string[] {
  const open = new Set<string>();
  for (const line of lines) {
    for (const id of (line.open as readonly string[] | undefined) ?? []) open.add(id);
    for (const id of (line.closed as readonly string[] | undefined) ?? []) open.delete(id);
  }
  return [...open];
}

function readCache(folder: string, id: string): RunSummary | undefined {
  try {
    const kept = JSON.parse(readFileSync(path.join(folder, SUMMARY_FILE), 'utf8')) as RunSummary;
    return kept.id === id ? kept : undefined;
  } catch {
    return undefined;
  }
}

function folderNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
  } catch {
    return [];
  }
}

function timeOf(milliseconds: unknown): string | null {
  return typeof milliseconds === 'number' ? new Date(milliseconds).toISOString() : null;
}
