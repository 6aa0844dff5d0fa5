const CACHE_AT_MOST = 200;

/** V8 compiles a longer one with memory and time that no limit sees. */
const LONGEST_PATTERN = 16 * 1024;

const cache = new Map<string, RegExp>();

const DELIMITED = /^\/([\s\S]*)\/([a-zA-Z]*)$/;
const INLINE_FLAGS = /^\(\?([imsx]+)\)/;

/** PCRE's spelling → V8's, outside and inside a character class. */
const ESCAPES: Readonly<Record<string, { readonly outside: string; readonly inside?: string }>> = {
  A: { outside: '(?<![\\s\\S])' },
  z: { outside: '(?![\\s\\S])' },
  Z: { outside: '(?=\\n?(?![\\s\\S]))' },
  h: { outside: '[ \\t]', inside: ' \\t' },
  e: { outside: '\\x1b', inside: '\\x1b' },
  a: { outside: '\\x07', inside: '\\x07' },
};

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

/**
 * Compiles a pattern: plain (`\d+`) or delimited (`/\d+/i`, flags i m s x u), with `(?P<name>…)`, `(?P=name)`, leading `(?i)`, `\A \z \Z \h`
 * and POSIX classes. Throws `Error` with a sentence for what is wrong or not supported. `flags` are V8's own, for example `g`.
 */
export function compilePattern(source: string, flags: string): RegExp {
  if (source.length > LONGEST_PATTERN) throw new Error(`it is longer than ${LONGEST_PATTERN} characters`);
  const key = `${flags}/${source}`;
  const known = cache.get(key);
  if (known !== undefined) {
    known.lastIndex = 0;
    return known;
  }
  const compiled = compile(source, flags);
  if (cache.size >= CACHE_AT_MOST) cache.clear();
  cache.set(key, compiled);
  return compiled;
}

function compile(source: string, ownFlags: string): RegExp {
  const delimited = DELIMITED.exec(source);
  let body = delimited?.[1] ?? source;
  let flags = delimited?.[2] ?? '';
  const inline = INLINE_FLAGS.exec(body);
  if (inline !== null) {
    flags += inline[1];
    body = body.slice(inline[0].length);
  }
  const unknown = [...flags].find((flag) => !'imsxu'.includes(flag));
  if (unknown !== undefined) throw new Error(`unknown flag '${unknown}' (known: i m s x u)`);
  const translated = translate(body, flags.includes('x'));
  const jsFlags = [...new Set([...flags.replaceAll(/[xu]/g, ''), ...ownFlags])].join('');
  try {
    return new RegExp(translated, `${jsFlags}u`);
  } catch (thrown) {
    // Outside Unicode mode V8 is as lenient with needless escapes as PCRE is.
    if (flags.includes('u')) throw reworded(thrown);
    try {
      return new RegExp(translated, jsFlags);
    } catch (again) {
      throw reworded(again);
    }
  }
}

function reworded(thrown: unknown): Error {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Error(message.replace(/^Invalid regular expression: /, ''));
}

function translate(body: string, extended: boolean): string {
  let result = '';
  let inClass = false;
  for (let i = 0; i < body.length; i++) {
    const char = body[i] as string;
    const rest = body.slice(i, i + 40);
    if (char === '\\') {
      const next = body[++i];
      if (next === undefined) throw new Error('the pattern ends with a backslash');
      const spelling = ESCAPES[next];
      result += (inClass ? spelling?.inside : spelling?.outside) ?? char + next;
    } else if (inClass) {
      const posix = /^\[:(\w+):\]/.exec(rest);
      if (posix !== null) {
        const members = POSIX_CLASSES[posix[1] as string];
        if (members === undefined) throw new Error(`unknown character class [:${posix[1]}:]`);
        result += members;
        i += posix[0].length - 1;
        continue;
      }
      if (char === ']') inClass = false;
      result += char === '[' ? '\\[' : char;
    } else if (char === '[') {
      inClass = true;
      result += char;
      // PCRE: a `]` right after the opening is itself a member.
      if (body[i + 1] === '^') result += body[++i];
      if (body[i + 1] === ']') {
        result += '\\]';
        i++;
      }
    } else if (char === '(') {
      const group = translateGroup(rest);
      result += group.text;
      i += group.length - 1;
    } else if (extended && /\s/.test(char)) {
      // Blank space means nothing under the x flag.
    } else if (extended && char === '#') {
      while (i + 1 < body.length && body[i + 1] !== '\n') i++;
    } else if ('*+?}'.includes(char) && body[i + 1] === '+') {
      throw new Error('possessive quantifiers (*+, ++, ?+) are not supported');
    } else {
      result += char;
    }
  }
  return result;
}

function translateGroup(rest: string): { readonly text: string; readonly length: number } {
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
