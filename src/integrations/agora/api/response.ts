import type { AttemptResult, RetryDelays } from '../../../http/index.ts';
import type { JsonValue } from '../../../json/index.ts';
import { DOCUMENTED_CONTENT } from './documented-content.ts';
import {
  type ApiResponse,
  asObject,
  incompleteError,
  notJsonError,
  type RequestFacts,
  readCode,
  remoteError,
  responseWords,
} from './errors.ts';
import { RESPONSES, type ResponseRow, TRANSPORT_RETRIES } from './response-table.ts';

/** A successful call. */
export interface Success {
  readonly body: JsonValue;
  /** A sentence for the call's log entry. */
  readonly warning?: string;
}

const RETRY_INVALID: RetryDelays = TRANSPORT_RETRIES.INVALID_RESPONSE ?? [];

/** Interprets a response by its HTTP status, Agora's code and the documented content. */
export function interpretResponse(facts: RequestFacts, response: ApiResponse): AttemptResult<Success> {
  const body = asObject(response.body);
  if (response.status >= 200 && response.status < 300 && body === undefined)
    return { error: notJsonError(facts, response), retryDelays: RETRY_INVALID };
  const code = readCode(body);
  const row = findRow(facts, response, code);
  if (row.meaning === 'success' && body !== undefined) {
    const { names, has } = DOCUMENTED_CONTENT[facts.action];
    if (row.settled === true || has(body)) return { value: row.warning === undefined ? { body } : { body, warning: row.warning } };
    // A response with a code was made by the service: another request would get the same.
    return { error: incompleteError(facts, response, names), retryDelays: code === undefined ? RETRY_INVALID : [] };
  }
  const retryAfterMs = readRetryAfter(response.headers['retry-after']);
  return {
    error: remoteError(facts, response, row),
    retryDelays: row.retryDelays ?? [],
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

function findRow({ action, repeated }: RequestFacts, response: ApiResponse, code: number | undefined): ResponseRow {
  const row = RESPONSES.find(
    (candidate) =>
      (candidate.actions?.includes(action) ?? true) &&
      (candidate.status === undefined || inRange(response.status, candidate.status)) &&
      (candidate.code === undefined || candidate.code === code) &&
      (candidate.text === undefined || responseWords(response).toLowerCase().includes(candidate.text)) &&
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
