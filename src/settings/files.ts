import {
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { KosmoError } from '../errors/index.ts';
import { makeFolder } from '../make-folder.ts';

export interface ChangeFileOptions {
  /** Readable by its owner alone. @default true */
  readonly isPrivate?: boolean;
}

/** The text of a file of the user's; undefined where there is none. Throws `SETTINGS_UNAVAILABLE`. */
export function readFileIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unavailable(file, 'read', thrown);
  }
}

/**
 * Changes a file that other processes may change too: under a lock, from the text that is there now to the one that `change` returns
 * (undefined leaves it), and never seen half written. Throws `SETTINGS_UNAVAILABLE`, and what `change` throws.
 */
export async function changeFile(
  file: string,
  change: (text: string | undefined) => string | undefined | Promise<string | undefined>,
  { isPrivate = true }: ChangeFileOptions = {},
): Promise<void> {
  const target = attempt(file, () => {
    if (isPrivate) makeFolder(path.dirname(file));
    else if (!existsSync(path.dirname(file))) mkdirSync(path.dirname(file));
    return behindLinks(file);
  });
  const { lockFile } = await import('./lock-file.ts');
  const lock = await lockFile(target).catch((thrown: unknown) => {
    throw unavailable(file, 'locked', thrown);
  });
  try {
    const before = readFileIfThere(target);
    const after = await change(before);
    if (after === undefined || after === before) return;
    if (lock.lost !== undefined) throw unavailable(file, 'written', lock.lost);
    attempt(file, () => replace(target, after, isPrivate));
  } finally {
    await lock.release();
  }
}

// People keep such files elsewhere and link to them.
function behindLinks(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.join(realpathSync(path.dirname(file)), path.basename(file));
  }
}

// Only who holds the lock is here, so what lies at the name is left of a process that was killed.
function replace(target: string, text: string, isPrivate: boolean): void {
  const temporary = `${target}.tmp`;
  rmSync(temporary, { force: true });
  const file = openSync(temporary, 'wx', 0o600);
  try {
    writeFileSync(file, text);
    fchmodSync(file, isPrivate ? 0o600 : modeOf(target));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(temporary, target);
}

function modeOf(file: string): number {
  try {
    return statSync(file).mode & 0o777;
  } catch {
    return 0o644;
  }
}

function attempt<Result>(file: string, run: () => Result): Result {
  try {
    return run();
  } catch (thrown) {
    throw unavailable(file, 'written', thrown);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EISDIR: 'it is a folder',
  ENOTDIR: 'what is above it is no folder',
  ELOCKED: 'another process holds its lock',
};

function unavailable(file: string, what: 'read' | 'written' | 'locked', thrown: unknown): KosmoError {
  const { code = '', message } = thrown as NodeJS.ErrnoException;
  return new KosmoError('SETTINGS_UNAVAILABLE', `${file} cannot be ${what}: ${REASONS[code] ?? message}.`, {
    hint:
      code === 'ELOCKED'
        ? `if no kosmo runs, delete ${file}.lock`
        : `give this user access to ${file}, or set KOSMO_HOME to another folder`,
    details: { file },
    cause: thrown,
  });
}
