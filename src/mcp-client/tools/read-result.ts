import { KosmoError, redactKnownSecrets } from '../../errors/index.ts';
import { exceedsDepth, HALF_PAIR, hasHalfPair, type JsonValue, parseJsonExactly } from '../../json/index.ts';

type JsonObject = Readonly<Record<string, JsonValue>>;

/** As deep as a script can hold. */
const MAX_DEPTH = 400;

/** Characters of a failure's text that are told. */
const MAX_TEXT_LENGTH = 4000;

/**
 * What a tool's answer is to a script: its structured content; else its one text, decoded where that is a JSON object or array; else the
 * list of its parts. A text such as `007` or `12345678901234567890` is a text. Throws `REMOTE_ERROR` where the tool says that it failed.
 */
export function readResult(server: string, result: JsonObject): JsonValue {
  const { content = [], structuredContent, isError } = result;
  const parts = (Array.isArray(content) ? content : []) as readonly JsonObject[];
  if (isError === true) {
    const text = parts.flatMap(({ text: line }) => (typeof line === 'string' ? [line] : [])).join('\n');
    throw new KosmoError('REMOTE_ERROR', text === '' ? 'MCP tool returned an error.' : shorten(text), { details: { server } });
  }
  if (structuredContent !== undefined && structuredContent !== null) return structuredContent;
  const [first, second] = parts;
  return first?.type === 'text' && typeof first.text === 'string' && second === undefined ? readText(first.text) : parts;
}

/**
 * What a server sent, without the secrets that it was given: it may say them again, and a script has no business with them. Throws
 * `INVALID_RESPONSE` for what is too deep.
 */
export function withoutOwnSecrets<Value extends JsonValue>(server: string, value: Value): Value {
  // Depth comes first: what follows calls itself for each level.
  if (exceedsDepth(MAX_DEPTH, value))
    throw new KosmoError('INVALID_RESPONSE', `MCP server '${server}' answered with something more than ${MAX_DEPTH} levels deep.`);
  if (hasHalfPair(value))
    throw new KosmoError('INVALID_RESPONSE', `MCP server '${server}' answered with ${HALF_PAIR}, which no text can hold.`);
  return redactKnownSecrets(value);
}

function readText(text: string): JsonValue {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    const value = parseJsonExactly(text);
    // An escape in the text could have hidden a secret.
    return exceedsDepth(MAX_DEPTH, value) ? text : redactKnownSecrets(value);
  } catch {
    return text;
  }
}

function shorten(text: string): string {
  return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}…` : text;
}
