import { readFileSync, statSync } from 'node:fs';
import { KosmoError } from '../../../errors/index.ts';
import { assertRegular, fileReason } from '../../../platform/file-errors.ts';
import { replaceFile } from '../../../platform/replace-file.ts';

export interface StateFile {
  /** The content of the file; undefined if the file does not exist yet. */
  readonly content: unknown;
  /** Writes a state. Throws `USAGE` when it cannot be written. */
  readonly save: (state: object) => void;
  /** Writes the state that it is asked for a moment later, once for many changes. A failure is noted. */
  readonly saveSoon: (state: () => object) => void;
  /** Writes the state at the end. A failure is noted. */
  readonly saveLast: (state: object) => void;
}

const SOON_MS = 100;

/** Reads the file that an emulator keeps its state in. Throws `USAGE` when it cannot be read, or does not hold JSON. */
export function openStateFile(file: string, note: (line: string) => void): StateFile {
  const write = (state: object): void => replaceFile(file, `${JSON.stringify(state, null, 2)}\n`);
  let waiting: NodeJS.Timeout | undefined;
  let lastFailure = '';
  const tryToWrite = (state: object): void => {
    try {
      write(state);
      lastFailure = '';
    } catch (thrown) {
      const reason = fileReason(thrown);
      if (reason !== lastFailure) note(`note: the state could not be written to ${file}: ${reason}`);
      lastFailure = reason;
    }
  };
  return {
    content: readContent(file),
    save(state) {
      try {
        write(state);
      } catch (thrown) {
        throw new KosmoError('USAGE', `--state: ${file} cannot be written: ${fileReason(thrown)}`, {
          hint: 'name a file in a folder that exists and that you may write to',
        });
      }
    },
    saveSoon(state) {
      waiting ??= setTimeout(() => {
        waiting = undefined;
        tryToWrite(state());
      }, SOON_MS).unref();
    },
    saveLast(state) {
      clearTimeout(waiting);
      tryToWrite(state);
    },
  };
}

function readContent(file: string): unknown {
  let text: string;
  try {
    assertRegular(statSync(file));
    text = readFileSync(file, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new KosmoError('USAGE', `--state: ${file} cannot be read: ${fileReason(thrown)}`);
  }
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new KosmoError('USAGE', `--state: ${file} is not JSON: ${(thrown as Error).message}`, {
      hint: 'fix the file, or delete it to begin without recordings',
    });
  }
}
