import { existsSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { KosmoError } from '../errors/index.ts';
import { runFolder } from './run-folder.ts';

const LOOK_MS = 1000;

/** Asks the process that runs a run to end it. */
export function requestCancel(home: string, id: string): void {
  writeFileSync(fileOf(home, id), '', { mode: 0o600 });
}

/** Calls `end` when another process asks for the end of the run. Returns what ends that. */
export function watchForCancel(home: string, id: string, end: (error: KosmoError) => void): () => void {
  const file = fileOf(home, id);
  rmSync(file, { force: true });
  const timer = setInterval(() => {
    if (!existsSync(file)) return;
    rmSync(file, { force: true });
    end(cancelledError(id));
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

export function cancelledError(id: string): KosmoError {
  return new KosmoError('RUN_CANCELLED', `Run ${id} was cancelled.`);
}

function fileOf(home: string, id: string): string {
  return path.join(runFolder(home, id), 'cancel');
}
