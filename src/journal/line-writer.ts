import { setTimeout as pause } from 'node:timers/promises';
import { LINE_OVERHEAD, type RecordedLines } from './recorded-lines.ts';
import type { LineSealer } from './sealed-lines.ts';
import type { JournalStore, StoredLine } from './store.ts';

const MAX_LINES = 50_000;
const MAX_BYTES = 64 * 1024 ** 2;

/** Room that only deferred functions may use, so that a full journal never keeps a recording running. */
const RESERVED_LINES = 500;
const RESERVED_BYTES = 1024 ** 2;

const RETRY_MS = 1000;

/** Numbers, seals and commits the lines of a run: one batch at a time. */
export class LineWriter {
  readonly #store: JournalStore;
  readonly #sealer: LineSealer;
  readonly #waiting: StoredLine[] = [];
  #next: number;
  #isClosed = false;
  #bytes: number;
  #batch: Promise<void> | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(store: JournalStore, sealer: LineSealer, past: RecordedLines) {
    this.#store = store;
    this.#sealer = sealer;
    this.#next = past.count;
    this.#bytes = past.bytes;
  }

  /** The room that is left: `full` for the script, `used-up` for its deferred functions as well. */
  get room(): 'enough' | 'full' | 'used-up' {
    if (this.#next >= MAX_LINES || this.#bytes >= MAX_BYTES) return 'used-up';
    return this.#next >= MAX_LINES - RESERVED_LINES || this.#bytes >= MAX_BYTES - RESERVED_BYTES ? 'full' : 'enough';
  }

  /** Adds a line to the next batch. */
  add(plain: { readonly k: string; readonly [field: string]: unknown }, secret: unknown = {}): void {
    if (this.#isClosed) return;
    const line = this.#sealer.seal({ n: this.#next++, ...plain }, secret);
    this.#bytes += line.z.length + LINE_OVERHEAD;
    this.#waiting.push(line);
  }

  /** Ignores further lines: another process goes on with the run. */
  close(): void {
    this.#isClosed = true;
  }

  /** Commits all lines that were added. Rejects with `RUN_STORE_UNAVAILABLE`; the lines then wait for the next batch. */
  commit(): Promise<void> {
    this.#batch ??= this.#last.then(() => {
      this.#batch = undefined;
      return this.#write();
    });
    const batch = this.#batch;
    this.#last = batch.catch(() => undefined);
    return batch;
  }

  /** Like `commit`, but tries again for so long: the remote side has acted, and its answer must not be lost. */
  async commitWithin(milliseconds: number): Promise<void> {
    for (let left = milliseconds; ; left -= RETRY_MS) {
      try {
        return await this.commit();
      } catch (thrown) {
        if (left <= 0) throw thrown;
        await pause(Math.min(RETRY_MS, left));
      }
    }
  }

  async #write(): Promise<void> {
    const lines = this.#waiting.splice(0);
    if (lines.length === 0) return;
    try {
      await this.#store.append(lines);
    } catch (thrown) {
      this.#waiting.unshift(...lines);
      throw thrown;
    }
  }
}
