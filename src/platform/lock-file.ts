import { lock } from 'proper-lockfile';

/** A process that writes gives a sign of life more often; one that was killed leaves its lock behind for so long. */
const STALE_MS = 5000;

/** Waits up to about half a minute: longer than a lock that was left behind, and than many others that write. */
const RETRIES = { retries: 300, factor: 1.1, minTimeout: 10, maxTimeout: 100, randomize: true };

export interface FileLock {
  /** Why it is not ours any more: a process that stood still for long counts as killed. */
  readonly lost: Error | undefined;
  readonly release: () => Promise<void>;
}

/** Waits for the lock of a file, which need not exist. Rejects with the code `ELOCKED` when another process keeps it. */
export async function lockFile(file: string): Promise<FileLock> {
  let lost: Error | undefined;
  const release = await lock(file, {
    realpath: false,
    stale: STALE_MS,
    retries: RETRIES,
    onCompromised: (error) => {
      lost = error;
    },
  });
  return {
    get lost() {
      return lost;
    },
    // A lost lock is another process's, which releases it.
    release: () => release().catch(() => undefined),
  };
}
