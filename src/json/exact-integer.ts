import { randomUUID } from 'node:crypto';

/** Digits of an integer that a number cannot hold exactly, as `parseJsonExactly` returns them. */
const DIGITS = /^-?[1-9]\d{15,299}$/;

/** Replaced in the JSON text. Remote text cannot guess it. */
const MARK = `kosmo-digits-${randomUUID()}:`;
const MARKED = new RegExp(`"${MARK}(-?\\d+)"`, 'g');

/** An integer beyond ±(2^53 - 1) that is to be written as a JSON number with all its digits. */
export class ExactInteger {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }

  toString(): string {
    return this.digits;
  }

  toJSON(): string {
    return `${MARK}${this.digits}`;
  }
}

/** Whether a text is the digits of an integer beyond ±(2^53 - 1), without leading zeros, of at most 300 digits. */
export function isUnsafeDigits(text: string): boolean {
  return text.length > 15 && DIGITS.test(text) && !Number.isSafeInteger(Number(text));
}

/** Writes the digits of each `ExactInteger` into JSON text that `JSON.stringify` made. Node 20 has no `JSON.rawJSON`. */
export function restoreDigits(json: string): string {
  return json.includes(MARK) ? json.replaceAll(MARKED, '$1') : json;
}
