import { fstatSync, writeSync } from 'node:fs';
import { PROCESS_STREAMS, streams } from './streams.ts';
import type { TextStream } from './text-stream.ts';

const FILE_DESCRIPTORS = { stdout: 1, stderr: 2 } as const;

/**
 * `process.stdout` or `process.stderr` for questions about the terminal. Node's own loads its network code for a pipe, which costs a
 * one-liner a tenth of Node's start, so it is asked only where there may be a terminal.
 */
export function terminalInfo(name: 'stdout' | 'stderr'): TextStream {
  return {
    get isTTY() {
      const isOwn = streams() === PROCESS_STREAMS;
      return (!isOwn || kindOf(FILE_DESCRIPTORS[name]) === 'device') && streams()[name].isTTY;
    },
    get columns() {
      return streams()[name].columns;
    },
  };
}

/** Bytes that a pipe holds until they are read. */
const PIPE_BYTES = 65_536;

/** A UTF-16 unit takes three bytes at most. */
const BYTES_OF_CHARACTER = 3;

/**
 * Writes to stdout when nothing else is left to do, so that waiting for the reader holds nothing up: at once to a file, a pipe or a socket,
 * and through Node's stream, which is loaded for it, anywhere else, where it has been used already, and after an error, which it reports.
 */
export function writeFinal(text: string): void {
  if (streams() !== PROCESS_STREAMS) {
    streams().stdout.write(text);
    return;
  }
  // The stream knows how to write to a console of Windows.
  if (text.length * BYTES_OF_CHARACTER > PIPE_BYTES || process.platform === 'win32' || !unused.has('stdout') || kindOf(1) !== 'direct') {
    process.stdout.write(text);
    return;
  }
  const bytes = Buffer.from(text);
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(1, bytes, written);
  } catch {
    process.stdout.write(bytes.subarray(written));
  }
}

const unused = new Set<'stdout' | 'stderr'>();

/** Calls `prepare` when `process.stdout` or `process.stderr` is used first: to ask for one makes it, and many a run needs none. */
export function onFirstAccess(name: 'stdout' | 'stderr', prepare: (stream: NodeJS.WriteStream) => void): void {
  const make = Object.getOwnPropertyDescriptor(process, name)?.get;
  unused.add(name);
  Object.defineProperty(process, name, {
    configurable: true,
    enumerable: true,
    get() {
      const stream: NodeJS.WriteStream = make?.call(process);
      Object.defineProperty(process, name, { configurable: true, enumerable: true, value: stream });
      unused.delete(name);
      prepare(stream);
      return stream;
    },
  });
}

function kindOf(descriptor: number): 'direct' | 'device' {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFile() || stat.isFIFO() || stat.isSocket() ? 'direct' : 'device';
  } catch {
    return 'device';
  }
}
