import type { CallContext, Credentials } from '../../catalog/index.ts';
import { isKosmoError, KosmoError } from '../../errors/index.ts';
import { type JsonValue, parseJsonExactly } from '../../json/index.ts';
import { VERSION } from '../../version.ts';
import { readAccount } from './account.ts';
import type { AgoraAction } from './actions.ts';
import { type CallFacts, judgeAnswer } from './failures.ts';
import type { HttpAnswer, HttpPool } from './http.ts';
import { rememberBodySecrets } from './remember-body-secrets.ts';
import { describeTransportFailure } from './transport-failure.ts';

/** A connection to Agora for one account. */
export interface AgoraClient {
  readonly appId: string;
  /**
   * Sends one request, once, and returns the body of a success. Throws a `KosmoError` for everything else: by HTTP status and Agora
   * code, by the way the connection failed, or the signal's own reason.
   */
  readonly request: (method: 'GET' | 'POST', path: string, body: JsonValue | undefined, options: RequestOptions) => Promise<JsonValue>;
  readonly close: () => Promise<void>;
}

export interface RequestOptions extends CallContext {
  readonly action: AgoraAction;
  /** Milliseconds for the whole call. @default 30000, as a synchronous stop may take 20 s */
  readonly timeoutMs?: number;
}

const USER_AGENT = `kosmo/${VERSION}`;
const TIMEOUT_MS = 30_000;

/**
 * Makes a client. Loads and connects nothing before the first request.
 * Throws `NOT_CONFIGURED` or `INVALID_CONFIGURATION` for credentials that cannot work.
 */
export function createAgoraClient(credentials: Credentials): AgoraClient {
  const account = readAccount(credentials);
  let pool: Promise<HttpPool> | undefined;
  const openOnce = (): Promise<HttpPool> => {
    pool ??= import('./http.ts').then(({ openPool }) => openPool(account.origin));
    return pool;
  };
  return {
    appId: account.appId,
    async request(method, path, body, { action, signal, warn, timeoutMs = TIMEOUT_MS }) {
      if (body !== undefined) rememberBodySecrets(body);
      const facts: CallFacts = { action, method, origin: account.origin, timeoutMs };
      const headers = {
        accept: 'application/json',
        authorization: account.authorization,
        'user-agent': `${USER_AGENT} node/${process.versions.node.split('.')[0]}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json;charset=utf-8' }),
      };
      const request = { method, path: account.pathPrefix + path, headers, body: body === undefined ? null : JSON.stringify(body) };
      const answer = await sendWithin(await openOnce(), request, facts, signal);
      return judgeAnswer(facts, { ...answer, body: parseOrUndefined(answer.text) }, warn);
    },
    async close() {
      await (await pool)?.close();
    },
  };
}

type PlainRequest = Omit<Parameters<HttpPool['send']>[0], 'signal' | 'onSend'>;

// AbortSignal.any would do, but in Node 20 it keeps every combined signal as long as the long-lived one.
async function sendWithin(pool: HttpPool, request: PlainRequest, facts: CallFacts, signal: AbortSignal): Promise<HttpAnswer> {
  if (signal.aborted) throw interruption(signal, facts, false);
  const deadline = new AbortController();
  const onAbort = (): void => deadline.abort();
  signal.addEventListener('abort', onAbort, { once: true });
  const timer = setTimeout(onAbort, facts.timeoutMs);
  let sent = false;
  try {
    const onSend = (): void => {
      sent = true;
    };
    return await pool.send({ ...request, signal: deadline.signal, onSend });
  } catch (error) {
    if (signal.aborted) throw interruption(signal, facts, sent);
    throw describeTransportFailure(facts, { error, sent, timedOut: deadline.signal.aborted });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
  }
}

function interruption(signal: AbortSignal, { method }: CallFacts, sent: boolean): unknown {
  const outcome = sent && method !== 'GET' ? 'unknown' : 'none';
  const { reason } = signal;
  if (isKosmoError(reason)) return new KosmoError(reason.code, reason.message, { details: reason.details, outcome, cause: reason });
  return new KosmoError('INTERRUPTED', 'interrupted before Agora answered', { outcome });
}

function parseOrUndefined(text: string): JsonValue | undefined {
  try {
    return parseJsonExactly(text);
  } catch {
    return undefined;
  }
}
