import { randomUUID } from 'node:crypto';
import { KosmoError } from '../errors/index.ts';
import type { ToolResult } from './results.ts';

/** What a running call may ask of the client's person. */
export type Approve = (message: string) => Promise<boolean>;

/** A call that may stop for questions: the client answers each in a request of its own. */
export interface Operation {
  /** Waits for what comes next: a question for the person, or the result. */
  readonly next: () => Promise<{ readonly question: string } | { readonly result: ToolResult }>;
  /** Answers the question that `next` gave last. */
  readonly answer: (yes: boolean) => void;
  readonly abort: (reason: KosmoError) => void;
}

/** Starts a call. Its questions are put one at a time. */
export function startOperation(run: (approve: Approve, signal: AbortSignal) => Promise<ToolResult>): Operation {
  const aborted = new AbortController();
  let asked: { readonly message: string; readonly answer: (yes: boolean) => void } | undefined;
  let wake: () => void = () => undefined;
  let answered: Promise<unknown> = Promise.resolve();

  const approve: Approve = (message) => {
    const turn = answered.then(
      () =>
        new Promise<boolean>((resolve) => {
          asked = { message, answer: resolve };
          wake();
        }),
    );
    answered = turn;
    return turn;
  };

  const result = run(approve, aborted.signal);
  // Whoever waits for it sees how it ends; a call that nobody waits for any more ends unseen.
  result.catch(() => undefined);

  return {
    async next() {
      const question = new Promise<void>((resolve) => {
        wake = resolve;
        if (asked !== undefined) resolve();
      });
      const ended = result.then((value) => ({ result: value }));
      return Promise.race([ended, question.then(() => ({ question: asked?.message ?? '' }))]);
    },
    answer(yes) {
      const { answer } = asked ?? {};
      asked = undefined;
      answer?.(yes);
    },
    abort(reason) {
      aborted.abort(reason);
      asked?.answer(false);
      asked = undefined;
    },
  };
}

/** Operations that wait for an answer, by a name that nobody can guess. */
export interface PendingOperations {
  readonly put: (operation: Operation) => string;
  readonly take: (id: string) => Operation | undefined;
  readonly close: () => void;
}

/** So long may a person think; then the answer is no. */
const ANSWER_WITHIN_MS = 10 * 60_000;

export function createPendingOperations(): PendingOperations {
  const pending = new Map<string, { readonly operation: Operation; readonly timer: NodeJS.Timeout }>();
  const take: PendingOperations['take'] = (id) => {
    const found = pending.get(id);
    clearTimeout(found?.timer);
    pending.delete(id);
    return found?.operation;
  };
  const drop = (id: string, message: string): void => take(id)?.abort(new KosmoError('INTERRUPTED', message));
  return {
    put(operation) {
      const id = randomUUID();
      const timer = setTimeout(() => drop(id, 'nobody answered the question'), ANSWER_WITHIN_MS).unref();
      pending.set(id, { operation, timer });
      return id;
    },
    take,
    close: () => {
      for (const id of pending.keys()) drop(id, 'the gateway was closed');
    },
  };
}
