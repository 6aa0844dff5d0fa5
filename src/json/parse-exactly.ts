/** A value that JSON can hold. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** No shorter run of digits can leave ±2^53, so a text without one takes the fast path. */
const LONG_DIGITS = /\d{16}/;
const QUOTE_OR_NUMBER = /"|-?\d[\d.eE+-]*/g;
const INTEGER = /^-?\d+$/;

/**
 * Parses JSON text. Integers beyond ±(2^53 - 1), which a number cannot hold exactly, arrive as strings of their digits. Throws `SyntaxError`
 * as `JSON.parse` does, also for an escaped half of a surrogate pair (`\\ud83d` alone), which no UTF-8 text can hold (RFC 8259, 8.2).
 */
export function parseJsonExactly(text: string): JsonValue {
  const value = parseWithHalves(text);
  if (ESCAPED_HALF.test(text)) refuseHalves(text);
  return value;
}

/**
 * The same for messages of others: returns `undefined` for a text that is not JSON, and keeps halves of surrogate pairs. `hasHalfPair` is
 * asked of them later, where the call that waits for them is known.
 */
export function parseIfJson(text: string): JsonValue | undefined {
  try {
    return parseWithHalves(text);
  } catch {
    return undefined;
  }
}

function parseWithHalves(text: string): JsonValue {
  const value = JSON.parse(text) as JsonValue;
  return LONG_DIGITS.test(text) ? (JSON.parse(quoteUnsafeIntegers(text)) as JsonValue) : value;
}

const ESCAPED_HALF = /\\u[dD][89a-fA-F]/;
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|[^u])/g;

// `json` is valid, so backslashes are in strings only.
function refuseHalves(json: string): void {
  const unitOf = (match: RegExpExecArray | null): number => Number.parseInt(match?.[1] ?? '0', 16);
  ESCAPE.lastIndex = 0;
  for (let match = ESCAPE.exec(json); match !== null; match = ESCAPE.exec(json)) {
    const unit = unitOf(match);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const low = unit < 0xdc00 ? ESCAPE.exec(json) : null;
    const isPair = low !== null && low.index === match.index + 6 && unitOf(low) >= 0xdc00 && unitOf(low) <= 0xdfff;
    if (!isPair) throw new SyntaxError(`${HALF_PAIR} in JSON at position ${match.index}`);
  }
}

/** How the message of `parseJsonExactly` begins for half of a surrogate pair. */
export const HALF_PAIR = 'half of a surrogate pair';

/** Whether a string in a value has half of a surrogate pair, which no UTF-8 text can hold. */
export function hasHalfPair(value: JsonValue): boolean {
  if (typeof value === 'string') return !value.isWellFormed();
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(hasHalfPair);
  return Object.entries(value).some(([name, item]) => !name.isWellFormed() || hasHalfPair(item as JsonValue));
}

// Strings are skipped by hand: one regular expression for a whole string overflows V8's stack after some million escapes.
function quoteUnsafeIntegers(json: string): string {
  const parts: string[] = [];
  let copied = 0;
  QUOTE_OR_NUMBER.lastIndex = 0;
  for (let match = QUOTE_OR_NUMBER.exec(json); match !== null; match = QUOTE_OR_NUMBER.exec(json)) {
    const [token] = match;
    if (token === '"') {
      QUOTE_OR_NUMBER.lastIndex = endOfString(json, match.index);
    } else if (INTEGER.test(token) && !Number.isSafeInteger(Number(token))) {
      parts.push(json.slice(copied, match.index), `"${token}"`);
      copied = QUOTE_OR_NUMBER.lastIndex;
    }
  }
  return parts.join('') + json.slice(copied);
}

// `json` is valid, so every string ends.
function endOfString(json: string, start: number): number {
  for (let end = json.indexOf('"', start + 1); ; end = json.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (json[end - 1 - backslashes] === '\\') backslashes++;
    if (backslashes % 2 === 0) return end + 1;
  }
}

/** Whether a value has arrays or objects inside each other in more than so many levels. */
export function exceedsDepth(levels: number, value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => exceedsDepth(levels - 1, item));
  const fields = value as { readonly [key: string]: JsonValue };
  for (const name in fields) if (exceedsDepth(levels - 1, fields[name] as JsonValue)) return true;
  return false;
}
