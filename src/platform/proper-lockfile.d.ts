// The slice of proper-lockfile 4 that is used. It ships no types.
declare module 'proper-lockfile' {
  export interface LockOptions {
    /** Whether the file must exist, to find out what its links lead to. */
    readonly realpath: boolean;
    /** Milliseconds without a sign of life after which a lock counts as left behind. */
    readonly stale: number;
    readonly retries: {
      readonly retries: number;
      readonly factor: number;
      readonly minTimeout: number;
      readonly maxTimeout: number;
      readonly randomize: boolean;
    };
    readonly onCompromised: (error: Error) => void;
  }

  /** Resolves to what releases the lock. */
  export function lock(file: string, options: LockOptions): Promise<() => Promise<void>>;
}
