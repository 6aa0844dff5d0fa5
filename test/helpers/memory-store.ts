import { decrypt, encrypt } from '../../src/credentials/aes-gcm.ts';
import { type JournalStore, LineSealer, type RunFacts, type StoredLine } from '../../src/journal/index.ts';

export const TEST_SEALER = new LineSealer('test', Buffer.alloc(32, 7), { encrypt, decrypt });

/** The lines of a run in memory. A store that dies commits so many lines, and then never answers, as a killed process. */
export class MemoryStore implements JournalStore {
  readonly lines: StoredLine[];
  /** Resolves when the store has died. */
  readonly died: Promise<void>;
  readonly #limit: number;
  #die: () => void = () => undefined;

  constructor(lines: readonly StoredLine[] = [], limit = Number.POSITIVE_INFINITY) {
    this.lines = lines.map((line) => JSON.parse(JSON.stringify(line)) as StoredLine);
    this.#limit = limit;
    this.died = new Promise((resolve) => {
      this.#die = resolve;
    });
  }

  async load(): Promise<readonly StoredLine[]> {
    return [...this.lines];
  }

  append(lines: readonly StoredLine[]): Promise<void> {
    const room = this.#limit - this.lines.length;
    this.lines.push(...lines.slice(0, Math.max(0, room)));
    if (room >= lines.length) return Promise.resolve();
    this.#die();
    return new Promise(() => undefined);
  }

  isLost(): boolean {
    return false;
  }

  async close(): Promise<void> {}
}

/** What a run of this script begins with. */
export function factsOf(script: string, input = {}): RunFacts {
  return { chunk: 'test.lua', script, input, seed: 5, zone: 'UTC', settings: {} };
}
