import type { SandboxJournal } from '../host-call.ts';
import type { RawValue } from '../values/raw-value.ts';

/** How a function ended that ran as a task: the first of its results, or the error that it raised. */
export type TaskOutcome = { readonly value: RawValue } | { readonly error: RawValue };

/** What a task is run with. */
export interface TaskOptions {
  /** `main/4:3` is the third function of the group that is the fourth crossing of the script itself. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** Called each time that it waits for a call. */
  readonly waits?: () => void;
}

/** Counts the tasks that can go on without an answer, and tells the journal when there are none. */
export class ReadyTasks {
  readonly #journal: SandboxJournal | undefined;
  #count = 0;

  constructor(journal: SandboxJournal | undefined) {
    this.#journal = journal;
  }

  add(): void {
    this.#count++;
  }

  /** A task waits or has ended. What that leaves to the host, such as the next item of `parallel`, begins within a turn of the event loop. */
  remove(): void {
    this.#count--;
    if (this.#journal === undefined || this.#count > 0) return;
    setImmediate(() => {
      if (this.#count === 0) this.#journal?.quiet();
    });
  }
}
