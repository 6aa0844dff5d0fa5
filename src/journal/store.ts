/** A committed line of a journal. `n` counts from 0; `z` is the sealed part. */
export interface StoredLine {
  readonly n: number;
  readonly k: string;
  readonly z: string;
  readonly [field: string]: unknown;
}

/** Where the lines of one run are kept. One process at a time owns a run. */
export interface JournalStore {
  /** The committed lines, in their order. Call once, before `append`. Rejects with `RUN_UNREADABLE` for a damaged journal. */
  readonly load: () => Promise<readonly StoredLine[]>;
  /** Commits all lines, or a prefix of them. One call at a time. Rejects with an error of the file system, and then the lines may be given again. */
  readonly append: (lines: readonly StoredLine[]) => Promise<void>;
  /** Whether another process owns the run now. */
  readonly isLost: () => boolean;
  readonly close: () => Promise<void>;
}
