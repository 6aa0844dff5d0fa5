export const ZERO = 0x30;
const NINE = 0x39;

/** Thrown for a text that is not JSON; the message says where. */
export class JsonSyntaxError extends SyntaxError {}

/** The bytes of a JSON text and how far they are read. */
export class JsonReader {
  protected position = 0;
  protected readonly end: number;

  constructor(protected readonly bytes: Uint8Array) {
    this.end = bytes.length;
  }

  /** The next byte that is not white space, at `position`; 0 at the end. */
  protected next(): number {
    const { bytes, end } = this;
    let position = this.position;
    let byte = 0;
    while (position < end) {
      byte = bytes[position] as number;
      if (byte > 0x20 || (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09)) break;
      position++;
    }
    this.position = position;
    return position < end ? byte : 0;
  }

  /** Reads `word`, whose first byte stands at `position`. */
  protected word(word: string): void {
    for (let index = 1; index < word.length; index++) {
      const byte = this.bytes[this.position + index];
      if (byte !== word.charCodeAt(index)) {
        this.position = Math.min(this.position + index, this.end);
        throw this.unexpected(byte ?? 0, `where '${word}' should end`);
      }
    }
    this.position += word.length;
  }

  /** The end of the digits from `start` on, of which there must be one. */
  protected digits(start: number): number {
    let position = start;
    while (position < this.end && isDigit(this.bytes[position] as number)) position++;
    if (position === start) throw this.malformedNumber();
    return position;
  }

  /** The error of `byte`, which stands at `position`. */
  protected unexpected(byte: number, where: string): JsonSyntaxError {
    if (this.position >= this.end) return this.failure(`the text ends ${where}`);
    if (byte < 0x20 || byte === 0x7f) return this.failure(`unexpected byte ${byte} ${where}`);
    const character = String.fromCodePoint(this.text(this.position, this.position + 4).codePointAt(0) as number);
    return this.failure(character === '\ufeff' ? `unexpected byte order mark ${where}` : `unexpected '${character}' ${where}`);
  }

  /** The error of a number that begins at `position`. */
  protected malformedNumber(): JsonSyntaxError {
    let end = this.position;
    while (end < this.end && /[\d.eE+-]/.test(String.fromCharCode(this.bytes[end] as number)) && end - this.position < 40) end++;
    return this.failure(`malformed number '${this.text(this.position, end)}'`);
  }

  protected text(start: number, end: number): string {
    return Buffer.from(this.bytes.buffer, this.bytes.byteOffset + start, Math.min(end, this.end) - start).toString('utf8');
  }

  /** An error at `position`. */
  protected failure(message: string): JsonSyntaxError {
    const { bytes, position } = this;
    let line = 1;
    let column = 1;
    for (let index = 0; index < position; index++) {
      const byte = bytes[index] as number;
      if (byte === 0x0a) {
        line++;
        column = 1;
      } else if ((byte & 0xc0) !== 0x80) {
        // Bytes that continue a character are no column of their own.
        column++;
      }
    }
    return new JsonSyntaxError(`line ${line}, column ${column}: ${message}`);
  }
}

export function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}
