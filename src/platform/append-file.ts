import { closeSync, constants, fdatasyncSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { assertRegular, fileError } from './file-errors.ts';

const LINE_BREAK = 0x0a;

/** One write of a line takes less, unless the process was stopped in the middle of it. */
const WRITE_MS = 5;

/** Owner only. Without O_NONBLOCK, opening a named pipe waits for a reader; without O_NOCTTY, a terminal could become that of the process. */
const FLAGS = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

/**
 * Appends one line to a file that other processes append to as well, and reads it back: a line counts as written only when all its bytes
 * stand in a line of their own. A line that another process left cut off is ended first, and never touched. With `sync` the line is on the
 * disk on return. Returns the size of the file in bytes. Throws an error of the file system, with its code: `ENOSPC` for a line that was
 * written in part.
 */
export function appendLine(file: string, line: string, { sync = false }: { readonly sync?: boolean } = {}): number {
  const descriptor = openSync(file, FLAGS, 0o600);
  try {
    assertRegular(fstatSync(descriptor));
    const framed = Buffer.from(`\n${line}\n`);
    const { size: before, isCutOff } = readEnd(descriptor);
    let written = writeAll(descriptor, isCutOff ? framed : framed.subarray(1));
    // A short write, or a process that was killed while it wrote, just before this line.
    if (!written || !stands(descriptor, framed, before)) written = writeAll(descriptor, framed) && stands(descriptor, framed, before);
    if (!written) throw fileError('ENOSPC', 'only a part of the line could be written');
    if (sync) fdatasyncSync(descriptor);
    return fstatSync(descriptor).size;
  } finally {
    closeSync(descriptor);
  }
}

// Not in pieces: between two writes of one line another process could write its own.
function writeAll(descriptor: number, bytes: Buffer): boolean {
  return writeSync(descriptor, bytes) === bytes.length;
}

/** Where the file ends, and whether in the middle of a line that no process is writing any longer. */
function readEnd(descriptor: number): { readonly size: number; readonly isCutOff: boolean } {
  const last = Buffer.alloc(1);
  let checked = -1;
  for (;;) {
    const { size } = fstatSync(descriptor);
    if (size === 0 || readSync(descriptor, last, 0, 1, size - 1) === 0 || last[0] === LINE_BREAK) return { size, isCutOff: false };
    if (size === checked) return { size, isCutOff: true };
    // A write that crosses a page of the file system is seen in two parts.
    checked = size;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, WRITE_MS);
  }
}

// The lines of other processes may stand around it.
function stands(descriptor: number, framed: Buffer, before: number): boolean {
  const start = Math.max(before - 1, 0);
  const added = Buffer.alloc(Math.max(fstatSync(descriptor).size - start, 0));
  const length = readSync(descriptor, added, 0, added.length, start);
  const found = added.subarray(0, length);
  return found.includes(framed) || (before === 0 && found.subarray(0, framed.length - 1).equals(framed.subarray(1)));
}
