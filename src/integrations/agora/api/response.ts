import { ERROR_CODES, type ErrorCode, KosmoError, redactText } from '../../../errors/index.ts';
import type { JsonValue } from '../../../json/index.ts';
import { DOCUMENTED_CONTENT } from './documented-content.ts';
import type { AgoraEndpoint } from './endpoints.ts';
import { REPEAT_HINTS, RESPONSES, type ResponseRow, type RetryDelays, TRANSPORT_RETRIES } from './response-table.ts';

/** What is known of a call, whatever its answer. */
export interface RequestFacts {
  readonly action: AgoraEndpoint;
  readonly method: 'GET' | 'POST';
  readonly origin: string;
  /** Milliseconds within which this request must be answered. */
  readonly timeoutMs: number;
  /** The same request was sent before, and nobody knows what became of it. */
  readonly repeated: boolean;
}

/** What one request came to. */
export type RequestOutcome =
  | { readonly body: JsonValue; readonly warning?: string }
  /** `waits`: when the same request may be sent again; `retryAfterMs`: the remote side's own wish. */
  | { readonly error: KosmoError; readonly retryDelays: RetryDelays; readonly retryAfterMs?: number };

/** An answer as it came, and its JSON when it is JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly body: JsonValue | undefined;
  /** Why the body could not be read, where that is so. */
  readonly unreadable?: string;
}

type JsonObject = Readonly<Record<string, JsonValue>>;

/** As much of somebody's error page as a person reads. */
const MAX_TEXT_LENGTH = 300;

/** What an answer means. */
export function interpretResponse(facts: RequestFacts, answer: Answer): RequestOutcome {
  const body = asObject(answer.body);
  if (answer.status >= 200 && answer.status < 300 && body === undefined)
    return { error: invalidResponse(facts, answer), retryDelays: TRANSPORT_RETRIES.INVALID_RESPONSE ?? [] };
  const code = readCode(body);
  const words = (): string => readText(body) ?? (code === undefined ? readRaw(answer) : `code ${code}`);
  const row = findRow(facts, answer.status, code, words);
  if (row.meaning === 'success' && body !== undefined) {
    const missing = row.settled === true ? undefined : missingContent(facts, body);
    if (missing === undefined) return { body, ...(row.warning === undefined ? {} : { warning: row.warning }) };
    // An answer with a code was made by the service: another one would be the same.
    return { error: incomplete(facts, answer, missing), retryDelays: code === undefined ? (TRANSPORT_RETRIES.INVALID_RESPONSE ?? []) : [] };
  }
  const retryAfterMs = readRetryAfter(answer.headers['retry-after']);
  return {
    error: remoteFailure(facts, answer, { code, text: words(), row }),
    retryDelays: row.retryDelays ?? [],
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function findRow({ action, repeated }: RequestFacts, status: number, code: number | undefined, words: () => string): ResponseRow {
  const row = RESPONSES.find(
    (candidate) =>
      (candidate.actions?.includes(action) ?? true) &&
      (candidate.status === undefined || inRange(status, candidate.status)) &&
      (candidate.code === undefined || candidate.code === code) &&
      (candidate.text === undefined || words().toLowerCase().includes(candidate.text)) &&
      (candidate.repeated === undefined || repeated),
  );
  return row ?? { meaning: 'REMOTE_ERROR' };
}

// RFC 9110, section 10.2.3: seconds, or a date.
function readRetryAfter(header: string | string[] | undefined): number | undefined {
  const text = [header].flat()[0];
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

function inRange(status: number, range: number | readonly [number, number]): boolean {
  return typeof range === 'number' ? status === range : status >= range[0] && status <= range[1];
}

interface Finding {
  readonly code: number | undefined;
  readonly text: string;
  readonly row: ResponseRow;
}

function remoteFailure(facts: RequestFacts, answer: Answer, { code, text, row }: Finding): KosmoError {
  const errorCode = row.meaning === 'success' ? 'INVALID_RESPONSE' : row.meaning;
  const reason = readText(asObject(answer.body));
  return callError(facts, errorCode, `Agora API error (${answer.status}): ${text}`, {
    ...(row.hint === undefined ? {} : { hint: row.hint }),
    ...(row.outcome === undefined ? {} : { outcome: row.outcome }),
    ...(row.retryable === undefined ? {} : { retryable: row.retryable }),
    details: {
      ...answerDetails(answer),
      ...(code === undefined ? {} : { agora_code: code }),
      ...(reason === undefined ? {} : { reason }),
    },
  });
}

function invalidResponse(facts: RequestFacts, answer: Answer): KosmoError {
  return callError(
    facts,
    'INVALID_RESPONSE',
    `Agora API error (${answer.status}): ${answer.unreadable ?? `the answer is not a JSON object: ${readRaw(answer)}`}`,
    {
      hint: 'check the account field url, and whether a proxy answers in place of Agora',
      details: answerDetails(answer),
    },
  );
}

/** What the answer of an endpoint is documented to have, and this one has not: undefined where it has it. */
function missingContent({ action }: RequestFacts, body: JsonObject): string | undefined {
  const { names, has } = DOCUMENTED_CONTENT[action];
  return has(body) ? undefined : names;
}

function incomplete(facts: RequestFacts, answer: Answer, missing: string): KosmoError {
  const body = asObject(answer.body);
  const code = readCode(body);
  const reason = readText(body);
  const said = [code === undefined ? undefined : `code ${code}`, reason].filter((part) => part !== undefined).join(': ');
  return callError(
    facts,
    'INVALID_RESPONSE',
    `Agora API error (${answer.status}): the answer has no ${missing}: ${said || readRaw(answer)}`,
    {
      details: {
        ...answerDetails(answer),
        ...(code === undefined ? {} : { agora_code: code }),
        ...(reason === undefined ? {} : { reason }),
      },
    },
  );
}

function answerDetails({ status, headers }: Answer): Record<string, unknown> {
  const requestId = [headers['x-request-id']].flat()[0];
  return { status, ...(requestId === undefined ? {} : { request_id: redactText(requestId) }) };
}

type FailureOptions = NonNullable<ConstructorParameters<typeof KosmoError>[2]>;

/**
 * The error of a failed call, with a hint how to repeat it where its outcome is unknown. A read changes nothing: whatever happened to
 * it, nothing is left unknown.
 */
export function callError({ action, method }: RequestFacts, code: ErrorCode, message: string, options: FailureOptions): KosmoError {
  if ((options.outcome ?? ERROR_CODES[code].outcome) !== 'unknown') return new KosmoError(code, message, options);
  return new KosmoError(code, message, { hint: REPEAT_HINTS[action], ...options, outcome: method === 'GET' ? 'none' : 'unknown' });
}

// The places where Agora's gateway and services put their words, best first (status-code page; API-Examples issue 373).
function readText(body: JsonObject | undefined): string | undefined {
  const payload = asObject(asObject(body?.serverResponse)?.payload);
  const texts = [body?.message, body?.error, body?.reason, payload?.message];
  const text = texts.find((candidate) => typeof candidate === 'string' && candidate.trim() !== '');
  return typeof text === 'string' ? cut(text) : undefined;
}

function readCode(body: JsonObject | undefined): number | undefined {
  const code = body?.code;
  if (typeof code === 'number') return code;
  return typeof code === 'string' && /^\d+$/.test(code) ? Number(code) : undefined;
}

function readRaw({ text, unreadable }: Answer): string {
  return unreadable ?? (cut(text) || 'empty answer');
}

// Secrets go before the cut: half a secret would not be recognised.
function cut(text: string): string {
  const line = redactText(text).replaceAll(/\s+/g, ' ').trim();
  return line.length > MAX_TEXT_LENGTH ? `${line.slice(0, MAX_TEXT_LENGTH)}…` : line;
}

function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : undefined;
}
