import { rememberSecret } from '../../../errors/index.ts';
import type { JsonValue } from '../../../json/index.ts';

/** Fields of a request whose values open a bucket, a channel or an encrypted stream, in lower case. */
const SECRET_FIELDS: ReadonlySet<string> = new Set(['secretkey', 'accesskey', 'ststoken', 'token', 'secret', 'salt']);

/** Remembers every secret in a request body, so that an answer which repeats one cannot carry it into a message. */
export function rememberBodySecrets(body: JsonValue): void {
  if (typeof body !== 'object' || body === null) return;
  for (const [name, value] of Object.entries(body)) {
    if (typeof value !== 'string') rememberBodySecrets(value);
    else if (SECRET_FIELDS.has(name.toLowerCase())) {
      rememberSecret(value);
      // An answer that repeats the body as text holds it with JSON's escapes.
      rememberSecret(JSON.stringify(value).slice(1, -1));
    }
  }
}
