import type { CallEvent, LogEntry } from '../../runtime/index.ts';
import { usage } from '../options/parse-values.ts';
import { streams } from './streams.ts';
import { escapeControlCharacters } from './visible-text.ts';

/** Progress for programs, one JSON object a line on stdout. */
export interface EventStream {
  /** A line that the script printed. */
  readonly print: (line: Uint8Array) => void;
  readonly call: (event: CallEvent) => void;
  /** A line of `log`. */
  readonly log: (entry: LogEntry) => void;
  /** The last line: the whole document that `--json` would print. */
  readonly result: (envelope: unknown) => void;
}

/** The stream that the options ask for, if they do. Throws `USAGE` where they ask for something else, too. */
export function openRequestedStream({ stream, json, pretty }: StreamOptions): EventStream | undefined {
  if (stream !== true) return undefined;
  if (json === true) throw usage('give --json or --stream, not both: the last line of --stream holds the document of --json');
  if (pretty === true) throw usage('--stream prints one object a line: leave out --pretty');
  return openStream();
}

interface StreamOptions {
  readonly stream?: true;
  readonly json?: true;
  readonly pretty?: true;
}

/**
 * The stream. A slow reader slows nothing down: a call that stops a recording must not wait behind it. What waits for
 * the reader is no more than the document at the end holds, too.
 */
export function openStream(): EventStream {
  let isOver = false;
  const write = (event: object): void => {
    const line = JSON.stringify(event);
    if (!isOver) streams().stdout.write(`${streams().stdout.isTTY ? escapeControlCharacters(line) : line}\n`);
  };
  return {
    print: (line) => write({ event: 'print', text: Buffer.from(line).toString('utf8') }),
    call: write,
    log: (entry) => write({ event: 'log', ...entry }),
    result(envelope) {
      write({ event: 'result', envelope });
      // Of a call that was cut off nothing may be told behind the last line.
      isOver = true;
    },
  };
}
