/** A value that JSON can hold. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** No shorter run of digits can leave ±2^53, so a text without one takes the fast path. */
const LONG_DIGITS = /\d{16}/;
const QUOTE_OR_NUMBER = /"|-?\d[\d.eE+-]*/g;
const INTEGER = /^-?\d+$/;

/**
 * Parses JSON text. Integers beyond ±(2^53 - 1), which a number cannot hold exactly, arrive as strings of their digits.
 * Throws `SyntaxError` as `JSON.parse` does.
 */
export function parseJsonExactly(text: string): JsonValue {
  const value = JSON.parse(text) as JsonValue;
  return LONG_DIGITS.test(text) ? (JSON.parse(quoteUnsafeIntegers(text)) as JsonValue) : value;
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
export function isDeeperThan(levels: number, value: JsonValue): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeperThan(levels - 1, item));
  const fields = value as { readonly [key: string]: JsonValue };
  for (const name in fields) if (isDeeperThan(levels - 1, fields[name] as JsonValue)) return true;
  return false;
}
