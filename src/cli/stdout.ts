import { fstatSync, writeSync } from 'node:fs';
import type { TextStream } from './terminal.ts';

const FILE_DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

/**
 * `process.stdout` or `process.stderr` for questions about the terminal. Node's own loads its network code for a pipe, which costs a
 * one-liner a tenth of Node's start, so it is asked only where there may be a terminal.
 */
export function textStream(name: 'stdout' | 'stderr'): TextStream {
  return {
    get isTTY() {
      return kindOf(FILE_DESCRIPTORS[name]) === 'device' && process[name].isTTY;
    },
    get columns() {
      return process[name].columns;
    },
  };
}

let direct: boolean | undefined;

/** Writes to stdout: at once where it is a file or a pipe, through Node's stream anywhere else and after an error, which that reports. */
export function writeOut(data: string | Uint8Array): void {
  // The stream knows how to write to a console of Windows, and what to do while a reader is slow.
  direct ??= process.platform !== 'win32' && ['file', 'pipe'].includes(kindOf(1));
  if (!direct) {
    process.stdout.write(data);
    return;
  }
  const bytes = typeof data === 'string' ? Buffer.from(data) : data;
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(1, bytes, written);
  } catch {
    direct = false;
    process.stdout.write(bytes.subarray(written));
  }
}

function kindOf(descriptor: number): 'file' | 'pipe' | 'device' | 'other' {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFile() ? 'file' : stat.isFIFO() ? 'pipe' : stat.isCharacterDevice() ? 'device' : 'other';
  } catch {
    return 'device';
  }
}
