const MARKER = '\n[output cut here: it is longer than the limit]';

export interface Output {
  /** Adds one line of latin1 text (one character a byte), as `print` made it. */
  readonly writeLine: (line: string) => void;
  /** Everything captured, as UTF-8 text without a final newline; bytes that are not UTF-8 show as U+FFFD. */
  readonly text: () => string;
  readonly wasCut: () => boolean;
  /** Forgets what was captured. */
  readonly restart: () => void;
}

/** Captures what a script prints, at most `limit` bytes, and hands each line on as it comes. */
export function createOutput(limit: number, onLine: (line: Uint8Array) => void): Output {
  const lines: string[] = [];
  let size = 0;
  let cut = false;

  const emit = (line: string): void => {
    lines.push(line);
    onLine(Buffer.from(line, 'latin1'));
  };

  return {
    writeLine(line) {
      if (cut) return;
      const room = limit - size;
      size += line.length + 1;
      if (size <= limit) return emit(line);
      cut = true;
      emit(line.slice(0, Math.max(0, cutAtCharacter(line, room))) + MARKER);
    },
    text: () => Buffer.from(lines.join('\n'), 'latin1').toString('utf8'),
    wasCut: () => cut,
    restart() {
      lines.length = 0;
      size = 0;
      cut = false;
    },
  };
}

// Not in the middle of a UTF-8 character: back over continuation bytes.
function cutAtCharacter(line: string, end: number): number {
  let at = end;
  while (at > 0 && (line.charCodeAt(at) & 0xc0) === 0x80) at--;
  return at;
}
