import { chmodSync } from 'node:fs';
import path from 'node:path';
import { redactText } from '../../errors/index.ts';
import { appendLine } from '../../platform/append-file.ts';
import { fileReason } from '../../platform/file-errors.ts';
import { createPrivateDirectory } from '../../platform/private-directory.ts';
import { readRegularText } from '../../platform/read-regular-file.ts';
import { replaceFile } from '../../platform/replace-file.ts';
import { maskSource } from '../../runtime/index.ts';

/** Lines that the file keeps from one session to the next. */
export const MAX_LINES = 1000;

/** A longer line was pasted, and is not kept in the history. */
const MAX_LINE_LENGTH = 2000;

/** As long as some thousand long lines. */
const MAX_FILE_BYTES = 16 * 1024 ** 2;

/** Only the owner may read the history. */
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
      usable = false;
      onProblem(`the history ${file} cannot be used (${fileReason(thrown)}); this session is not remembered`);
      return otherwise;
    }
  };

  const lines = attempt(() => readLines(file, onProblem), []);
  let last = lines.at(-1);
  return {
    earlier: [...lines].reverse(),
    add(text) {
      if (text.startsWith(' ')) return;
      for (const line of maskSource(redactText(text), () => '[redacted]').split('\n')) {
        if (line.trim() === '' || line === last || line.length > MAX_LINE_LENGTH) continue;
        last = line;
        attempt(() => {
          createPrivateDirectory(path.dirname(file));
          appendLine(file, line);
        }, undefined);
      }
    },
  };
}

function readLines(file: string, onProblem: (message: string) => void): string[] {
  const text = readRegularText(file, MAX_FILE_BYTES);
  if (text === undefined) return [];
  chmodSync(file, FILE_MODE);
  const all = text.split('\n').filter((line) => line !== '');
  // A damaged line could hold anything, and goes to the terminal.
  const lines = all.filter((line) => !/[\p{Cc}\ufffd]/u.test(line.replaceAll('\t', ' ')));
  if (lines.length < all.length) onProblem(`${all.length - lines.length} damaged lines of the history ${file} were removed`);
  const kept = lines.slice(-MAX_LINES);
  if (kept.length < all.length) replaceFile(file, kept.map((line) => `${line}\n`).join(''));
  return kept;
}
