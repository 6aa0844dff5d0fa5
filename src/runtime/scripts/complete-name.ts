/** Completions of a name that is being typed. */
export interface Completion {
  /** The part of the name that is there. */
  readonly typed: string;
  /** The whole names that begin so, in alphabetical order. */
  readonly names: readonly string[];
}

/** `app.int` at the end of what was typed: the names that lead to it, and its beginning. */
const DOTTED_NAME = /(?<![\w.:])((?:[A-Za-z_]\w*[.:])*)([A-Za-z_]\w*)?$/;

/** `("…"):up`: a method of a string that has no name. */
const METHOD_OF_LITERAL = /(?:["']|\]\])\s*\)\s*:(\w*)$/;

/** Completes the name at the end of `line`; `namesIn` gives the names inside what a path leads to. */
export function completeName(line: string, namesIn: (path: readonly string[]) => readonly string[]): Completion {
  const [, method] = METHOD_OF_LITERAL.exec(line) ?? [];
  if (method !== undefined) return matching(method, namesIn(['string']));
  const [found, before = '', typed = ''] = DOTTED_NAME.exec(line) ?? [];
  return found === undefined ? { typed: '', names: [] } : matching(typed, namesIn(before.split(/[.:]/).slice(0, -1)));
}

function matching(typed: string, names: readonly string[]): Completion {
  return { typed, names: names.filter((name) => name.startsWith(typed) && /^[A-Za-z_]\w*$/.test(name)).sort() };
}
