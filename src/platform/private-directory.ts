import { mkdirSync } from 'node:fs';
import path from 'node:path';

/**
 * Makes a folder with those around it, readable by its owner alone, unless it is there. Throws what the file system says. Not by `recursive`
 * of Node, which never returns where a file system cannot hold folders, such as /proc.
 */
export function createPrivateDirectory(folder: string): void {
  if (isMade(folder)) return;
  createPrivateDirectory(path.dirname(folder));
  if (!isMade(folder)) mkdirSync(folder);
}

// False where what is around it is missing.
function isMade(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EEXIST') return true;
    if (code === 'ENOENT' && path.dirname(folder) !== folder) return false;
    throw thrown;
  }
}
