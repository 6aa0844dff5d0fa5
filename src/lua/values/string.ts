import { KosmoError } from '../../errors/index.ts';

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const lossyDecoder = new TextDecoder('utf-8', { ignoreBOM: true });

const MAX_INTERNED = 2048;
const interned = new Map<string, Uint8Array>();

/** The UTF-8 bytes of a JavaScript string; lone surrogates become U+FFFD. */
export function toBytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Like `toBytes` for names that occur again and again. The result is shared: never write to it. */
export function internBytes(name: string): Uint8Array {
  const known = interned.get(name);
  if (known !== undefined) return known;
  const bytes = encoder.encode(name);
  if (interned.size < MAX_INTERNED) interned.set(name, bytes);
  return bytes;
}

/** Text for people: invalid UTF-8 shows as U+FFFD. */
export function toDisplayText(bytes: Uint8Array): string {
  return lossyDecoder.decode(bytes);
}

/** Text for machines. Throws `INVALID_ARGUMENTS` with the position of the first byte that is not UTF-8; `path` names the value. */
export function toText(bytes: Uint8Array, path: string | (() => string)): string {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    throw new KosmoError(
      'INVALID_ARGUMENTS',
      `${typeof path === 'string' ? path : path()} is not valid UTF-8 at byte ${firstInvalidByte(bytes) + 1}.`,
      {
        hint: 'send text as UTF-8, or encode binary data (hexadecimal, base64) first',
      },
    );
  }
}

// The longest valid prefix by bisection: a cut inside a character is told from a wrong byte by looking three bytes further.
function firstInvalidByte(bytes: Uint8Array): number {
  let valid = 0;
  let invalid = bytes.length;
  while (valid < invalid) {
    const middle = (valid + invalid + 1) >> 1;
    if (isValidPrefix(bytes, middle)) valid = middle;
    else invalid = middle - 1;
  }
  return valid;
}

function isValidPrefix(bytes: Uint8Array, length: number): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
    return true;
  } catch {
    return false;
  }
}
