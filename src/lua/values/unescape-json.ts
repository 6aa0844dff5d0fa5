import { HALF_PAIR } from '../../json/index.ts';

const BACKSLASH = 0x5c;
const SIMPLE: ReadonlyMap<number, number> = new Map(
  Object.entries({ '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }).map(([letter, character]) => [
    letter.charCodeAt(0),
    character.charCodeAt(0),
  ]),
);

/**
 * The bytes of a JSON string, between `start` and `end` of `bytes`, without its escapes. Escaped halves of a surrogate pair become one
 * character. `malformed` makes the error of an escape at a position: one that JSON does not know, or half of a pair, which UTF-8 cannot hold.
 */
export function unescapeJson(bytes: Uint8Array, start: number, end: number, malformed: (at: number, reason?: string) => Error): Uint8Array {
  const hex = (at: number): number => {
    let unit = 0;
    for (let index = at + 2; index < at + 6; index++) {
      const digit = index < end ? hexDigit(bytes[index] as number) : -1;
      if (digit < 0) throw malformed(at);
      unit = unit * 16 + digit;
    }
    return unit;
  };

  // No escape is shorter than what it stands for.
  const out = new Uint8Array(end - start);
  let length = 0;
  let position = start;
  while (position < end) {
    const byte = bytes[position] as number;
    if (byte !== BACKSLASH) {
      out[length++] = byte;
      position++;
    } else if (bytes[position + 1] !== 0x75) {
      const character = SIMPLE.get(bytes[position + 1] as number);
      if (character === undefined) throw malformed(position);
      out[length++] = character;
      position += 2;
    } else {
      const escapeAt = position;
      let code = hex(position);
      position += 6;
      if (code >= 0xd800 && code <= 0xdbff && bytes[position] === BACKSLASH && bytes[position + 1] === 0x75 && position < end) {
        const low = hex(position);
        if (low >= 0xdc00 && low <= 0xdfff) {
          code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
          position += 6;
        }
      }
      if (code >= 0xd800 && code <= 0xdfff) throw malformed(escapeAt, HALF_PAIR);
      length = writeUtf8(out, length, code);
    }
  }
  return out.slice(0, length);
}

function writeUtf8(out: Uint8Array, at: number, code: number): number {
  let length = at;
  if (code < 0x80) {
    out[length++] = code;
    return length;
  }
  if (code < 0x800) {
    out[length++] = 0xc0 | (code >> 6);
  } else {
    if (code < 0x10000) {
      out[length++] = 0xe0 | (code >> 12);
    } else {
      out[length++] = 0xf0 | (code >> 18);
      out[length++] = 0x80 | ((code >> 12) & 0x3f);
    }
    out[length++] = 0x80 | ((code >> 6) & 0x3f);
  }
  out[length++] = 0x80 | (code & 0x3f);
  return length;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
