import { forgetSecretNames, isSecretName } from './secret-names.ts';
import { maskUrls } from './secret-urls.ts';

const MARK = '[redacted]';

/** Shorter values would turn ordinary words into marks; no vendor issues secrets this short. */
const MIN_SECRET_LENGTH = 6;

/** A longer text is no argument that a person reads. */
const MAX_JSON_LENGTH = 256 * 1024;

const secrets = new Set<string>();

/** Remembers a value that must never appear in any output of this process. */
export function rememberSecret(value: string): void {
  if (value.length >= MIN_SECRET_LENGTH) secrets.add(value);
}

/** Forgets all secrets and names, as a new process: for tests, whose files share one. */
export function forgetSecrets(): void {
  secrets.clear();
  forgetSecretNames();
}

/** Whether a text holds a remembered secret: as it is, in base64, or percent-encoded. */
export function containsSecret(text: string): boolean {
  return [...secrets].some((secret) => [secret, ...encodings(secret)].some((form) => text.includes(form)));
}

// In base64 the letters depend on how many bytes stand before the secret, and its ends on its neighbours.
function encodings(secret: string): readonly string[] {
  const base64 = [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(secret)]);
    return bytes
      .subarray(0, bytes.length - (bytes.length % 3))
      .toString('base64')
      .slice(before === 0 ? 0 : 4);
  });
  return [...base64.filter((form) => form.length >= MIN_SECRET_LENGTH), encodeURIComponent(secret)];
}

/** Replaces every remembered secret, and the secret parts of every URL, in a text for people or a log. */
export function redactText(text: string): string {
  return maskUrls(redactKnown(text), () => MARK);
}

// Data of the remote side keeps its addresses: a script may need them.
function redactKnown(text: string): string {
  let clean = text;
  for (const secret of secrets) if (clean.includes(secret)) clean = clean.replaceAll(secret, MARK);
  return clean;
}

/**
 * A copy of a JSON value for people or a log. Replaces the values of secret fields with everything below them, secrets in the JSON text that
 * a string holds, the secret parts of URLs, and remembered secrets in any string.
 */
export function redactSecretFields(value: unknown, fieldName = ''): unknown {
  return redactValue(value, isSecretName(fieldName, typeof value === 'object'));
}

function redactValue(value: unknown, isSecret: boolean): unknown {
  if (typeof value === 'string') return value === '' ? '' : isSecret ? MARK : redactString(value);
  if (typeof value === 'number' || typeof value === 'bigint') return isSecret ? MARK : value;
  if (Array.isArray(value)) return value.map((item) => redactValue(item, isSecret));
  if (typeof value !== 'object' || value === null) return value;
  // A header in a list is often `{ name = "Authorization", value = "…" }`.
  const { name, key = name } = value as { readonly name?: unknown; readonly key?: unknown };
  const isSecretPair = typeof key === 'string' && isSecretName(key);
  return Object.fromEntries(
    Object.entries(value).map(([member, item]) => [
      redactText(member),
      redactValue(item, isSecret || isSecretName(member, typeof item === 'object') || (isSecretPair && member === 'value')),
    ]),
  );
}

function redactString(text: string): string {
  if (!/^\s*[[{]/.test(text) || text.length > MAX_JSON_LENGTH) return redactText(text);
  try {
    const value: unknown = JSON.parse(text);
    const clean = JSON.stringify(redactValue(value, false));
    return clean === JSON.stringify(value) ? text : clean;
  } catch {
    return redactText(text);
  }
}

/** The JSON value that remote `text` was parsed to, with every remembered secret in its strings and names replaced. */
export function redactParsedText(text: string, value: unknown): unknown {
  // Behind an escape a secret could hide.
  if (!text.includes('\\') && redactKnown(text) === text) return value;
  return mapStrings(value);
}

/** A remote JSON value, with every remembered secret in its strings and names replaced. */
export function redactKnownSecrets<Value>(value: Value): Value {
  return secrets.size === 0 ? value : (mapStrings(value) as Value);
}

function mapStrings(value: unknown): unknown {
  if (typeof value === 'string') return redactKnown(value);
  if (Array.isArray(value)) return value.map(mapStrings);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redactKnown(key), mapStrings(item)]));
}
