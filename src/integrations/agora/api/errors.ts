import { ERROR_CODES, type ErrorCode, KosmoError, redactText } from '../../../errors/index.ts';
import { diagnoseTransportError, type TransportError } from '../../../http/index.ts';
import { isObject, type JsonObject, type JsonValue } from '../../../json/index.ts';
import type { AgoraEndpoint } from './endpoints.ts';
import { REPEAT_HINTS, type ResponseRow } from './response-table.ts';

/** Facts of a request that do not depend on its response. */
export interface RequestFacts {
  readonly action: AgoraEndpoint;
  readonly method: 'GET' | 'POST';
  readonly origin: string;
  /** Milliseconds within which this request must be answered. */
  readonly timeoutMs: number;
  /** The same request was sent before, and its effect is not known. */
  readonly repeated: boolean;
}

/** A response as it came, and its JSON if it is JSON. */
export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly body: JsonValue | undefined;
  /** Why the body could not be decoded. */
  readonly unreadable?: string;
}

type ErrorOptions = NonNullable<ConstructorParameters<typeof KosmoError>[2]>;

/** Characters of a remote text that a message shows. */
const MAX_TEXT_LENGTH = 300;

const CHECK_NETWORK =
  'check url of the account (AGORA_URL, or AGORA_<ACCOUNT>_URL) and the network; against an emulator, check that kosmo agora:emulator still runs';

/** The error of a request without a response. */
export function transportError(facts: RequestFacts, failure: TransportError): KosmoError {
  const { code, text, outcome, hint = CHECK_NETWORK } = diagnoseTransportError({ ...facts, service: 'Agora' }, failure);
  return callError(facts, code, text, outcome === 'none' ? { hint, outcome, cause: failure.error } : { cause: failure.error });
}

/** The error of a response that says that the call failed, as the row of the table has it. */
export function remoteError(facts: RequestFacts, response: ApiResponse, row: ResponseRow): KosmoError {
  const errorCode = row.meaning === 'success' ? 'INVALID_RESPONSE' : row.meaning;
  return callError(facts, errorCode, `Agora API error (${response.status}): ${responseWords(response)}`, {
    ...(row.hint === undefined ? {} : { hint: row.hint }),
    ...(row.outcome === undefined ? {} : { outcome: row.outcome }),
    ...(row.retryable === undefined ? {} : { retryable: row.retryable }),
    details: { ...httpDetails(response), ...remoteDetails(asObject(response.body)) },
  });
}

/** The error of a success whose body is not a JSON object. */
export function notJsonError(facts: RequestFacts, response: ApiResponse): KosmoError {
  const cause = response.unreadable ?? `the answer is not a JSON object: ${readRaw(response)}`;
  return callError(facts, 'INVALID_RESPONSE', `Agora API error (${response.status}): ${cause}`, {
    hint: 'check the account field url, and whether a proxy answers in place of Agora',
    details: httpDetails(response),
  });
}

/** The error of a success without the content that Agora documents; `missing` names it. */
export function incompleteError(facts: RequestFacts, response: ApiResponse, missing: string): KosmoError {
  const { agora_code: code, reason } = remoteDetails(asObject(response.body));
  const words = [code === undefined ? undefined : `code ${code}`, reason].filter((part) => part !== undefined).join(': ');
  const text = `Agora API error (${response.status}): the answer has no ${missing}: ${words || readRaw(response)}`;
  return callError(facts, 'INVALID_RESPONSE', text, { details: { ...httpDetails(response), ...remoteDetails(asObject(response.body)) } });
}

/** The error of a failed call. If its outcome is unknown, the hint says how to repeat it. A read changes nothing: its outcome is `none`. */
function callError({ action, method }: RequestFacts, code: ErrorCode, message: string, options: ErrorOptions): KosmoError {
  if ((options.outcome ?? ERROR_CODES[code].outcome) !== 'unknown') return new KosmoError(code, message, options);
  return new KosmoError(code, message, { hint: REPEAT_HINTS[action], ...options, outcome: method === 'GET' ? 'none' : 'unknown' });
}

/** A sentence of the response: Agora's words, else its code, else the beginning of the body. */
export function responseWords(response: ApiResponse): string {
  const { agora_code: code, reason } = remoteDetails(asObject(response.body));
  return reason ?? (code === undefined ? readRaw(response) : `code ${code}`);
}

function httpDetails({ status, headers }: ApiResponse): Record<string, unknown> {
  const requestId = [headers['x-request-id']].flat()[0];
  return { status, ...(requestId === undefined ? {} : { request_id: redactText(requestId) }) };
}

/** Agora's own code and words in a body. */
function remoteDetails(body: JsonObject | undefined): { readonly agora_code?: number; readonly reason?: string } {
  const code = readCode(body);
  const reason = readReason(body);
  return { ...(code === undefined ? {} : { agora_code: code }), ...(reason === undefined ? {} : { reason }) };
}

export function readCode(body: JsonObject | undefined): number | undefined {
  const code = body?.code;
  if (typeof code === 'number') return code;
  return typeof code === 'string' && /^\d+$/.test(code) ? Number(code) : undefined;
}

// The fields in which Agora's gateway and services put their words, best first (status-code page; API-Examples issue 373).
function readReason(body: JsonObject | undefined): string | undefined {
  const payload = asObject(asObject(body?.serverResponse)?.payload);
  const texts = [body?.message, body?.error, body?.reason, payload?.message];
  const text = texts.find((candidate) => typeof candidate === 'string' && candidate.trim() !== '');
  return typeof text === 'string' ? cut(text) : undefined;
}

function readRaw({ text, unreadable }: ApiResponse): string {
  return unreadable ?? (cut(text) || 'empty answer');
}

// Secrets are removed before the cut: half a secret would not be recognized.
function cut(text: string): string {
  const line = redactText(text).replaceAll(/\s+/g, ' ').trim();
  return line.length > MAX_TEXT_LENGTH ? `${line.slice(0, MAX_TEXT_LENGTH)}…` : line;
}

export function asObject(value: JsonValue | undefined): JsonObject | undefined {
  return isObject(value) ? value : undefined;
}
