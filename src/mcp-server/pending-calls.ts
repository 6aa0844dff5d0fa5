import { randomUUID } from 'node:crypto';
import { KosmoError } from '../errors/index.ts';
import type { CallEvent } from '../runtime/index.ts';
import type { ToolResult } from './tool-results.ts';

/** Asks the user for approval through the MCP client (elicitation). Rejects if too many calls wait for an answer already. */
export type RequestApproval = (message: string) => Promise<boolean>;

/** What a running call has of its client. */
export interface ClientChannel {
  readonly approve: RequestApproval;
  /** Reports events of the call. They are lost while the client answers a question in a request of its own. */
  readonly tell: (event: CallEvent) => void;
  readonly signal: AbortSignal;
}

/** A call that may stop for questions: the client answers each in a request of its own. */
export interface PendingCall {
  /** Who hears from now on what the call tells. */
  readonly listen: (listener: ClientChannel['tell']) => void;
  /** Waits for what comes next: a question for the person, or the result. */
  readonly next: () => Promise<{ readonly question: string } | { readonly result: ToolResult }>;
  /** Answers the question that `next` gave last. */
  readonly answer: (yes: boolean) => void;
  readonly abort: (reason: KosmoError) => void;
}

/** The calls of a gateway. */
export interface PendingCalls {
  /** Starts a call. Its questions are put one at a time. */
  readonly start: (run: (client: ClientChannel) => Promise<ToolResult>) => PendingCall;
  /** Keeps a call that waits for an answer, by an id that cannot be guessed; only `request`, made again, finds it. */
  readonly wait: (operation: PendingCall, request: string) => string;
  readonly resume: (id: string, request: string) => PendingCall | undefined;
  /** Aborts all, and waits until they have ended. */
  readonly close: () => Promise<void>;
}

/** So long may a person think; then the answer is no. */
export const APPROVAL_TIMEOUT_MS = 10 * 60_000;

/** So many calls may wait for a person at a time: each holds what it needs. */
export const MAX_PENDING_APPROVALS = 8;

export function createPendingCalls(): PendingCalls {
  const running = new Map<Promise<unknown>, PendingCall>();
  const places = { free: MAX_PENDING_APPROVALS };
  const waiting = new Map<string, { readonly operation: PendingCall; readonly request: string; readonly timer: NodeJS.Timeout }>();

  const take = (id: string): PendingCall | undefined => {
    const found = waiting.get(id);
    clearTimeout(found?.timer);
    waiting.delete(id);
    return found?.operation;
  };

  return {
    start(run) {
      const { operation, ended } = startOperation(run, places);
      running.set(ended, operation);
      void ended.finally(() => running.delete(ended));
      return operation;
    },
    wait(operation, request) {
      const id = randomUUID();
      const drop = (): void => take(id)?.abort(new KosmoError('INTERRUPTED', 'the approval prompt was not answered'));
      waiting.set(id, { operation, request, timer: setTimeout(drop, APPROVAL_TIMEOUT_MS).unref() });
      return id;
    },
    resume: (id, request) => (waiting.get(id)?.request === request ? take(id) : undefined),
    async close() {
      for (const id of waiting.keys()) take(id);
      for (const operation of running.values()) operation.abort(new KosmoError('INTERRUPTED', 'the gateway was closed'));
      await Promise.all(running.keys());
    },
  };
}

function startOperation(
  run: (client: ClientChannel) => Promise<ToolResult>,
  places: { free: number },
): { readonly operation: PendingCall; readonly ended: Promise<void> } {
  const aborted = new AbortController();
  let listener: ClientChannel['tell'] = () => undefined;
  let asked: { readonly message: string; readonly answer: (yes: boolean) => void } | undefined;
  let wake: () => void = () => undefined;
  let answered: Promise<unknown> = Promise.resolve();
  let open = 0;

  const ask = (message: string): Promise<boolean> =>
    new Promise((resolve) => {
      if (aborted.signal.aborted) {
        resolve(false);
        return;
      }
      asked = { message, answer: resolve };
      wake();
    });

  const approve: RequestApproval = async (message) => {
    if (open === 0 && places.free === 0)
      throw new KosmoError(
        'APPROVAL_REQUIRED',
        `${MAX_PENDING_APPROVALS} calls wait for the answer of a person already. Nothing was sent.`,
      );
    if (open++ === 0) places.free--;
    const turn = answered.then(() => ask(message));
    answered = turn;
    try {
      return await turn;
    } finally {
      if (--open === 0) places.free++;
    }
  };

  const result = run({ approve, tell: (event) => listener(event), signal: aborted.signal });
  const operation: PendingCall = {
    listen(next) {
      listener = next;
    },
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
      operation.answer(false);
    },
  };
  // A caller that waits for the result sees its failure; without one the call ends unseen.
  const ended = result.then(
    () => undefined,
    () => undefined,
  );
  return { operation, ended };
}
