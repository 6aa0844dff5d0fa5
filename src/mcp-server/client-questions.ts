import { KosmoError } from '../errors/index.ts';

/** Requests to a client, each under a key: MCP's `inputRequests`. */
export type InputRequests = Readonly<Record<string, { readonly method: string; readonly params?: Readonly<Record<string, unknown>> }>>;

/** What the client answered, under the same keys. A request without an answer is absent. */
export type InputResponses = Readonly<Record<string, unknown>>;

/** Asks the client. Rejects if too many calls wait for an answer already. */
export type AskClient = (requests: InputRequests) => Promise<InputResponses>;

/** Milliseconds that the user has to answer. */
export const ANSWER_TIMEOUT_MS = 10 * 60_000;

/** Calls that may wait for the user at a time. Each holds a thread and memory. */
export const MAX_WAITING_CALLS = 8;

/** The questions of one call. The client gets them one at a time. */
export interface ClientQuestions {
  readonly ask: AskClient;
  /** Resolves when there is a question that has no answer yet. */
  readonly next: () => Promise<InputRequests>;
  /** Answers the question that `next` returned. */
  readonly answer: (responses: InputResponses) => void;
}

/** Queues the questions of a call. `places` counts the calls that may still begin to wait. */
export function createQuestions(places: { free: number }, signal: AbortSignal): ClientQuestions {
  let asked: { readonly requests: InputRequests; readonly answer: (responses: InputResponses) => void } | undefined;
  let wake: () => void = () => undefined;
  let lastAnswer: Promise<unknown> = Promise.resolve();
  let open = 0;

  const askNow: AskClient = (requests) =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve({});
        return;
      }
      asked = { requests, answer: resolve };
      wake();
    });

  return {
    async ask(requests) {
      if (open === 0 && places.free === 0)
        throw new KosmoError('APPROVAL_REQUIRED', `${MAX_WAITING_CALLS} calls wait for the answer of a person already. Nothing was sent.`);
      if (open++ === 0) places.free--;
      const turn = lastAnswer.then(() => askNow(requests));
      lastAnswer = turn;
      try {
        return await turn;
      } finally {
        if (--open === 0) places.free++;
      }
    },
    async next() {
      if (asked === undefined) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
      return asked?.requests ?? {};
    },
    answer(responses) {
      const { answer } = asked ?? {};
      asked = undefined;
      answer?.(responses);
    },
  };
}
