import { lstatSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { KosmoError } from '../../errors/index.ts';
import { fileReason } from '../../platform/file-errors.ts';

/** A file to write below a folder. */
export interface NewFile {
  readonly path: string;
  readonly text: string | Buffer;
  /** It may hold secrets: only the user can read it. */
  readonly isPrivate?: boolean;
  /** Another template may have written the same text. */
  readonly isShared?: boolean;
}

/** Writes new files, all or none. Returns their paths. Throws `FILE_EXISTS` with each file that exists, and `SETTINGS_UNAVAILABLE`. */
export function writeNewFiles(folder: string, files: readonly NewFile[]): readonly string[] {
  const missing = files.filter((file) => !(file.isShared === true && isSame(path.join(folder, file.path), file.text)));
  const existing = missing.filter((file) => exists(path.join(folder, file.path))).map((file) => file.path);
  if (existing.length > 0)
    throw new KosmoError(
      'FILE_EXISTS',
      `${existing.join(', ')} ${existing.length === 1 ? 'exists' : 'exist'} already. Nothing was written.`,
      {
        hint: 'move the files away, or run the command in another folder',
        details: { files: existing },
      },
    );
  const written: string[] = [];
  for (const { path: name, text, isPrivate = false } of missing) {
    const file = path.join(folder, name);
    try {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, text, { flag: 'wx', mode: isPrivate ? 0o600 : 0o644 });
      written.push(file);
    } catch (thrown) {
      for (const other of written) rmSync(other, { force: true });
      throw new KosmoError('SETTINGS_UNAVAILABLE', `${file} cannot be written: ${fileReason(thrown)}. Nothing was written.`, {
        hint: `look at the permissions of ${path.dirname(file)}`,
        cause: thrown,
      });
    }
  }
  return missing.map((file) => file.path);
}

function exists(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
}

function isSame(file: string, text: string | Buffer): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isFile() === true && readFileSync(file).equals(Buffer.from(text));
}
