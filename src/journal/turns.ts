import { onAbort } from '../platform/abort-listeners.ts';

/**
 * Lets answers enter a script one at a time: the next one does when nothing in the script can go on without it. What the script itself
 * brought about, such as the end of a group, comes before answers from outside.
 */
export class Turns {
  readonly #groups = new Map<string, () => void>();
  readonly #answers = new Map<string, () => void>();
  readonly #next: (waiting: ReadonlySet<string>) => string | undefined;
  #isQuiet = false;

  /** `next` chooses among the answers that wait, in the order in which they came; undefined lets them wait on. */
  constructor(next: (waiting: ReadonlySet<string>) => string | undefined) {
    this.#next = next;
  }

  wait(id: string, isAnswer: boolean, signal: AbortSignal): Promise<void> {
    const waiting = isAnswer ? this.#answers : this.#groups;
    return new Promise((resolve) => {
      if (signal.aborted) return;
      const forget = onAbort(signal, () => void waiting.delete(id));
      waiting.set(id, () => {
        waiting.delete(id);
        forget();
        resolve();
      });
      this.#grant();
    });
  }

  quiet(): void {
    this.#isQuiet = true;
    this.#grant();
  }

  /** Whether nothing in the script can go on without an answer. */
  get isQuiet(): boolean {
    return this.#isQuiet;
  }

  /** Chooses again, because an answer that waits may enter now. */
  choose(): void {
    this.#grant();
  }

  #grant(): void {
    if (!this.#isQuiet) return;
    const enter = this.#groups.values().next().value ?? this.#answers.get(this.#next(new Set(this.#answers.keys())) ?? '');
    if (enter === undefined) return;
    this.#isQuiet = false;
    enter();
  }
}
