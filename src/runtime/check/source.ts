import { redactJson, rememberSecret } from '../../errors/index.ts';

/** The text of a script, by line and byte as the engine counts them. */
export interface Source {
  /** Each byte as one character, without byte order mark; a first line that begins with `#` is a comment. */
  readonly latin1: string;
  /**
   * The beginning of a line (from 1), with the values of secret fields masked; what was masked is a secret of this process from then on.
   */
  readonly line: (line: number) => string;
  /** The column (from 1) of a byte (from 0) of a line, in characters. */
  readonly column: (line: number, byte: number) => number;
}

/** Bytes of a line that are shown. */
const LONGEST_LINE = 1000;

export function readSource(code: string | Uint8Array): Source {
  const text = Buffer.from(code as Uint8Array)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '');
  const lines = text.split(/\r\n|\n\r|[\r\n]/);
  const decoded = (line: number, end?: number): string => Buffer.from((lines[line - 1] ?? '').slice(0, end), 'latin1').toString('utf8');
  return {
    latin1: text.replace(/^#/, '--#'),
    line: (line) => maskSecrets(decoded(line, LONGEST_LINE)),
    column: (line, byte) => [...decoded(line, byte)].length + 1,
  };
}

/** `secretKey = "…"`, also where the text does not end. */
const ASSIGNED_TEXT = /(\b\w+)(["']?\]?\s*=\s*)(?:"((?:[^"\\]|\\.)*)|'((?:[^'\\]|\\.)*)|\[=*\[((?:(?!\]=*\]).)*))/g;

function maskSecrets(line: string): string {
  return line.replaceAll(ASSIGNED_TEXT, (all: string, name: string, _between, ...quoted: (string | undefined)[]) => {
    const value = quoted.slice(0, 3).find((text) => text !== undefined) ?? '';
    if (redactJson(value, name) === value) return all;
    rememberSecret(value);
    return all.slice(0, all.length - value.length) + '*'.repeat(value.length);
  });
}
