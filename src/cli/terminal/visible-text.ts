/** Text without what `controlPattern` finds. */
const PLAIN = /^[\t\n\x20-\x7e]*$/;

// Tab and line break may stay, and so may the selectors that make an emoji of a character. Everything else of these draws over other lines,
// turns them around or cannot be seen: control characters, bidi controls, zero width, fillers, line separators, halves of characters. Made
// when a text needs it: the properties of Unicode take a millisecond of each start.
const controlPattern = (): RegExp =>
  /(?!\t|\n|\ufe0e|\ufe0f)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/gu;

/** A longer text pushes the lines above it off the screen. */
const MAX_LINE_LENGTH = 4000;

/** Untrusted text for a terminal, of one line or more: characters that draw, or that cannot be seen, are shown, not obeyed. */
export function escapeControlCharacters(text: string): string {
  return PLAIN.test(text) ? text : text.replaceAll(controlPattern(), escaped);
}

/**
 * Untrusted text for a part of one line: like `escapeControlCharacters`, with line breaks and tabs shown as `\n` and `\t`, and cut to `maximum`
 * characters with a mark of how many are left out.
 */
export function visibleLine(text: string, maximum = MAX_LINE_LENGTH): string {
  const line = escapeControlCharacters(text).replaceAll(/[\t\n]/g, (character) => (character === '\n' ? '\\n' : '\\t'));
  return line.length <= maximum ? line : `${line.slice(0, maximum)}… (${line.length - maximum} more characters)`;
}

// By UTF-16 units, as in JSON: a document that passes through this stays one.
function escaped(character: string): string {
  return Array.from(character, (point) =>
    Array.from({ length: point.length }, (_, unit) => `\\u${point.charCodeAt(unit).toString(16).padStart(4, '0')}`).join(''),
  ).join('');
}
