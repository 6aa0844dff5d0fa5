import { appendFileSync, chmodSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { redactText } from '../../errors/index.ts';
import { makeFolder } from '../../make-folder.ts';
import { maskSource } from '../../runtime/index.ts';

/** Lines that the file keeps from one session to the next. */
export const LINES_AT_MOST = 1000;

/** A longer line was pasted; nobody looks for it in the history. */
const LINE_LENGTH_AT_MOST = 2000;

/** Nobody but the owner may read what was typed. */
const FILE_MODE = 0o600;

export interface History {
  /** The lines of earlier sessions, the newest first. */
  readonly earlier: readonly string[];
  /** Keeps what was typed, line by line; a text that begins with a space is not kept, nor is a secret that is known by now or belongs to a secret name. */
  readonly add: (text: string) => void;
}

/** The history in `file`. Where it cannot be read or written, `onProblem` hears so once and the session goes on without. */
export function openHistory(file: string, onProblem: (message: string) => void): History {
  let usable = true;
  const attempt = <Result>(what: () => Result, otherwise: Result): Result => {
    if (!usable) return otherwise;
    try {
      return what();
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === 'ENOENT') return otherwise;
      usable = false;
      onProblem(`the history ${file} cannot be used (${code}); this session is not remembered`);
      return otherwise;
    }
  };

  const lines = attempt(() => readLines(file), []);
  let last = lines.at(-1);
  return {
    earlier: [...lines].reverse(),
    add(text) {
      if (text.startsWith(' ')) return;
      for (const line of maskSource(redactText(text), () => '[redacted]').split('\n')) {
        if (line.trim() === '' || line === last || line.length > LINE_LENGTH_AT_MOST) continue;
        last = line;
        attempt(() => {
          makeFolder(path.dirname(file));
          appendFileSync(file, `${line}\n`, { mode: FILE_MODE });
        }, undefined);
      }
    },
  };
}

function readLines(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  lines.pop();
  chmodSync(file, FILE_MODE);
  if (lines.length <= LINES_AT_MOST) return lines;
  const kept = lines.slice(-LINES_AT_MOST);
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, `${kept.join('\n')}\n`, { mode: FILE_MODE });
  renameSync(fresh, file);
  return kept;
}
