import { randomUUID } from 'node:crypto';
import { KosmoError } from '../errors/index.ts';
import {
  ANSWER_TIMEOUT_MS,
  allPlaces,
  type ClientQuestions,
  createQuestions,
  type InputRequests,
  type InputResponses,
  type Places,
} from './client-questions.ts';
import type { ToolEvent } from './gateway-tool.ts';

/** What a running call has of its client. */
export interface ClientChannel extends Pick<ClientQuestions, 'ask' | 'holdPlace'> {
  /** Reports events of the call. They are lost while the client answers a question in a request of its own. */
  readonly tell: (event: ToolEvent) => void;
  readonly signal: AbortSignal;
}

/** A call that may stop for questions. A client of the revision 2026-07-28 answers each in a request of its own. */
export interface PendingCall<Result extends object = object> {
  /** Sets who hears the events of the call. */
  readonly listen: (listener: ClientChannel['tell']) => void;
  /** Waits for a question or for the result. Rejects if the call fails. */
  readonly next: () => Promise<{ readonly questions: InputRequests } | { readonly result: Result }>;
  /** Answers the question that `next` returned last. */
  readonly answer: (responses: InputResponses) => void;
  readonly abort: (reason: KosmoError) => void;
}

/** The calls of a gateway. */
export interface PendingCalls {
  /** Starts a call. */
  readonly start: <Result extends object>(run: (client: ClientChannel) => Promise<Result>) => PendingCall<Result>;
  /** Keeps a call that waits for an answer. Returns an id that cannot be guessed. Only the same `request` finds it. */
  readonly wait: (call: PendingCall, request: string) => string;
  readonly resume: (id: string, request: string) => PendingCall | undefined;
  /** Aborts all, and waits until they have ended. */
  readonly close: () => Promise<void>;
}

export function createPendingCalls(): PendingCalls {
  const running = new Map<Promise<unknown>, PendingCall>();
  const places = allPlaces();
  const waiting = new Map<string, { readonly call: PendingCall; readonly request: string; readonly timer: NodeJS.Timeout }>();

  const take = (id: string): PendingCall | undefined => {
    const found = waiting.get(id);
    clearTimeout(found?.timer);
    waiting.delete(id);
    return found?.call;
  };

  return {
    start(run) {
      const { call, ended } = startCall(run, places);
      running.set(ended, call);
      void ended.finally(() => running.delete(ended));
      return call;
    },
    wait(call, request) {
      const id = randomUUID();
      const drop = (): void => take(id)?.abort(new KosmoError('INTERRUPTED', 'the question to the user was not answered'));
      waiting.set(id, { call, request, timer: setTimeout(drop, ANSWER_TIMEOUT_MS).unref() });
      return id;
    },
    resume: (id, request) => (waiting.get(id)?.request === request ? take(id) : undefined),
    async close() {
      for (const id of waiting.keys()) take(id);
      for (const call of running.values()) call.abort(new KosmoError('INTERRUPTED', 'the gateway was closed'));
      await Promise.all(running.keys());
    },
  };
}

function startCall<Result extends object>(
  run: (client: ClientChannel) => Promise<Result>,
  places: Places,
): { readonly call: PendingCall<Result>; readonly ended: Promise<void> } {
  const aborted = new AbortController();
  const { ask, holdPlace, next, answer } = createQuestions(places, aborted.signal);
  let listener: ClientChannel['tell'] = () => undefined;

  const result = run({ ask, holdPlace, tell: (event) => listener(event), signal: aborted.signal });
  const call: PendingCall<Result> = {
    listen(other) {
      listener = other;
    },
    next: () => Promise.race([result.then((value) => ({ result: value })), next().then((questions) => ({ questions }))]),
    answer,
    abort(reason) {
      aborted.abort(reason);
      answer({});
    },
  };
  // Only a caller that waits for the result sees its failure.
  const ended = result.then(
    () => undefined,
    () => undefined,
  );
  return { call, ended };
}
