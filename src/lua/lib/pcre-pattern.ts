import { translatePattern } from './translate-pattern.ts';

const MAX_CACHED_PATTERNS = 200;

/** V8 compiles a longer one with memory and time that no limit sees. */
const MAX_PATTERN_LENGTH = 16 * 1024;

const cache = new Map<string, RegExp>();

const INLINE_FLAGS = /^\(\?([imsx]+)\)/;

/**
 * Compiles a pattern: plain (`\d+`) or delimited (`/\d+/i`, see `splitDelimited`), with `(?P<name>…)`, `(?P=name)`, leading `(?i)`, PCRE's escapes and
 * POSIX classes. Throws `Error` with a sentence for what is wrong or not supported. `flags` are V8's own, for example `g`.
 */
export function compilePattern(source: string, flags: string): RegExp {
  if (source.length > MAX_PATTERN_LENGTH) throw new Error(`it is longer than ${MAX_PATTERN_LENGTH} characters`);
  const key = `${flags}/${source}`;
  const known = cache.get(key);
  if (known !== undefined) {
    known.lastIndex = 0;
    return known;
  }
  const compiled = compile(source, flags);
  if (cache.size >= MAX_CACHED_PATTERNS) cache.clear();
  cache.set(key, compiled);
  return compiled;
}

/** How a pattern that begins with a slash is read. */
export interface Delimited {
  readonly body: string;
  readonly flags: string;
  /** The text could also be meant as a path. */
  readonly isDoubtful: boolean;
}

const FLAGS = 'imsxu';
const PATH_SEGMENT = /^[\w.~%@:+,=-]*$/;
const BARE_SLASH = /(?:^|[^\\])(?:\\\\)*\//;

/** What a flag needs in the pattern, or else it does nothing. */
const NEEDS: Readonly<Record<string, RegExp>> = { i: /\p{L}/u, m: /[$^]/, s: /\./, x: /[\s#]/, u: /[^\0-\x7f]|\\/ };

/**
 * The parts of a delimited pattern, `/body/flags`; undefined for any other, which is a pattern with its slashes. A path is not delimited:
 * the body has no slash of its own unless it is anchored, each flag has something to do in it, and a body that could be a segment of a
 * path has the flag i alone.
 */
export function splitDelimited(source: string): Delimited | undefined {
  const end = source.lastIndexOf('/');
  const body = source.slice(1, end);
  const flags = source.slice(end + 1);
  if (source[0] !== '/' || end < 2 || !/^[a-zA-Z]*$/.test(flags)) return undefined;
  const isAnchored = body.startsWith('^') || /(?:^|[^\\])\$$/.test(body);
  if (BARE_SLASH.test(body) && !isAnchored) return undefined;
  const unknown = [...flags].find((flag) => !FLAGS.includes(flag));
  if (unknown !== undefined && flags.length > 1 && !isAnchored) return undefined;
  if (unknown !== undefined)
    throw new Error(`unknown flag '${unknown}' (known: i m s x u) of the form /…/flags; for the text itself write [/] for the first slash`);
  const isPath = PATH_SEGMENT.test(body) ? flags !== 'i' : [...flags].some((flag) => NEEDS[flag]?.test(body) !== true);
  return isPath ? undefined : { body, flags, isDoubtful: /^\w/.test(body) };
}

/** Something wrong or doubtful with a pattern of a script. */
export interface PatternProblem {
  readonly severity: 'error' | 'warning';
  readonly message: string;
}

/** A path or a delimited pattern of one segment, as both are written. */
const ONE_SEGMENT = /^\/\w[^/]*\/[imsxu]*$/;

/** What is wrong with a pattern, or doubtful: whether it has the form `/…/flags` or is a path. */
export function patternProblem(source: string): PatternProblem | undefined {
  try {
    compilePattern(source, '');
  } catch (thrown) {
    return { severity: 'error', message: `bad pattern: ${(thrown as Error).message}` };
  }
  const delimited = splitDelimited(source);
  if (delimited?.isDoubtful === true) {
    const flags = delimited.flags === '' ? '' : ` with the flags ${delimited.flags}`;
    return {
      severity: 'warning',
      message: `the pattern is read as ${delimited.body}${flags}; for the text with its slashes write [/] for the first.`,
    };
  }
  if (delimited !== undefined || !ONE_SEGMENT.test(source)) return undefined;
  return { severity: 'warning', message: `the pattern is read with its slashes; without them write (?i) and the like for flags.` };
}

function compile(source: string, ownFlags: string): RegExp {
  const delimited = splitDelimited(source);
  let body = delimited?.body ?? source;
  let flags = delimited?.flags ?? '';
  const inline = INLINE_FLAGS.exec(body);
  if (inline !== null) {
    flags += inline[1];
    body = body.slice(inline[0].length);
  }
  const { text, isUnicode } = translatePattern(body, flags.includes('x'));
  const jsFlags = [...new Set([...flags.replaceAll(/[xu]/g, ''), ...ownFlags])].join('');
  try {
    return new RegExp(text, `${jsFlags}u`);
  } catch (thrown) {
    // Outside Unicode mode V8 is more lenient, but there some escapes have another meaning.
    if (isUnicode || flags.includes('u')) throw reworded(thrown);
    try {
      return new RegExp(text, jsFlags);
    } catch (again) {
      throw reworded(again);
    }
  }
}

function reworded(thrown: unknown): Error {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new Error(message.replace(/^Invalid regular expression: /, ''));
}
