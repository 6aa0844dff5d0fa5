import { rememberSecret } from '../../errors/index.ts';
import { maskSource } from './mask-source.ts';

/** The text of a script, by line and byte as the engine counts them. */
export interface Source {
  /** Each byte as one character, without byte order mark; a first line that begins with `#` is a comment. */
  readonly latin1: string;
  /**
   * The beginning of a line (from 1), with secrets masked; what was masked is a secret of this process from then on.
   */
  readonly line: (line: number) => string;
  /** The column (from 1) of a byte (from 0) of a line, in characters. */
  readonly column: (line: number, byte: number) => number;
}

/** Bytes of a line that are shown. */
const MAX_LINE_LENGTH = 1000;

export function readSource(code: string | Uint8Array): Source {
  const text = Buffer.from(code as Uint8Array)
    .toString('latin1')
    .replace(/^\u00ef\u00bb\u00bf/, '');
  const lines = splitLines(text);
  let masked: readonly string[] | undefined;
  return {
    latin1: text.replace(/^#/, '--#'),
    line(line) {
      masked ??= splitLines(maskSource(text, maskBytes));
      return decode((masked[line - 1] ?? '').slice(0, MAX_LINE_LENGTH));
    },
    column: (line, byte) => [...decode((lines[line - 1] ?? '').slice(0, byte))].length + 1,
  };
}

function splitLines(text: string): readonly string[] {
  return text.split(/\r\n|\n\r|[\r\n]/);
}

function decode(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}

// A star for each character, not for each byte, and lines stay lines: columns are counted in what is shown.
function maskBytes(secret: string): string {
  rememberSecret(decode(secret));
  return secret.replaceAll(/[\x80-\xbf]/g, '').replaceAll(/[^\r\n]/g, '*');
}
