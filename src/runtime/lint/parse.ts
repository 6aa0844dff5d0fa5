import { type Chunk, parse } from 'luaparse';
import type { KosmoError } from '../../errors/index.ts';
import type { Finding } from './finding.ts';
import type { Source } from './source.ts';

/** The tree of a script, or the place where luaparse gives up. */
export type Parsed = { readonly tree: Chunk } | { readonly line: number; readonly byte: number };

/** Parses Lua 5.3. Whether there is an error of syntax is for the engine to say: luaparse knows a slightly different language. */
export function parseScript({ latin1 }: Source): Parsed {
  try {
    return { tree: parse(latin1, { luaVersion: '5.3', locations: true, comments: false, encodingMode: 'pseudo-latin1' }) };
  } catch (thrown) {
    const { line, column } = thrown as { readonly line?: number; readonly column?: number };
    // Its columns of errors are counted from 0 or 1, as it happens. Nesting that is too deep for it has no place at all.
    return { line: line ?? 1, byte: column ?? 0 };
  }
}

/** The engine's error of a script that it was given under the name `chunk`, at the token that the message names. */
export function syntaxFinding(source: Source, error: KosmoError, chunk: string, parsed: Parsed): Finding {
  const reported = typeof error.details.line === 'number' ? error.details.line : 1;
  const message = error.message.replace(`${chunk}:${reported}: `, '');
  const [, goto] = /<goto(?: \w+)?> at line (\d+)/.exec(message) ?? [];
  const line = goto === undefined ? reported : Number(goto);
  const text = source.line(line);
  const guess = 'line' in parsed && parsed.line === line ? source.column(line, parsed.byte) : undefined;
  const column = goto === undefined ? columnOf(message, text, guess) : nearest(columnsOf('goto', text), guess);
  return {
    line,
    column: Math.max(1, column ?? guess ?? text.search(/\S|$/) + 1),
    severity: 'error',
    rule: 'syntax',
    message: error.hint === undefined ? message : `${message}. ${error.hint[0]?.toUpperCase()}${error.hint.slice(1)}.`,
    source: text,
  };
}

function columnOf(message: string, text: string, guess: number | undefined): number | undefined {
  if (message.endsWith('<eof>')) return [...text].length + 1;
  const token = /near '(.+)'$/s.exec(message)?.[1];
  if (token === undefined) return undefined;
  // A byte that begins no token.
  const byte = /^<\\(\d+)>$/.exec(token)?.[1];
  if (byte === undefined) return nearest(columnsOf(token, text), guess);
  // In what is no UTF-8 the byte is no character of the text.
  const at = [...text].findIndex((character) => Buffer.from(character)[0] === Number(byte));
  return at === -1 ? undefined : at + 1;
}

function nearest(columns: readonly number[], guess = 0): number | undefined {
  return [...columns].sort((a, b) => Math.abs(a - guess) - Math.abs(b - guess))[0];
}

// A name is not found within a longer one.
function columnsOf(token: string, text: string): number[] {
  const isWord = /^\w+$/.test(token);
  const columns: number[] = [];
  for (let at = text.indexOf(token); at !== -1; at = text.indexOf(token, at + 1)) {
    const isPart = isWord && [text[at - 1], text[at + token.length]].some((beside) => beside !== undefined && /\w/.test(beside));
    if (!isPart) columns.push([...text.slice(0, at)].length + 1);
  }
  return columns;
}
