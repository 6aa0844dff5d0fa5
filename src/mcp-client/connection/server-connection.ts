import {
  type Client,
  type Progress,
  ProtocolError,
  SdkError,
  SdkErrorCode,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { isKosmoError, KosmoError, type Outcome, redactText } from '../../errors/index.ts';
import type { CallProgress, Elicit, InputRequest } from '../../integration/index.ts';
import { isObject, type JsonObject, type JsonValue } from '../../json/index.ts';
import { onAbort } from '../../platform/abort-listeners.ts';
import { createPausableClock, type PausableClock } from '../../platform/pausable-clock.ts';
import type { ResolvedServer } from '../trust/placeholders.ts';
import { answerQuestions, elicitationRequired, MAX_ROUNDS, questionsIn, questionsInError } from './elicitation.ts';
import { describeFailure, isRevisionRefused, isSessionLost, type ProcessInfo, type RequestInfo } from './errors.ts';
import type { ServerIntroduction, Verdict } from './handshake.ts';
import type { Incoming } from './incoming.ts';
import { LISTS, readList } from './lists.ts';
import type { McpConnection, RequestOptions } from './mcp-connection.ts';
import { paramHeaders } from './param-headers.ts';
import { checkResult } from './results.ts';
import { ConnectionStale } from './stale.ts';
import { createSubscriptions, listenForLists } from './subscriptions.ts';

/** A request on its way. */
export interface Flight {
  readonly elicit: Elicit | undefined;
  readonly clock: PausableClock;
  readonly signal: AbortSignal;
  /** Why a question of the server was refused. */
  refusal?: KosmoError;
  /** `Retry-After` of its response. */
  retryAfter?: string;
}

interface ConnectionParts {
  readonly server: ResolvedServer;
  readonly client: Client;
  readonly transport: Transport;
  readonly incoming: Incoming<Flight>;
  readonly verdict: Verdict;
  readonly introduction: ServerIntroduction;
  /** The revision is known from an earlier connection only. */
  readonly isAssumed: boolean;
  readonly canElicit: boolean;
  readonly listens: boolean;
  readonly notified: (notification: { readonly method: string; readonly params: JsonObject }) => void;
  readonly story: () => { readonly story?: ProcessInfo };
}

/** How long a server may take to hear that its session is over. */
const SESSION_CLOSE_TIMEOUT_MS = 1000;
/** Longer than any deadline: the SDK's own one counts while a user is asked. */
const NO_TIMEOUT = 2 ** 31 - 1;
/** Milliseconds before a server that only asks for patience is asked again. */
const PATIENCE_MS = 250;

export function createConnection(parts: ConnectionParts): McpConnection {
  const { client, transport, introduction, verdict, server } = parts;
  const connection = new ServerConnection(parts);
  client.onclose = () => connection.lost();
  client.fallbackNotificationHandler = async ({ method, params }) => parts.notified({ method, params: (params ?? {}) as JsonObject });
  client.fallbackRequestHandler = (request, { mcpReq }) => connection.asked(request.method, request.params as JsonObject, mcpReq.id);
  const { capabilities } = introduction;
  const subscriptions = verdict.kind === 'modern' ? createSubscriptions(client) : undefined;
  if (parts.listens && verdict.kind === 'modern') void listenForLists(client, capabilities ?? {});
  return {
    request: (method, params, options) =>
      subscriptions?.handles(method) === true ? subscriptions.request(method, params) : connection.request(method, params, options),
    async list(kind, options) {
      if (capabilities !== undefined && capabilities[LISTS[kind].capability] === undefined) return { items: [], notes: [] };
      const { method } = LISTS[kind];
      return readList(kind, (params) => connection.request(method, params, options)).catch((thrown: unknown) => {
        // A server that does not say what it has may not have this.
        if (capabilities === undefined && isKosmoError(thrown) && thrown.details.rpc_code === -32601) return { items: [], notes: [] };
        throw thrown;
      });
    },
    introduction,
    verdict,
    hasParamHeaders: verdict.kind === 'modern' && server.transport !== 'stdio',
    isOpen: () => connection.isOpen,
    async close() {
      if (transport instanceof StreamableHTTPClientTransport && connection.isOpen) {
        const timeout = new Promise((resolve) => setTimeout(resolve, SESSION_CLOSE_TIMEOUT_MS).unref());
        await Promise.race([transport.terminateSession().catch(() => undefined), timeout]);
      }
      await client.close().catch(() => undefined);
    },
  };
}

class ServerConnection {
  isOpen = true;
  readonly #parts: ConnectionParts;
  #isAssumed: boolean;
  #inFlight = 0;
  #isStale = false;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#isAssumed = parts.isAssumed;
  }

  lost(): void {
    this.isOpen = false;
  }

  async request(method: string, params: JsonObject, options: RequestOptions = {}): Promise<JsonObject> {
    const { server, transport } = this.#parts;
    const { signal, writes = false, warn } = options;
    const timeoutMs = options.timeoutMs ?? server.timeout * 1000;
    const cancel = new AbortController();
    const clock = createPausableClock();
    const flight: Flight = { elicit: options.elicit, clock, signal: cancel.signal };
    // The SDK forgets no listener, and a run's signal lives long.
    const forget = signal === undefined ? undefined : onAbort(signal, () => cancel.abort(signal.reason));
    const expire = clock.after(timeoutMs, () =>
      cancel.abort(new SdkError(SdkErrorCode.RequestTimeout, 'timed out', { timeout: timeoutMs })),
    );
    const deed: RequestInfo = { what: method, sent: true, writes };
    this.#inFlight++;
    try {
      if (signal?.aborted === true) throw signal.reason;
      const read = checkResult(method, await this.#converse(method, params, options, flight));
      if (read === undefined) throw new SdkError(SdkErrorCode.InvalidResult, 'the result is not an object');
      this.#isAssumed = false;
      if (flight.refusal !== undefined && read.result.isError === true) throw flight.refusal;
      for (const note of read.notes) warn?.(note);
      return read.result;
    } catch (thrown) {
      if (flight.refusal !== undefined && signal?.aborted !== true) throw flight.refusal;
      const error = describeFailure(signal?.aborted === true ? signal.reason : thrown, {
        server: server.name,
        url: server.transport === 'stdio' ? undefined : server.url,
        deed,
        timeoutMs: options.givenMs ?? timeoutMs,
        deadline: options.timeoutMs === undefined ? 'server' : 'call',
        retryAfter: flight.retryAfter,
        ...this.#parts.story(),
      });
      if (transport.sessionId !== undefined && isSessionLost(thrown)) throw this.#stale(error, false);
      if (this.#isAssumed && isRevisionRefused(thrown)) throw this.#stale(error, true);
      throw error;
    } finally {
      forget?.();
      expire();
      // The others have to hear from the server that it does not know them.
      if (--this.#inFlight === 0 && this.#isStale) void this.#parts.client.close().catch(() => undefined);
    }
  }

  #stale(reason: KosmoError, isVerdictWrong: boolean): ConnectionStale {
    this.isOpen = false;
    this.#isStale = true;
    return new ConnectionStale(withOutcome(reason, 'none'), isVerdictWrong);
  }

  /** Sends the request, and answers questions until the server has its result. */
  async #converse(method: string, params: JsonObject, options: RequestOptions, flight: Flight): Promise<JsonValue | undefined> {
    let more: JsonObject = {};
    for (let round = 0; round <= MAX_ROUNDS; round++) {
      const result = await this.#send(method, { ...params, ...more }, options, flight).catch((thrown: unknown) => {
        const questions = questionsInError(thrown);
        if (questions === undefined) throw thrown;
        return { questions };
      });
      const isError = isObject(result as JsonValue) && 'questions' in (result as object);
      const questions = isError
        ? (result as { questions: Readonly<Record<string, InputRequest>> }).questions
        : questionsIn(result as JsonValue);
      if (questions === undefined) return result as JsonValue;
      if (isError && Object.keys(questions).length === 0) {
        flight.refusal = elicitationRequired(this.#parts.server.name, questions);
        throw flight.refusal;
      }
      const answers = await this.#answer(questions, flight);
      const { requestState } = isError ? {} : (result as JsonObject);
      const state = requestState === undefined ? {} : { requestState };
      more = isError ? {} : { ...(Object.keys(answers).length === 0 ? {} : { inputResponses: answers }), ...state };
    }
    throw new KosmoError(
      'INVALID_RESPONSE',
      `MCP server '${this.#parts.server.name}' asked more than ${MAX_ROUNDS} times during ${method}.`,
    );
  }

  async #answer(questions: Readonly<Record<string, InputRequest>>, flight: Flight): Promise<Readonly<Record<string, JsonValue>>> {
    if (Object.keys(questions).length > 0)
      return flight.clock
        .pause(() => answerQuestions(this.#parts.server.name, questions, flight))
        .catch((thrown: unknown) => {
          if (isKosmoError(thrown)) flight.refusal = thrown;
          throw thrown;
        });
    await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    flight.signal.throwIfAborted();
    return {};
  }

  #send(method: string, params: JsonObject, { onProgress, schema }: RequestOptions, flight: Flight): Promise<JsonValue | undefined> {
    const { client, incoming, verdict, server } = this.#parts;
    const mirrored = verdict.kind === 'modern' && server.transport !== 'stdio' && schema !== undefined;
    const raw = {
      '~standard': { version: 1, vendor: 'kosmo', validate: (value: unknown) => ({ value: incoming.takeResult(value) }) },
    } as const;
    const options = {
      timeout: NO_TIMEOUT,
      signal: flight.signal,
      ...(onProgress === undefined ? {} : { onprogress: (progress: Progress) => onProgress(withoutSecrets(progress)) }),
      ...(mirrored ? { headers: { ...paramHeaders(schema, params.arguments) } } : {}),
    };
    return incoming.during(flight, () => client.request({ method, params } as never, raw as never, options)) as Promise<
      JsonValue | undefined
    >;
  }

  /** Answers a request of a server before revision 2026-07-28. */
  async asked(method: string, params: JsonObject | undefined, id: string | number): Promise<JsonObject> {
    const { incoming, server, canElicit } = this.#parts;
    const flight = incoming.flightOf(id);
    if (method !== 'elicitation/create') throw new ProtocolError(-32601, 'Method not found');
    const questions = { question: { method, params: params ?? {} } };
    try {
      if (flight === undefined) throw new ProtocolError(-32603, 'It is not clear which call the question belongs to');
      const { question } = await flight.clock.pause(() => answerQuestions(server.name, questions, flight));
      return isObject(question) ? question : { action: 'cancel' };
    } catch (thrown) {
      if (flight !== undefined && isKosmoError(thrown)) flight.refusal = withOutcome(thrown, 'done');
      if (canElicit && isKosmoError(thrown)) return { action: 'cancel' };
      throw thrown instanceof ProtocolError ? thrown : new ProtocolError(-32601, 'No user can answer');
    }
  }
}

function withOutcome(error: KosmoError, outcome: Outcome): KosmoError {
  const { code, message, details, hint, retryable } = error;
  return new KosmoError(code, message, { details, outcome, retryable, cause: error, ...(hint === undefined ? {} : { hint }) });
}

// What the protocol knows, and no secret that the server was given.
function withoutSecrets({ progress, total, message }: Progress): CallProgress {
  return {
    progress,
    ...(typeof total === 'number' ? { total } : {}),
    ...(typeof message === 'string' ? { message: redactText(message) } : {}),
  };
}
