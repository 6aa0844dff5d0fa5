import { redactKnownSecrets, redactText } from '../../errors/index.ts';
import { isObject, type JsonValue, parseIfJson } from '../../json/index.ts';
import { cutText } from '../../platform/cut-text.ts';

/** What a server said in the body of a failed request. */
export interface HttpReason {
  readonly text: string;
  /** Of a JSON-RPC error. */
  readonly rpc?: { readonly code: number; readonly data?: JsonValue };
}

/** Characters of a reason in a message. Longer ones would hide the rest of it. */
const MAX_REASON = 300;
/** Characters of the data of an error. */
const MAX_DATA = 4000;

/** The reason in a body: a JSON-RPC error, a member that usually has it, or a short text. Undefined for HTML and for other bodies. */
export function readReason(body: unknown): HttpReason | undefined {
  if (typeof body !== 'string' || body.trim() === '') return undefined;
  const value = parseIfJson(body);
  if (value === undefined) return /<[a-z!/]/i.test(body) ? undefined : { text: brief(body) };
  const error = isObject(value) ? value.error : undefined;
  if (isObject(error) && Number.isSafeInteger(error.code) && typeof error.message === 'string')
    return { text: brief(error.message), rpc: { code: error.code as number, ...boundedData(error.data) } };
  const said = reasonsIn(value);
  return said.length === 0 ? undefined : { text: brief(said.join(': ')) };
}

/** One line without secrets. */
export function brief(text = 'no reason given'): string {
  return cutText(redactText(text).replaceAll(/\s+/g, ' ').trim(), MAX_REASON + 1);
}

/** The data of an error for its details, without secrets; too much of it as the beginning of its text. */
export function boundedData(data: JsonValue | undefined): { readonly data?: JsonValue } {
  if (data === undefined || data === null) return {};
  const text = JSON.stringify(data);
  return { data: text.length > MAX_DATA ? cutText(redactText(text), MAX_DATA) : redactKnownSecrets(data) };
}

/** Members with a reason, the most telling first. `error` is often the mere name of the status. */
const REASONS = ['detail', 'message', 'error_description', 'error', 'title'];

function reasonsIn(value: JsonValue): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [value];
  if (!isObject(value)) return [];
  const [reason] = REASONS.flatMap((name) => (value[name] === undefined ? [] : reasonsIn(value[name]).slice(0, 1)));
  return reason === undefined ? [] : [reason];
}
