import { closeSync, fchmodSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export interface ReplaceOptions {
  /** @default 0o600 (the owner only) */
  readonly mode?: number;
  /** Where the new content is written first. A caller that holds a lock names a file that it finds again. @default one for each process */
  readonly temporary?: string;
}

/**
 * Replaces a file as a whole, or makes it: readers see the old or the new content, also after a crash or on a full disk. A link is
 * replaced, not followed. Throws errors of the file system, and then leaves the file as it was.
 */
export function replaceFile(
  file: string,
  content: string | Buffer,
  { mode = 0o600, temporary = `${file}.${process.pid}.tmp` }: ReplaceOptions = {},
): void {
  rmSync(temporary, { force: true });
  try {
    const descriptor = openSync(temporary, 'wx', 0o600);
    try {
      writeFileSync(descriptor, content);
      fchmodSync(descriptor, mode);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (thrown) {
    rmSync(temporary, { force: true });
    throw thrown;
  }
  syncFolder(path.dirname(file));
}

// So that the new name is on the disk, too. Not every file system can; the content is there in any case.
function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // As on Windows.
  }
}
