import { isSecretName, maskUrls } from '../../errors/index.ts';

/** Strings with their quotes (also unfinished ones), names, numbers, and single other characters. */
const TOKEN = /\[(=*)\[([\s\S]*?)(?:\]\1\]|$)|"((?:[^"\\\n]|\\[\s\S])*)"?|'((?:[^'\\\n]|\\[\s\S])*)'?|[A-Za-z_]\w*|\d[\w.]*|\s+|[\s\S]/g;

const STATEMENT = /^(?:local|return|end|if|for|while|repeat|function|do|then|else|elseif|until|break|goto)$/;
const OPERATOR = /^(?:and|or|not)$/;

/**
 * The text of a Lua script with its secrets replaced: strings and numbers that are given to a secret name, also within a list or a table,
 * and the secret parts of URLs. The script need not be complete, and comments count as well.
 */
export function maskSource(code: string, mask: (secret: string) => string): string {
  let result = '';
  const value = createSecretValue();
  for (const match of code.matchAll(TOKEN)) {
    const [token, , long, double, single] = match;
    const text = long ?? double ?? single;
    if (text === undefined && !/^\d/.test(token)) result += token;
    else result += value.isSecret() ? maskToken(token, text, mask) : maskInside(token, text, mask);
    value.follow(token, text, /^\s*\{/.test(code.slice(match.index + token.length, match.index + token.length + MAX_BLANKS)));
  }
  return result;
}

/** Between a name and its value. */
const MAX_BLANKS = 200;

// Follows the tokens of a script, and knows when they are part of a value that belongs to a secret name.
function createSecretValue(): {
  readonly isSecret: () => boolean;
  readonly follow: (token: string, text: string | undefined, isBeforeTable: boolean) => void;
} {
  // The depth of brackets at which the value began.
  let from: number | undefined;
  let depth = 0;
  let name = '';
  // `local secret, more = …`: every value of the list counts.
  let hasSecretInList = false;
  let isList = false;
  let isOperand = false;
  let wasString = false;
  const end = (): void => {
    from = undefined;
    isList = false;
  };
  const followName = (word: string): void => {
    if (STATEMENT.test(word) || (isOperand && from === depth && !OPERATOR.test(word))) end();
    name = word;
    isOperand = !OPERATOR.test(word);
  };
  const followMark = (mark: string, isBeforeTable: boolean): void => {
    if (mark === '=' || (mark === ':' && wasString)) {
      if (from === undefined && (hasSecretInList || isSecretName(name, isBeforeTable))) from = depth;
      isList = hasSecretInList;
    } else if (/[({[]/.test(mark)) depth++;
    else if (/[)}\]]/.test(mark)) depth--;
    else if (mark === ';' || (mark === ',' && !isList)) if (from === depth) end();
    hasSecretInList = mark === ',' && from === undefined && (hasSecretInList || isSecretName(name));
    if (from !== undefined && depth < from) end();
    isOperand = /[)}\]]/.test(mark);
    if (mark !== ']') name = '';
  };
  return {
    isSecret: () => from !== undefined,
    follow(token, text, isBeforeTable) {
      if (/^\s/.test(token)) {
        // A line break ends a statement; in a table only a comma does.
        if (from === depth && isOperand && depth === 0 && token.includes('\n')) end();
        return;
      }
      if (text !== undefined || /^\d/.test(token)) {
        name = text ?? '';
        isOperand = true;
      } else if (/^\w/.test(token)) followName(token);
      else followMark(token, isBeforeTable);
      wasString = text !== undefined || (token === ']' && wasString);
    },
  };
}

function maskToken(token: string, text: string | undefined, mask: (secret: string) => string): string {
  if (text === undefined) return mask(token);
  const start = token.indexOf(text, 1);
  return text === '' ? token : token.slice(0, start) + mask(text) + token.slice(start + text.length);
}

// Code or JSON can stand in a string.
function maskInside(token: string, text: string | undefined, mask: (secret: string) => string): string {
  if (text === undefined || text === '') return token;
  const start = token.indexOf(text, 1);
  const inner = /["'=]/.test(text) ? maskSource(text, mask) : text;
  return token.slice(0, start) + maskUrls(inner, mask) + token.slice(start + text.length);
}
