import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Transport } from '@modelcontextprotocol/client';
import { isObject, parseIfJson, restoreDigits } from '../../json/index.ts';
import type { ResolvedServer } from '../trust/placeholders.ts';
import type { ProcessInfo } from './errors.ts';
import type { Incoming, Message } from './incoming.ts';

export interface StdioTransport extends Transport {
  readonly pid: undefined;
  readonly stderr: undefined;
  /** How the process behaved, for the message of a failure. */
  readonly story: () => ProcessInfo;
}

/** Characters of stderr that are kept. */
const MAX_STDERR_CHARACTERS = 4096;
/** Bytes of one message: a screenshot or a file takes some megabytes. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const MAX_UNPARSED_LINES = 3;
/** Milliseconds that a server has to end after its stdin was closed, and after SIGTERM. */
const GRACE_MS = [300, 700] as const;
/** Milliseconds for the last output of a child that has ended while another process holds its pipes. */
const DRAIN_MS = 100;

/**
 * Runs a server as a child process that writes JSON, one message on each line. Unlike the SDK's transport, it survives lines that are not
 * messages, keeps stderr, and ends the whole process group, so that no process that a wrapper such as npx started is left behind.
 */
export function createStdioTransport(
  { command, args, env, cwd }: ResolvedServer & { transport: 'stdio' },
  incoming: Pick<Incoming<unknown>, 'isExpected' | 'received'>,
): StdioTransport {
  let child: ChildProcess | undefined;
  let ended: string | undefined;
  let isClosed = false;
  const stderr = keepTail(MAX_STDERR_CHARACTERS);
  const reader = createMessageReader(incoming, (message) => transport.onmessage?.(message));

  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    transport.onclose?.();
  };

  const transport: StdioTransport = {
    // By these two the SDK knows a pipe: silence there means an older revision.
    pid: undefined,
    stderr: undefined,
    start: () =>
      new Promise((resolve, reject) => {
        const group = process.platform !== 'win32';
        const started = spawn(command, args, { env, cwd, detached: group, windowsHide: true });
        child = started;
        started.once('error', (error) => {
          ended ??= error.message;
          reject(error);
          close();
        });
        started.once('spawn', () => {
          endWithProcess(started);
          resolve();
        });
        started.stdin.on('error', () => undefined);
        started.stderr.setEncoding('utf8').on('data', stderr.add);
        started.stdout.on(
          'data',
          splitLines(reader.take, () => {
            ended = `sent a message of more than ${MAX_MESSAGE_BYTES / 1024 ** 2} MiB`;
            endGroup(started, 'SIGKILL');
            close();
          }),
        );
        started.once('close', close);
        started.once('exit', (code, signal) => {
          ended ??= signal === null ? `exited with code ${code}` : `was ended by ${signal}`;
          setTimeout(close, DRAIN_MS);
        });
      }),
    send: (message) =>
      new Promise((resolve, reject) => {
        if (isClosed || child?.stdin == null) return reject(new Error('the connection is closed'));
        child.stdin.write(`${restoreDigits(JSON.stringify(message))}\n`, (error) => (error == null ? resolve() : reject(error)));
      }),
    async close() {
      if (child?.pid !== undefined) await endChild(child);
      close();
    },
    story: () => ({ stderr: stderr.text().trim(), ended, noise: reader.unparsedLines }),
  };
  return transport;
}

interface MessageReader {
  /** Reads a line of stdout. */
  readonly take: (line: string) => void;
  /** The first lines that are not messages, and the first answers to requests that were never made. */
  readonly unparsedLines: readonly string[];
}

function createMessageReader(
  incoming: Pick<Incoming<unknown>, 'isExpected' | 'received'>,
  deliver: (message: Message) => void,
): MessageReader {
  const unparsedLines: string[] = [];
  const note = (line: string): void => {
    if (unparsedLines.length < MAX_UNPARSED_LINES) unparsedLines.push(line.length > 200 ? `${line.slice(0, 200)}…` : line);
  };
  return {
    unparsedLines,
    take(line) {
      if (line.trim() === '') return;
      const value = parseIfJson(line);
      const id = isObject(value) && !('method' in value) && 'jsonrpc' in value ? value.id : undefined;
      if (id !== undefined && id !== null && !incoming.isExpected(id))
        note(`an answer to a request that was never made (id ${JSON.stringify(id)})`);
      const message = value === undefined ? undefined : incoming.received(value);
      if (message !== undefined) deliver(message);
      else if (id === undefined) note(line);
    },
  };
}

/** Ends a child and its process group: by the end of its stdin, then with SIGTERM, then with SIGKILL. */
async function endChild(child: ChildProcess): Promise<void> {
  const exited = child.exitCode !== null || child.signalCode !== null ? Promise.resolve() : once(child, 'exit');
  child.stdin?.end();
  if (!(await within(exited, GRACE_MS[0]))) {
    endGroup(child, 'SIGTERM');
    await within(exited, GRACE_MS[1]);
  }
  endGroup(child, 'SIGKILL');
  await within(exited, GRACE_MS[1]);
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream?.destroy();
}

// Joins the pieces of a line once.
function splitLines(take: (line: string) => void, tooLong: () => void): (chunk: Buffer) => void {
  let pieces: Buffer[] = [];
  let length = 0;
  return (chunk) => {
    let rest = chunk;
    for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
      const line = Buffer.concat([...pieces, rest.subarray(0, end)]).toString('utf8');
      pieces = [];
      length = 0;
      rest = rest.subarray(end + 1);
      take(line);
    }
    pieces.push(rest);
    length += rest.length;
    if (length <= MAX_MESSAGE_BYTES) return;
    pieces = [];
    length = 0;
    tooLong();
  };
}

function keepTail(maxLength: number): { readonly add: (text: string) => void; readonly text: () => string } {
  let kept = '';
  return {
    add(text) {
      kept = (kept + text).slice(-maxLength);
    },
    text: () => kept,
  };
}

const running = new Set<ChildProcess>();

// Ends the children whenever this process exits. After SIGKILL no handler runs, and a child sees the end of its stdin.
function endWithProcess(child: ChildProcess): void {
  if (running.size === 0) process.once('exit', endAll);
  running.add(child);
  child.once('exit', () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', endAll);
  });
}

function endAll(): void {
  for (const child of running) endGroup(child, 'SIGKILL');
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    // The group has ended already.
  }
}

function once(child: ChildProcess, event: string): Promise<void> {
  return new Promise((resolve) => {
    child.once(event, () => resolve());
  });
}

async function within(promise: Promise<void>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  try {
    return await Promise.race([promise.then(() => true), delay(ms, false, { signal: timer.signal })]);
  } finally {
    timer.abort();
  }
}
