import { KosmoError } from '../errors/index.ts';

/** Requests to a client, each under a key: MCP's `inputRequests`. */
export type InputRequests = Readonly<Record<string, { readonly method: string; readonly params?: Readonly<Record<string, unknown>> }>>;

/** What the client answered, under the same keys. A request without an answer is absent. */
export type InputResponses = Readonly<Record<string, unknown>>;

/** Asks the client. Rejects if too many calls wait for an answer already. */
export type AskClient = (requests: InputRequests) => Promise<InputResponses>;

/** Milliseconds that the user has to answer. */
export const ANSWER_TIMEOUT_MS = 10 * 60_000;

/** Calls that may wait for an approval, or with a script, at a time. Each may hold a thread. */
export const MAX_WAITING_CALLS = 8;

/** Calls of MCP servers that may wait for an answer at a time. They hold no more than their request. */
const MAX_WAITING_REQUESTS = 256;

/** How many calls may still begin to wait. */
export interface Places {
  calls: number;
  requests: number;
}

export const allPlaces = (): Places => ({ calls: MAX_WAITING_CALLS, requests: MAX_WAITING_REQUESTS });

/** The questions of one call. The client gets them one at a time. */
export interface ClientQuestions {
  readonly ask: AskClient;
  /** Runs something that asks, while the call may hold a thread. Rejects if too many such calls wait already. */
  readonly holdPlace: <Result>(wait: () => Promise<Result>) => Promise<Result>;
  /** Resolves when there is a question that has no answer yet. */
  readonly next: () => Promise<InputRequests>;
  /** Answers the question that `next` returned. */
  readonly answer: (responses: InputResponses) => void;
}

/** Queues the questions of a call. */
export function createQuestions(places: Places, signal: AbortSignal): ClientQuestions {
  let asked: { readonly requests: InputRequests; readonly answer: (responses: InputResponses) => void } | undefined;
  let wake: () => void = () => undefined;
  let lastAnswer: Promise<unknown> = Promise.resolve();

  const askNow: AskClient = (requests) =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve({});
        return;
      }
      asked = { requests, answer: resolve };
      wake();
    });

  const inRequest = limitPlaces(places, 'requests');
  return {
    holdPlace: limitPlaces(places, 'calls'),
    ask: (requests) =>
      inRequest(() => {
        const turn = lastAnswer.then(() => askNow(requests));
        lastAnswer = turn;
        return turn;
      }),
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

// A call takes one place, however many of its questions wait.
function limitPlaces(places: Places, kind: keyof Places): ClientQuestions['holdPlace'] {
  let open = 0;
  return async (wait) => {
    if (open === 0 && places[kind] === 0) {
      const limit = allPlaces()[kind];
      throw new KosmoError('APPROVAL_REQUIRED', `${limit} calls wait for the answer of a person already. Nothing was sent.`);
    }
    if (open++ === 0) places[kind]--;
    try {
      return await wait();
    } finally {
      if (--open === 0) places[kind]++;
    }
  };
}
