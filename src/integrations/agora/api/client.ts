import { setTimeout as delay } from 'node:timers/promises';
import { isKosmoError, KosmoError, redactParsedText, redactText, withDetails } from '../../../errors/index.ts';
import {
  ACCEPTED_ENCODINGS,
  createRateLimiter,
  type Exchange,
  type HttpPool,
  type HttpRequest,
  type HttpResponse,
  importConnectionPool,
  type Pause,
} from '../../../http/index.ts';
import type { CallContext, ConnectOptions, Credentials } from '../../../integration/index.ts';
import { exceedsDepth, type JsonValue, parseJsonExactly } from '../../../json/index.ts';
import { onAbort } from '../../../platform/abort-listeners.ts';
import { monotonicNow } from '../../../platform/clock.ts';
import { VERSION } from '../../../platform/version.ts';
import { type AcquiredResources, createAcquiredResources } from '../recordings/acquired-resources.ts';
import { type Ledger, openLedger } from '../recordings/ledger.ts';
import { readAccount } from './credentials.ts';
import type { AgoraEndpoint } from './endpoints.ts';
import { rememberBodySecrets } from './remember-body-secrets.ts';
import { interpretResponse, type RequestOutcome } from './response.ts';
import { ATTEMPT_TIMEOUT_SECONDS, CUSTOM_URL_RETRIES, TRANSPORT_RETRIES } from './response-table.ts';
import { describeTransportFailure } from './transport-errors.ts';

/** A connection to Agora for one account. */
export interface AgoraClient {
  readonly appId: string;
  /** Where starts are written down; absent with an emulator in the process, whose recordings end with it. */
  readonly ledger?: Ledger;
  /** The name of the account. */
  readonly account: string;
  readonly resources: AcquiredResources;
  /** The recordings that were seen to end, by sid, and whether nothing had been recorded. */
  readonly endedRecordings: Map<string, boolean>;
  /**
   * Makes one call and returns the body of a success. A request that failed is sent again where `status-codes.ts` says that it is safe,
   * to Agora's next address when it cannot be reached. Throws a `KosmoError`: by HTTP status and Agora code, by the way the connection
   * failed, or the signal's own reason.
   */
  readonly request: (method: 'GET' | 'POST', path: string, body: JsonValue | undefined, options: RequestOptions) => Promise<JsonValue>;
  readonly close: () => Promise<void>;
}

export interface RequestOptions extends CallContext {
  readonly action: AgoraEndpoint;
}

/** What tests replace. */
export interface ClientDependencies {
  /** Waits between two requests. */
  readonly pause: Pause;
  /** Where in a span of waiting times, from 0 to 1. */
  readonly random: () => number;
  /** Milliseconds since some moment. */
  readonly now: () => number;
  /** Where an origin really is. */
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

/**
 * Makes a client. Loads and connects nothing before the first request.
 * Throws `NOT_CONFIGURED` or `INVALID_CONFIGURATION` for credentials that cannot work.
 */
export function createAgoraClient(
  credentials: Credentials,
  { account: name, stateFolder, preview }: ConnectOptions = { account: 'default' },
  parts: Partial<ClientDependencies> = {},
): AgoraClient {
  const { pause, random, now, resolve } = { ...DEFAULT_DEPENDENCIES, ...parts };
  const account = readAccount(credentials);
  const baseHeaders = {
    accept: 'application/json',
    'accept-encoding': ACCEPTED_ENCODINGS,
    authorization: account.authorization,
    'user-agent': USER_AGENT,
  };
  const bucket = createRateLimiter(account.requestsPerSecond, pause);
  const pools = new Map<string, Promise<HttpPool>>();
  const open = (origin: string): Promise<HttpPool> => {
    const existing = pools.get(origin);
    if (existing !== undefined) return existing;
    const opening = importConnectionPool().then(async ({ openPool }) => openPool(await resolve(origin)));
    pools.set(origin, opening);
    opening.catch(() => pools.delete(origin));
    return opening;
  };

  return {
    appId: account.appId,
    account: name,
    resources: createAcquiredResources(now),
    endedRecordings: new Map(),
    ...(stateFolder === undefined ? {} : { ledger: openLedger(stateFolder) }),
    async request(method, path, body, { action, signal, warn, timeoutMs = TIMEOUT_MS, retry = true, observe }) {
      if (body !== undefined) rememberBodySecrets(body);
      const headers = body === undefined ? baseHeaders : { ...baseHeaders, 'content-type': 'application/json;charset=utf-8' };
      const request = { method, path: account.pathPrefix + path, headers, body: body === undefined ? null : JSON.stringify(body) };
      preview?.({ method, url: account.domains.current() + request.path, headers, body: body ?? null });
      /** An earlier request of this call may have got through. */
      let repeated = false;
      let endsAt = Number.POSITIVE_INFINITY;

      const sendOnce = async (): Promise<RequestOutcome> => {
        const origin = account.domains.current();
        const remaining = endsAt - monotonicNow();
        const facts = {
          action,
          method,
          origin,
          repeated,
          timeoutMs: retry ? Math.min(remaining, ATTEMPT_TIMEOUT_SECONDS[action] * 1000) : remaining,
        };
        const sent = await send(open(origin), request, facts.timeoutMs, signal);
        if ('error' in sent) {
          if (signal.aborted) throw interruption(signal, method, repeated || sent.sent);
          account.domains.failed(origin, sent);
          const error = describeTransportFailure(facts, sent);
          const isWrong = error.code === 'CONNECTION_FAILED' && !account.domains.hasOthers;
          return { error, retryDelays: isWrong ? CUSTOM_URL_RETRIES : (TRANSPORT_RETRIES[error.code] ?? []) };
        }
        account.domains.succeeded(origin);
        const named = sent.headers['x-request-id'];
        const requestId = typeof named === 'object' ? named[0] : named;
        if (requestId !== undefined) observe?.({ request_id: redactText(requestId) });
        // An answer that repeats the request must not carry its secrets on into the script.
        return interpretResponse(facts, {
          ...sent,
          body: redactParsedText(sent.text, parseOrUndefined(sent.text)) as JsonValue | undefined,
        });
      };
      const waitUnlessAborted = (waiting: Promise<void>): Promise<void> =>
        waiting.catch((error) => {
          throw signal.aborted ? interruption(signal, method, repeated) : error;
        });

      if (signal.aborted) throw interruption(signal, method, false);
      for (let tries = 1; ; tries++) {
        const turn = bucket.take(signal);
        if (turn !== undefined) await waitUnlessAborted(turn);
        // Waiting for one's turn is no fault of the remote side.
        if (tries === 1) endsAt = monotonicNow() + timeoutMs;
        else observe?.({ attempts: tries });
        const origin = account.domains.current();
        const verdict = await sendOnce();
        if ('body' in verdict) {
          if (verdict.warning !== undefined) warn(verdict.warning);
          return verdict.body;
        }
        const span = retry ? verdict.retryDelays[tries - 1] : undefined;
        let wait = span && Math.max((span[0] + random() * (span[1] - span[0])) * 1000, verdict.retryAfterMs ?? 0);
        // Another server needs no time to recover: with a short deadline the whole chain of names is asked all the same.
        if (wait !== undefined && monotonicNow() + wait >= endsAt && account.domains.current() !== origin) wait = 0;
        if (wait === undefined || monotonicNow() + wait >= endsAt) {
          const isOver = wait !== undefined || !retry || monotonicNow() >= endsAt;
          throw lastError(verdict.error, tries, repeated, isOver ? timeoutMs : undefined);
        }
        repeated ||= verdict.error.outcome === 'unknown';
        if (verdict.error.outcome === 'unknown') warn(`Sent again: ${verdict.error.message}`);
        await waitUnlessAborted(pause(wait, signal));
      }
    },
    async close() {
      const opened = await Promise.allSettled(pools.values());
      await Promise.all(opened.map((pool) => (pool.status === 'fulfilled' ? pool.value.close() : undefined)));
    },
  };
}

type Sent = HttpResponse | { readonly error: unknown; readonly sent: boolean; readonly timedOut: boolean };

const NO_ANSWER_IN_TIME = new Error('no answer in time');

async function send(pool: Promise<HttpPool>, request: HttpRequest, timeoutMs: number, signal: AbortSignal): Promise<Sent> {
  let exchange: Exchange | undefined;
  let timedOut = false;
  try {
    const opened = await pool;
    if (signal.aborted) return { error: signal.reason, sent: false, timedOut };
    const sending = opened.send(request);
    exchange = sending;
    const timer = setTimeout(() => {
      timedOut = true;
      sending.abort(NO_ANSWER_IN_TIME);
    }, timeoutMs);
    const forget = onAbort(signal, () => sending.abort(NO_ANSWER_IN_TIME));
    try {
      return await sending.response;
    } finally {
      clearTimeout(timer);
      forget();
    }
  } catch (error) {
    return { error, sent: exchange?.wasSent() ?? false, timedOut };
  }
}

/** What the last request says of a call, when an earlier one may have got through: only an answer of the service itself settles it. */
// `overMs` is the caller's deadline, if that is over: what was left of it for the last request is of no interest to anyone.
function lastError(last: KosmoError, tries: number, repeated: boolean, overMs: number | undefined): KosmoError {
  const isLate = last.code === 'DEADLINE_EXCEEDED' && overMs !== undefined;
  const error = isLate ? withDetails(last, {}, last.message.replace(/ within [\d.e+-]+ s/, ` within ${overMs / 1000} s`)) : last;
  if (tries === 1) return error;
  const message = `${error.message} (${isLate ? `${tries} requests` : `request ${tries} of this call`})`;
  const detailed = withDetails(error, { attempts: tries }, message);
  if (!repeated || error.code === 'REMOTE_ERROR') return detailed;
  const { code, details, hint } = detailed;
  return new KosmoError(code, message, {
    details,
    outcome: 'unknown',
    retryable: true,
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}

function interruption({ reason }: AbortSignal, method: 'GET' | 'POST', sent: boolean): KosmoError {
  const outcome = sent && method !== 'GET' ? 'unknown' : 'none';
  if (isKosmoError(reason)) return new KosmoError(reason.code, reason.message, { details: reason.details, outcome, cause: reason });
  return new KosmoError('INTERRUPTED', 'interrupted before Agora answered', { outcome });
}

const BYTE_ORDER_MARK = 0xfeff;

/** Levels of Agora's own answers are below 10; a script can take some hundreds. */
const MAX_RESPONSE_DEPTH = 100;

function parseOrUndefined(text: string): JsonValue | undefined {
  try {
    const value = parseJsonExactly(text.charCodeAt(0) === BYTE_ORDER_MARK ? text.slice(1) : text);
    return exceedsDepth(MAX_RESPONSE_DEPTH, value) ? undefined : value;
  } catch {
    return undefined;
  }
}
