/** A pattern in V8's spelling. */
export interface Translated {
  readonly text: string;
  /** It has escapes that mean something else outside Unicode mode. */
  readonly isUnicode: boolean;
}

interface Piece {
  readonly text: string;
  /** Characters of the pattern that it stands for. */
  readonly length: number;
  readonly isUnicode?: true;
}

const VERTICAL = '\\n\\x0b\\f\\r\\x85\\u2028\\u2029';

/** PCRE's escapes of one letter that V8 does not know, or reads in another way; `members` is for a place inside a class. */
const LETTERS: Readonly<Record<string, { readonly text: string; readonly members?: string }>> = {
  A: { text: '(?<![\\s\\S])' },
  z: { text: '(?![\\s\\S])' },
  Z: { text: '(?=\\n?(?![\\s\\S]))' },
  h: { text: '[ \\t]', members: ' \\t' },
  H: { text: '[^ \\t]' },
  v: { text: `[${VERTICAL}]`, members: VERTICAL },
  V: { text: `[^${VERTICAL}]` },
  R: { text: `(?:\\r\\n|[${VERTICAL}])` },
  N: { text: '[^\\n]' },
  e: { text: '\\x1b', members: '\\x1b' },
  a: { text: '\\x07', members: '\\x07' },
  E: { text: '', members: '' },
};

/** Letters whose escape V8 reads as PCRE does. */
const SAME_LETTERS = 'dDwWsSbBtnrf';

/** Escapes that V8 has nothing for. */
const UNSUPPORTED_ESCAPES = 'KXGC';

const POSIX_CLASSES: Readonly<Record<string, string>> = {
  alpha: 'a-zA-Z',
  digit: '0-9',
  alnum: 'a-zA-Z0-9',
  upper: 'A-Z',
  lower: 'a-z',
  space: '\\s',
  punct: '!-\\/:-@\\[-`{-~',
  xdigit: '0-9A-Fa-f',
  word: '\\w',
};

/** What PCRE has and V8 has not, refused by name. */
const UNSUPPORTED: readonly { readonly start: RegExp; readonly name: string }[] = [
  { start: /^\(\?>/, name: 'atomic groups (?>…)' },
  { start: /^\(\?P>|^\(\?R\)|^\(\?[+-]?\d+\)|^\(\?&/, name: 'recursion' },
  { start: /^\(\?#/, name: 'comments (?#…)' },
  { start: /^\(\?[a-zA-Z]*-?[a-zA-Z]*[):]/, name: 'inline flags that do not stand first' },
  { start: /^\(\*/, name: 'verbs (*…)' },
];

/** A quantifier in braces. */
const COUNTED = /^\{\d+(?:,\d*)?\}/;

/** Translates the spelling of PCRE to V8's. Throws `Error` with a sentence for what is wrong or not supported. `extended` is the flag x. */
export function translatePattern(body: string, extended: boolean): Translated {
  let text = '';
  let isUnicode = false;
  let inClass = false;
  for (let at = 0; at < body.length; ) {
    const char = body[at] as string;
    const piece =
      char === '\\' ? translateEscape(body, at, inClass) : inClass ? translateMember(body, at) : translatePlain(body, at, extended);
    text += piece.text;
    at += piece.length;
    isUnicode ||= piece.isUnicode === true;
    if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
  }
  return { text, isUnicode };
}

function translateMember(body: string, at: number): Piece {
  const char = body[at] as string;
  const posix = char === '[' ? /^\[:(\^?\w+):\]/.exec(body.slice(at, at + 20)) : null;
  if (posix === null) return { text: char === '[' ? '\\[' : char, length: 1 };
  const members = POSIX_CLASSES[posix[1] as string];
  if (members === undefined) throw new Error(`unknown character class ${posix[0]}`);
  return { text: members, length: posix[0].length };
}

function translatePlain(body: string, at: number, extended: boolean): Piece {
  const char = body[at] as string;
  if (char === '[') {
    // PCRE: a `]` right after the opening is itself a member.
    const opening = /^\[\^?\]?/.exec(body.slice(at, at + 3))?.[0] ?? char;
    return { text: opening.replace(']', '\\]'), length: opening.length };
  }
  if (char === '(') return translateGroup(body.slice(at, at + 40));
  // Blank space and comments mean nothing under the x flag.
  if (extended && /\s/.test(char)) return { text: '', length: 1 };
  if (extended && char === '#') return { text: '', length: (/^#.*/.exec(body.slice(at)) ?? [char])[0].length };
  const quantifier = '*+?'.includes(char) ? char : COUNTED.exec(body.slice(at, at + 40))?.[0];
  if (quantifier !== undefined) {
    if (body[at + quantifier.length] === '+') throw new Error('possessive quantifiers (*+, ++, ?+) are not supported');
    return { text: quantifier, length: quantifier.length };
  }
  // Braces and brackets that stand for themselves.
  return { text: '{}]'.includes(char) ? `\\${char}` : char, length: 1 };
}

function translateEscape(body: string, at: number, inClass: boolean): Piece {
  const letter = body[at + 1];
  if (letter === undefined) throw new Error('the pattern ends with a backslash');
  if (!/[a-zA-Z0-9]/.test(letter)) return { text: escapeText(letter, inClass), length: 2 };
  if (letter === 'Q') {
    const end = body.indexOf('\\E', at + 2);
    const quoted = body.slice(at + 2, end === -1 ? undefined : end);
    return { text: [...quoted].map((char) => escapeText(char, inClass)).join(''), length: quoted.length + (end === -1 ? 2 : 4) };
  }
  const known = Object.hasOwn(LETTERS, letter) ? LETTERS[letter] : undefined;
  const text = inClass ? known?.members : known?.text;
  if (text !== undefined) return { text, length: 2 };
  if (known !== undefined) throw new Error(`\\${letter} inside [ ] is not supported`);
  if (UNSUPPORTED_ESCAPES.includes(letter)) throw new Error(`\\${letter} is not supported`);
  if (SAME_LETTERS.includes(letter)) return { text: `\\${letter}`, length: 2 };
  const rest = body.slice(at, at + 60);
  const piece = translateProperty(rest) ?? translateCode(rest) ?? translateReference(rest);
  if (piece === undefined) throw new Error(`unknown escape \\${letter}`);
  return piece;
}

// `\pL`, `\p{Greek}` and `\p{^L}` as `\p{L}`, `\p{Script=Greek}` and `\P{L}`.
function translateProperty(rest: string): Piece | undefined {
  const match = /^\\([pP])(?:\{(\^?)([^}]*)\}|(\w))/.exec(rest);
  if (match === null) return undefined;
  const name = match[3] ?? match[4] ?? '';
  const isNegative = (match[1] === 'P') !== (match[2] === '^');
  const property = (name === 'L&' ? ['LC'] : [name, `Script=${name}`]).find(isProperty);
  if (property === undefined) throw new Error(`unknown property ${match[0]}`);
  return { text: `\\${isNegative ? 'P' : 'p'}{${property}}`, length: match[0].length, isUnicode: true };
}

function isProperty(name: string): boolean {
  try {
    return /^[\w=]+$/.test(name) && new RegExp(`\\p{${name}}`, 'u') !== undefined;
  } catch {
    return false;
  }
}

// Characters by their code: `\x{41}`, `\o{101}`, `\012`, and V8's own `\x41`, `\u0041`, `\u{41}`, `\cA`.
function translateCode(rest: string): Piece | undefined {
  if (/^\\c[a-zA-Z]/.test(rest)) return { text: rest.slice(0, 3), length: 3 };
  const match = /^\\(?:[xu]\{([0-9a-fA-F]+)\}|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|o\{([0-7]+)\}|(0[0-7]{0,2}))/.exec(rest);
  if (match === null) return undefined;
  const hexadecimal = match[1] ?? match[2] ?? match[3];
  const code = hexadecimal === undefined ? Number.parseInt(match[4] ?? match[5] ?? '', 8) : Number.parseInt(hexadecimal, 16);
  if (code > 0x10ffff) throw new Error(`${match[0]} is not a character`);
  const { length } = match[0];
  return code > 0xffff
    ? { text: `\\u{${code.toString(16)}}`, length, isUnicode: true }
    : { text: `\\u${code.toString(16).padStart(4, '0')}`, length };
}

const REFERENCE = /^\\(?:([1-9]\d?)|g([1-9]\d?)|g\{([1-9]\d?)\}|k<(\w+)>|k\{(\w+)\}|k'(\w+)'|g\{([a-zA-Z_]\w*)\})/;

// `\1`, `\g1`, `\g{1}`, `\k<name>`, `\k{name}`, `\k'name'`, `\g{name}`.
function translateReference(rest: string): Piece | undefined {
  const match = REFERENCE.exec(rest);
  if (match === null) {
    if (rest[1] === 'g') throw new Error('\\g with a relative number, and calls of groups, are not supported');
    return undefined;
  }
  const number = match[1] ?? match[2] ?? match[3];
  const name = match.slice(4).find((text) => text !== undefined);
  // A digit may follow that does not belong to the number.
  return { text: number === undefined ? `\\k<${name}>` : `(?:\\${number})`, length: match[0].length, isUnicode: true };
}

function escapeText(char: string, inClass: boolean): string {
  return /[\^$\\.*+?()[\]{}|/]/.test(char) || (inClass && char === '-') ? `\\${char}` : char;
}

function translateGroup(rest: string): Piece {
  const named = /^\(\?P<(\w+)>/.exec(rest);
  if (named !== null) return { text: `(?<${named[1]}>`, length: named[0].length };
  const backReference = /^\(\?P=(\w+)\)/.exec(rest);
  if (backReference !== null) return { text: `\\k<${backReference[1]}>`, length: backReference[0].length };
  if (!rest.startsWith('(?:')) {
    const unsupported = UNSUPPORTED.find(({ start }) => start.test(rest));
    if (unsupported !== undefined) throw new Error(`${unsupported.name} are not supported`);
  }
  return { text: '(', length: 1 };
}
