import { setTimeout as delay } from 'node:timers/promises';
import { isKosmoError, KosmoError, redactParsedText, redactText } from '../../../errors/index.ts';
import {
  ACCEPTED_ENCODINGS,
  type Attempt,
  type AttemptFailure,
  type AttemptResult,
  createPools,
  createRateLimiter,
  type HttpPools,
  type HttpRequest,
  type HttpResponse,
  type RateLimiter,
  type RetryClock,
  sendWithin,
  sendWithRetries,
  type TransportError,
} from '../../../http/index.ts';
import type { CallContext, ConnectOptions, Credentials } from '../../../integration/index.ts';
import { exceedsDepth, type JsonValue, parseJsonExactly } from '../../../json/index.ts';
import { monotonicNow } from '../../../platform/clock.ts';
import { VERSION } from '../../../platform/version.ts';
import { type AgoraAccount, readAccount } from './credentials.ts';
import type { AgoraEndpoint } from './endpoints.ts';
import { type RequestFacts, transportError } from './errors.ts';
import { rememberBodySecrets } from './remember-body-secrets.ts';
import { interpretResponse, type Success } from './response.ts';
import { ATTEMPT_TIMEOUT_SECONDS, CUSTOM_URL_RETRIES, TRANSPORT_RETRIES } from './response-table.ts';

/** The API of Agora with the credentials of one account. */
export interface AgoraClient {
  readonly appId: string;
  /**
   * Makes one call and returns the body of a success. Sends a failed request again if `response-table.ts` says that this is safe, and to
   * Agora's next address if it cannot be reached. Throws a `KosmoError`: by HTTP status and Agora code, by the way the connection
   * failed, or the signal's own reason.
   */
  readonly request: (method: Method, path: string, body: JsonValue | undefined, options: RequestOptions) => Promise<JsonValue>;
  readonly close: () => Promise<void>;
}

type Method = 'GET' | 'POST';

export interface RequestOptions extends CallContext {
  readonly action: AgoraEndpoint;
}

/** What tests replace. */
export interface ClientDependencies extends RetryClock {
  /** Leads an origin to another one. */
  readonly resolve: (origin: string) => string | Promise<string>;
}

const DEFAULT_DEPENDENCIES: ClientDependencies = {
  pause: (ms, signal) => delay(ms, undefined, { signal }),
  random: Math.random,
  now: monotonicNow,
  resolve: (origin) => origin,
};

const USER_AGENT = `kosmo/${VERSION} node/${process.versions.node.split('.')[0]}`;

/** Milliseconds for a whole call; a synchronous stop may take 20 s. */
const TIMEOUT_MS = 30_000;

/** What the calls of one client share. */
interface ClientState {
  readonly account: AgoraAccount;
  readonly pools: HttpPools;
  readonly limiter: RateLimiter;
  readonly clock: RetryClock;
}

/** One call: what each of its requests sends, and the options of the caller. */
interface Call extends RequestOptions {
  readonly method: Method;
  readonly request: HttpRequest;
}

/**
 * Makes a client. Loads and connects nothing before the first request.
 * Throws `NOT_CONFIGURED` or `INVALID_CONFIGURATION` for credentials that cannot work.
 */
export function createAgoraClient(
  credentials: Credentials,
  { preview, ...dependencies }: Pick<ConnectOptions, 'preview'> & Partial<ClientDependencies> = {},
): AgoraClient {
  const { resolve, ...clock } = { ...DEFAULT_DEPENDENCIES, ...dependencies };
  const account = readAccount(credentials);
  const state = { account, pools: createPools(resolve), limiter: createRateLimiter(account.requestsPerSecond, clock.pause), clock };
  const baseHeaders = {
    accept: 'application/json',
    'accept-encoding': ACCEPTED_ENCODINGS,
    authorization: account.authorization,
    'user-agent': USER_AGENT,
  };
  return {
    appId: account.appId,
    async request(method, path, body, options) {
      if (body !== undefined) rememberBodySecrets(body);
      const headers = body === undefined ? baseHeaders : { ...baseHeaders, 'content-type': 'application/json;charset=utf-8' };
      const request = { method, path: account.pathPrefix + path, headers, body: body === undefined ? null : JSON.stringify(body) };
      preview?.({ method, url: account.domains.current() + request.path, headers, body: body ?? null });
      return makeCall(state, { ...options, method, request });
    },
    close: state.pools.close,
  };
}

async function makeCall(state: ClientState, call: Call): Promise<JsonValue> {
  const { signal, warn, timeoutMs = TIMEOUT_MS, retry = true } = call;
  const interruption = (mayHaveActed: boolean): KosmoError => interruptionError(call, mayHaveActed || call.repeated === true);
  if (signal.aborted) throw interruption(false);
  const { body, warning } = await sendWithRetries((attempt) => sendOnce(state, call, attempt), {
    timeoutMs,
    retry,
    signal,
    limiter: state.limiter,
    clock: state.clock,
    interruption,
    warn: (error) => warn(`Sent again: ${error.message}`),
  });
  if (warning !== undefined) warn(warning);
  return body;
}

async function sendOnce({ account, pools }: ClientState, call: Call, attempt: Attempt): Promise<AttemptResult<Success>> {
  const { action, method, signal, observe, retry = true } = call;
  if (attempt.number > 1) observe?.({ attempts: attempt.number });
  const origin = account.domains.current();
  const timeoutMs = retry ? Math.min(attempt.remainingMs, ATTEMPT_TIMEOUT_SECONDS[action] * 1000) : attempt.remainingMs;
  const facts = { action, method, origin, repeated: attempt.mayHaveActed || call.repeated === true, timeoutMs };
  const connectTimeoutMs = retry && account.domains.hasOthers ? connectTimeout(attempt) : undefined;
  const sent = await sendWithin(pools.open(origin), call.request, { timeoutMs, connectTimeoutMs, signal });
  if ('error' in sent) {
    if (signal.aborted) throw interruptionError(call, attempt.mayHaveActed || sent.wasSent);
    account.domains.failed(origin, sent);
    return transportFailure(account, facts, sent);
  }
  account.domains.succeeded(origin);
  const requestId = [sent.headers['x-request-id']].flat()[0];
  if (requestId !== undefined) observe?.({ request_id: redactText(requestId) });
  return interpretResponse(facts, { ...sent, body: readJson(sent) });
}

/** Requests of a call that walk the whole chain of names: the same name again, the other suffix, the neighbouring region. */
const CHAIN_LENGTH = 4;

/** Milliseconds for a connection: a name whose server does not accept one leaves an equal share of the deadline to each name after it. */
function connectTimeout({ number, remainingMs }: Attempt): number {
  return remainingMs / Math.max(1, CHAIN_LENGTH + 1 - number);
}

function transportFailure({ domains }: AgoraAccount, facts: RequestFacts, failure: TransportError): AttemptFailure {
  const error = transportError(facts, failure);
  const isWrongUrl = error.code === 'CONNECTION_FAILED' && !domains.hasOthers;
  return {
    error,
    retryDelays: isWrongUrl ? CUSTOM_URL_RETRIES : (TRANSPORT_RETRIES[error.code] ?? []),
    // Another server needs no time to recover: with a short deadline the whole chain of names is asked all the same.
    canSkipDelay: domains.current() !== facts.origin || (error.code === 'CONNECTION_FAILED' && domains.hasOthers),
    ...(failure.timedOut ? { errorWithin: (timeoutMs) => transportError({ ...facts, timeoutMs }, failure) } : {}),
  };
}

function interruptionError({ signal: { reason }, method }: Call, mayHaveActed: boolean): KosmoError {
  const outcome = mayHaveActed && method !== 'GET' ? 'unknown' : 'none';
  if (isKosmoError(reason)) return new KosmoError(reason.code, reason.message, { details: reason.details, outcome, cause: reason });
  return new KosmoError('INTERRUPTED', 'interrupted before Agora answered', { outcome });
}

const BYTE_ORDER_MARK = 0xfeff;

/** Levels of Agora's own answers are below 10; a script can take some hundreds. */
const MAX_RESPONSE_DEPTH = 100;

/** The JSON of a response without the secrets that kosmo knows: a response that repeats the request must not pass them to the script. */
function readJson({ text }: HttpResponse): JsonValue | undefined {
  return redactParsedText(text, parseOrUndefined(text)) as JsonValue | undefined;
}

function parseOrUndefined(text: string): JsonValue | undefined {
  try {
    const value = parseJsonExactly(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
    return exceedsDepth(MAX_RESPONSE_DEPTH, value) ? undefined : value;
  } catch {
    return undefined;
  }
}
