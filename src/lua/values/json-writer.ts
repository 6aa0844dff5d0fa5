const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const HEX_DIGITS = '0123456789abcdef';

/** The letter behind the backslash: 0 for bytes that need none, `u` for control characters without a letter of their own. */
const ESCAPES = new Uint8Array(256).fill(0x75, 0, 0x20);
for (const [letter, character] of Object.entries({ '"': '"', '\\': '\\', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' })) {
  ESCAPES[character.charCodeAt(0)] = letter.charCodeAt(0);
}

/** Every text begins in this block, most end in it. */
const firstBlock = new Uint8Array(64 * 1024);

/** `reserve` is called when this much was written, too, or else writing into a large block would go on for long without it. */
const RESERVE_EVERY_BYTES = 256 * 1024;

/** Digits that a number is written with in place; others go through `String`. */
const SMALL_NUMBER_BYTES = 10;

/** A JSON text that grows byte by byte. One at a time: they share their first block. */
export class JsonWriter {
  private block = firstBlock;
  private length = 0;
  private reserveAt = RESERVE_EVERY_BYTES;

  /** `reserve` is called with the bytes that the text takes, before it takes them. */
  constructor(private readonly reserve: (bytes: number) => void) {}

  /** The text, in a buffer of its own. */
  take(): Uint8Array {
    this.reserve(this.length);
    return this.block.slice(0, this.length);
  }

  /** Call for each value that is written. */
  poll(): void {
    if (this.length < this.reserveAt) return;
    this.reserveAt = this.length + RESERVE_EVERY_BYTES;
    this.reserve(RESERVE_EVERY_BYTES);
  }

  byte(byte: number): void {
    if (this.length === this.block.length) this.grow(1);
    this.block[this.length++] = byte;
  }

  ascii(text: string): void {
    const { length } = text;
    if (this.length + length > this.block.length) this.grow(length);
    const { block } = this;
    let at = this.length;
    for (let index = 0; index < length; index++) block[at++] = text.charCodeAt(index);
    this.length = at;
  }

  number(value: number): void {
    if ((value | 0) === value && value >= 0) this.natural(value | 0);
    else this.ascii(String(value));
  }

  /** A string with its quotes and escapes. Whether it has bytes beyond ASCII is returned: if they are UTF-8 is not looked at. */
  string(bytes: Uint8Array): boolean {
    const { length } = bytes;
    if (this.length + length + 2 > this.block.length) this.grow(length + 2);
    let { block } = this;
    let at = this.length;
    let seen = 0;
    block[at++] = QUOTE;
    for (let index = 0; index < length; index++) {
      const byte = bytes[index] as number;
      seen |= byte;
      const letter = ESCAPES[byte] as number;
      if (letter === 0) {
        block[at++] = byte;
        continue;
      }
      // Room for this escape, the rest and the quote.
      if (at + 6 + length - index > block.length) {
        this.length = at;
        this.grow(6 + length - index);
        block = this.block;
      }
      block[at++] = BACKSLASH;
      block[at++] = letter;
      if (letter === 0x75) {
        block[at++] = 0x30;
        block[at++] = 0x30;
        block[at++] = HEX_DIGITS.charCodeAt(byte >> 4);
        block[at++] = HEX_DIGITS.charCodeAt(byte & 15);
      }
    }
    block[at++] = QUOTE;
    this.length = at;
    return seen >= 0x80;
  }

  // From the last digit to the first: `String` makes a string for nothing.
  private natural(value: number): void {
    if (this.length + SMALL_NUMBER_BYTES > this.block.length) this.grow(SMALL_NUMBER_BYTES);
    const { block } = this;
    let digits = 1;
    for (let limit = 10; limit <= value && digits < SMALL_NUMBER_BYTES; limit *= 10) digits++;
    let at = this.length + digits;
    this.length = at;
    let rest = value;
    do {
      const tens = (rest / 10) | 0;
      block[--at] = 0x30 + rest - tens * 10;
      rest = tens;
    } while (rest > 0);
  }

  private grow(bytes: number): void {
    const wanted = Math.max(this.block.length * 2, this.length + bytes);
    this.reserve(wanted);
    const block = new Uint8Array(wanted);
    block.set(this.block.subarray(0, this.length));
    this.block = block;
  }
}
