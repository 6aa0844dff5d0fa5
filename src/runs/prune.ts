import { rmSync } from 'node:fs';
import { ownerOf } from '../journal/index.ts';
import { runFolder } from './run-folder.ts';
import { listRuns, type RunSummary } from './summary.ts';

const DAY_MS = 86_400_000;

/** Days after which a run is deleted, by its status. Others wait for a resume. */
const KEPT_DAYS: Readonly<Record<string, number>> = { done: 30, cancelled: 30, failed: 90 };

/** Deletes the runs that ended so long ago, and returns them. Never one that is not over, or that left something open. */
export function pruneRuns(home: string, olderThanMs: number | undefined, now = Date.now()): readonly RunSummary[] {
  const old = listRuns(home).filter(({ id, status, ended, open }) => {
    const days = KEPT_DAYS[status];
    if (days === undefined || ended === null || open.length > 0 || ownerOf(runFolder(home, id)) !== undefined) return false;
    return now - Date.parse(ended) >= (olderThanMs ?? days * DAY_MS);
  });
  for (const { id } of old) rmSync(runFolder(home, id), { recursive: true, force: true });
  return old;
}
