/** Digits of an integer that a number cannot hold exactly, as `parseJsonExactly` returns them. */
const DIGITS = /^-?[1-9]\d{15,299}$/;

/** Replaced in the JSON text. Remote text cannot guess it. Made when it is first needed: `node:crypto` takes a process longer to load. */
let mark: string | undefined;

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
    mark ??= `kosmo-digits-${process.getBuiltinModule('node:crypto').randomUUID()}:`;
    return mark + this.digits;
  }
}

/** Whether a text is the digits of an integer beyond ±(2^53 - 1), without leading zeros, of at most 300 digits. */
export function isUnsafeDigits(text: string): boolean {
  return text.length > 15 && DIGITS.test(text) && !Number.isSafeInteger(Number(text));
}

/** Writes the digits of each `ExactInteger` into JSON text that `JSON.stringify` made. Node 20 has no `JSON.rawJSON`. */
export function restoreDigits(json: string): string {
  return mark !== undefined && json.includes(mark) ? json.replaceAll(new RegExp(`"${mark}(-?\\d+)"`, 'g'), '$1') : json;
}
