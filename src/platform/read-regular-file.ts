import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { assertRegular, fileError } from './file-errors.ts';

const MIB = 1024 ** 2;

/**
 * The bytes of a regular file, behind links; undefined if there is no file. Looks at the file before it opens it, because a link may lead
 * to a device or a named pipe. Throws an error with a code for everything else, and `EFBIG` for more than `maxBytes`.
 */
export function readRegularFile(file: string, maxBytes: number): Buffer | undefined {
  try {
    check(statSync(file), maxBytes);
    const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      // Another file may have taken the name meanwhile.
      const facts = fstatSync(descriptor);
      check(facts, maxBytes);
      return readAll(descriptor, facts.size, maxBytes);
    } finally {
      closeSync(descriptor);
    }
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw thrown;
  }
}

/** The text of a regular file in UTF-8, without a byte order mark; otherwise as `readRegularFile`. */
export function readRegularText(file: string, maxBytes: number): string | undefined {
  return readRegularFile(file, maxBytes)
    ?.toString('utf8')
    .replace(/^\ufeff/, '');
}

function check(facts: Stats, maxBytes: number): void {
  assertRegular(facts);
  if (facts.size > maxBytes) throw tooLong(maxBytes);
}

// A file may grow while it is read, and those of /proc have the size 0.
function readAll(descriptor: number, size: number, maxBytes: number): Buffer {
  let bytes = Buffer.allocUnsafe(Math.min(Math.max(size, 4096), maxBytes) + 1);
  let length = 0;
  for (;;) {
    const read = readSync(descriptor, bytes, length, bytes.length - length, null);
    length += read;
    if (read === 0) return bytes.subarray(0, length);
    if (length > maxBytes) throw tooLong(maxBytes);
    if (length === bytes.length) bytes = Buffer.concat([bytes], Math.min(bytes.length * 2, maxBytes + 1));
  }
}

function tooLong(maxBytes: number): Error {
  return fileError('ETOOLONG', `it is longer than ${maxBytes / MIB} MiB`);
}
