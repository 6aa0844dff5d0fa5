import { fstatSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { abortOnSignals } from './signals.ts';
import type { TextStream } from './text-stream.ts';

export type InputStream = Readable & { readonly isTTY?: boolean };
export type OutputStream = Writable & TextStream;

/** What one command line reads and writes besides files. */
export interface Streams {
  readonly env: NodeJS.ProcessEnv;
  readonly stdin: InputStream;
  /** Whether another program or a file is stdin. It may be a pipe that never ends. */
  readonly isStdinPiped: boolean;
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  /** Aborted by each signal that ends a program. The reason is the error of the run. */
  readonly signal: AbortSignal;
  exitCode: number;
  /** stderr gets errors and questions only (`--quiet`). */
  isQuiet: boolean;
}

/** The streams of this process. Each is made when it is used first: Node loads its network code for a pipe. */
export const PROCESS_STREAMS: Streams = {
  get env() {
    return process.env;
  },
  get stdin() {
    return process.stdin;
  },
  get isStdinPiped() {
    return isPipeOrFile(0);
  },
  get stdout() {
    return process.stdout;
  },
  get stderr() {
    return process.stderr;
  },
  get signal() {
    return abortOnSignals();
  },
  get exitCode() {
    return Number(process.exitCode ?? 0);
  },
  set exitCode(code) {
    process.exitCode = code;
  },
  isQuiet: false,
};

function isPipeOrFile(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    return stat.isFIFO() || stat.isSocket() || stat.isFile();
  } catch {
    return false;
  }
}

let current = PROCESS_STREAMS;

/** The streams of the command line that runs. */
export function streams(): Streams {
  return current;
}

/** Prints to these streams from here on. A process runs one command line at a time. */
export function useStreams(next: Streams): void {
  current = next;
}
