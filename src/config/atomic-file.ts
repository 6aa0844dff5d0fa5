import { existsSync, mkdirSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { KosmoError } from '../errors/index.ts';
import { assertRegular, fileReason } from '../platform/file-errors.ts';
import { createPrivateDirectory } from '../platform/private-directory.ts';
import { readRegularText } from '../platform/read-regular-file.ts';
import { replaceFile } from '../platform/replace-file.ts';

/** More than any file of settings, secrets or trusted servers has. A sync tool or a project can put any file in its place. */
const MAX_FILE_BYTES = 4 * 1024 ** 2;

export interface ChangeFileOptions {
  /** Readable only by its owner. @default true */
  readonly isPrivate?: boolean;
}

/** Reads the text of a settings file; undefined if it does not exist. Throws `SETTINGS_UNAVAILABLE`, also if it is not a regular file. */
export function readFileIfThere(file: string): string | undefined {
  try {
    return readRegularText(file, MAX_FILE_BYTES);
  } catch (thrown) {
    throw unavailable(file, 'read', thrown);
  }
}

/**
 * Changes a file under a lock: `change` gets the current text and returns the new one, or undefined to leave it. Other processes never
 * see half a file. Throws `SETTINGS_UNAVAILABLE`, and the errors of `change`.
 */
export async function changeFile(
  file: string,
  change: (text: string | undefined) => string | undefined | Promise<string | undefined>,
  { isPrivate = true }: ChangeFileOptions = {},
): Promise<void> {
  const target = attempt(file, () => {
    if (isPrivate) createPrivateDirectory(path.dirname(file));
    else if (!existsSync(path.dirname(file))) mkdirSync(path.dirname(file));
    const found = resolveLinks(file);
    // Before the lock: for a device the lock would be made in the folder of devices.
    if (existsSync(found)) assertRegular(statSync(found));
    return found;
  });
  const { lockFile } = await import('../platform/lock-file.ts');
  const lock = await lockFile(target).catch((thrown: unknown) => {
    throw unavailable(file, 'locked', thrown);
  });
  try {
    const before = readFileIfThere(target);
    const after = await change(before);
    if (after === undefined || after === before) return;
    if (lock.lost !== undefined) throw unavailable(file, 'written', lock.lost);
    // This process holds the lock, so an existing temporary file was left by a killed process.
    attempt(file, () => replaceFile(target, after, { mode: isPrivate ? 0o600 : modeOf(target), temporary: `${target}.tmp` }));
  } finally {
    await lock.release();
  }
}

// Users keep such files elsewhere and link to them.
function resolveLinks(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return path.join(realpathSync(path.dirname(file)), path.basename(file));
  }
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

function unavailable(file: string, what: 'read' | 'written' | 'locked', thrown: unknown): KosmoError {
  const { code = '' } = thrown as NodeJS.ErrnoException;
  return new KosmoError('SETTINGS_UNAVAILABLE', `${file} cannot be ${what}: ${fileReason(thrown)}.`, {
    hint:
      code === 'ELOCKED'
        ? `if no kosmo runs, delete ${file}.lock`
        : `give this user access to ${file}, or set KOSMO_HOME to another folder`,
    details: { file },
    cause: thrown,
  });
}
