import type { Stats } from 'node:fs';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file may not grow any larger',
  EISDIR: 'it is a folder',
  ENOTDIR: 'what is above it is no folder',
  ELOOP: 'its links go in a circle',
  EIO: 'the disk reports an error',
  EMFILE: 'too many open files; ulimit -n sets how many a process may open',
  ENFILE: 'the machine has too many open files',
  ELOCKED: 'another process holds its lock',
};

/** Why a file could not be read or written, in words for people. */
export function fileReason(thrown: unknown): string {
  const { code = '', message } = thrown as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}

/** An error as the file system throws it. */
export function fileError(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code });
}

/** Throws for everything that is not a regular file: reading a device may never end, and a named pipe waits for another process. */
export function assertRegular(facts: Stats): void {
  if (!facts.isFile()) throw fileError(facts.isDirectory() ? 'EISDIR' : 'ENOTREGULAR', 'it is no regular file');
}
