import type { Transport } from '@modelcontextprotocol/client';
import { isObject, type JsonObject, type JsonValue } from '../../json/index.ts';
import { readDiscover, readInitialize, type ServerIntroduction, withoutNulls } from './handshake.ts';

export type Message = Parameters<Transport['send']>[0];

/** A request that waits for its response. `Flight` is what the caller wants to know again by its id. */
interface Pending<Flight> {
  readonly method: string;
  readonly flight: Flight | undefined;
}

/**
 * One pass over all messages of a server, before the SDK sees them. The SDK checks whole messages and refuses what has one odd part. Here
 * null stands for an absent member, and a result goes past the SDK as the server sent it: the SDK gets an empty one, with a number.
 */
export class Incoming<Flight> {
  /** Why the handshake cannot succeed, for its error. */
  problem: string | undefined;
  introduction: ServerIntroduction | undefined;
  /** A result of `server/discover` that came after the wait for it. */
  lateDiscovery: JsonObject | undefined;
  readonly #sent = new Set<string>();
  readonly #pending = new Map<string, Pending<Flight>>();
  readonly #results = new Map<number, JsonValue>();
  readonly #askedDuring = new Map<string, Pending<Flight> | undefined>();
  readonly #revisions: readonly string[];
  #next = 0;
  #sending: Flight | undefined;

  constructor(revisions: readonly string[]) {
    this.#revisions = revisions;
  }

  /** Sends requests for `flight`. The SDK sends before it returns. */
  during<Result>(flight: Flight, send: () => Result): Result {
    this.#sending = flight;
    try {
      return send();
    } finally {
      this.#sending = undefined;
    }
  }

  sent(message: Message): void {
    const { id, method, params } = message as unknown as JsonObject;
    if (typeof method !== 'string') return;
    this.#sent.add(method);
    if (id !== undefined) this.#pending.set(String(id), { method, flight: this.#sending });
    else if (method === 'notifications/cancelled' && isObject(params)) this.#pending.delete(String(params.requestId));
  }

  hasSent(method: string): boolean {
    return this.#sent.has(method);
  }

  /** Notes a failed response of HTTP. */
  failed(request: string | undefined, response: Response): void {
    const flight = this.#pending.get(String(request))?.flight as { retryAfter?: string } | undefined;
    const retryAfter = response.headers.get('retry-after');
    if (flight !== undefined && retryAfter !== null) flight.retryAfter = retryAfter;
    if (request !== undefined) this.#pending.delete(request);
  }

  isExpected(id: JsonValue | undefined): boolean {
    return this.#pending.has(String(id));
  }

  /** The request during which the server asked with this id. */
  flightOf(id: string | number): Flight | undefined {
    const pending = this.#askedDuring.get(String(id));
    this.#askedDuring.delete(String(id));
    return pending?.flight;
  }

  /** The message as the SDK takes it; undefined if it is not a message. `request` is the id of the request that the stream belongs to. */
  received(value: JsonValue, request?: string): Message | undefined {
    if (!isObject(value)) return undefined;
    const { id: rawId, method } = value;
    if (typeof method === 'string') return this.#asked(value, request);
    // A server that could not read the id says null.
    const id = rawId ?? request ?? (this.#pending.size === 1 ? [...this.#pending.keys()][0] : undefined);
    if (id === undefined || !('jsonrpc' in value || this.isExpected(id)) || !('result' in value || 'error' in value)) return undefined;
    const pending = this.#pending.get(String(id));
    this.#pending.delete(String(id));
    const response = { jsonrpc: '2.0', id: typeof id === 'string' && /^\d+$/.test(id) ? Number(id) : id };
    if (value.error !== undefined && value.error !== null) return { ...response, error: readError(value.error) } as unknown as Message;
    return { ...response, ...this.#readResult(pending?.method, value.result) } as unknown as Message;
  }

  /** The result that the server sent, in place of the empty one. */
  takeResult(result: unknown): JsonValue | undefined {
    const number = (result as { readonly _meta?: Readonly<Record<string, number>> })._meta?.[RESULT] ?? -1;
    const raw = this.#results.get(number);
    this.#results.delete(number);
    return raw;
  }

  #asked(value: JsonObject, request: string | undefined): Message {
    const { id, method, params } = value;
    const readable = {
      jsonrpc: '2.0',
      method,
      ...(id === undefined || id === null ? {} : { id }),
      ...(isObject(params) ? { params: method === LOG ? { data: null, ...withoutNulls(params) } : withoutNulls(params) } : {}),
    };
    if (id !== undefined && id !== null) this.#askedDuring.set(String(id), this.#pending.get(String(request)) ?? this.#onlyPending());
    return readable as unknown as Message;
  }

  // On one pipe a question names no request. It belongs to one only if no other could be meant; lists ask nothing.
  #onlyPending(): Pending<Flight> | undefined {
    const [first, another] = [...this.#pending.values()].filter(({ flight, method }) => flight !== undefined && !method.endsWith('/list'));
    return another === undefined ? first : undefined;
  }

  #readResult(method: string | undefined, raw: JsonValue | undefined): JsonObject {
    if (method === 'initialize' || method === 'server/discover') {
      const read = method === 'initialize' ? readInitialize(raw, this.#revisions) : readDiscover(raw);
      if ('introduction' in read) {
        this.introduction = read.introduction;
        if (method === 'server/discover' && this.#sent.has('initialize')) this.lateDiscovery = read.result;
        return { result: read.result };
      }
      if (method === 'initialize') this.problem = read.problem;
      return { error: { code: -32603, message: read.problem } };
    }
    const number = this.#next++;
    this.#results.set(number, raw ?? null);
    return { result: { ...EMPTY_RESULT, _meta: { [RESULT]: number } } };
  }
}

const LOG = 'notifications/message';
const RESULT = 'kosmo/result';

/** Satisfies the schema of each result in each revision. */
const EMPTY_RESULT = {
  resultType: 'complete',
  ttlMs: 0,
  cacheScope: 'private',
  content: [],
  tools: [],
  prompts: [],
  messages: [],
  resources: [],
  resourceTemplates: [],
  contents: [],
  completion: { values: [] },
} as const;

function readError(error: JsonValue): JsonObject {
  if (!isObject(error)) return { code: -32603, message: typeof error === 'string' ? error : JSON.stringify(error) };
  const { code, message, data } = error;
  return {
    code: Number.isSafeInteger(Number(code ?? Number.NaN)) ? Number(code) : -32603,
    message: typeof message === 'string' ? message : 'no reason given',
    ...(data === undefined || data === null ? {} : { data }),
  };
}
