const MARK = '[redacted]';

/** Shorter values would turn ordinary words into marks; no vendor issues secrets this short. */
const SHORTEST_SECRET = 6;

const secrets = new Set<string>();

/** Names of fields whose values are secret wherever they occur: credentials, storage keys, tokens. `-` counts as `_`. */
const SECRET_FIELD =
  /^(?:(?:customer|client|app)_?secret|secret(?:_?key)?|(?:access|private|(?:x_)?api)_?key|(?:(?:sts|access|refresh|auth|id)_?)?token|salt|password|passphrase|(?:proxy_)?authorization|(?:set_)?cookie)$/i;

/** Remembers a value that must never appear in any output of this process. */
export function rememberSecret(value: string): void {
  if (value.length >= SHORTEST_SECRET) secrets.add(value);
}

/** Replaces every remembered secret in `text`. */
export function redactText(text: string): string {
  let clean = text;
  for (const secret of secrets) if (clean.includes(secret)) clean = clean.replaceAll(secret, MARK);
  return clean;
}

/** A copy of a JSON value in which the values of secret fields, and remembered secrets in any string, are replaced. */
export function redactJson(value: unknown, fieldName = ''): unknown {
  return mapStrings(value, fieldName, (text, name) =>
    SECRET_FIELD.test(name.replaceAll('-', '_')) && text !== '' ? MARK : redactText(text),
  );
}

/** The JSON value that somebody else's `text` was parsed to, with every remembered secret in its strings and names replaced. */
export function redactParsed(text: string, value: unknown): unknown {
  // Behind an escape a secret could hide.
  if (!text.includes('\\') && redactText(text) === text) return value;
  return mapStrings(value, '', redactText);
}

/** A JSON value of somebody else's, with every remembered secret in its strings and names replaced. */
export function redactStrings<Value>(value: Value): Value {
  return secrets.size === 0 ? value : (mapStrings(value, '', redactText) as Value);
}

function mapStrings(value: unknown, name: string, map: (text: string, name: string) => string): unknown {
  if (typeof value === 'string') return map(value, name);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, '', map));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [redactText(key), mapStrings(item, key, map)]));
}
