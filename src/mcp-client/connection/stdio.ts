import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Transport } from '@modelcontextprotocol/client';
import { type JsonValue, parseWithHalves } from '../../json/index.ts';
import type { ResolvedServer } from '../trust/placeholders.ts';

type Message = Parameters<Transport['send']>[0];

export interface StdioTransport extends Transport {
  /** What is known of how the server behaved, for the message of a failure. */
  readonly story: () => ProcessInfo;
}

export interface ProcessInfo {
  /** The last that it wrote to stderr. */
  readonly stderr: string;
  /** Why the process ended; undefined while it runs. */
  readonly ended: string | undefined;
  /** What it wrote to stdout that no client can use, the first few. */
  readonly noise: readonly string[];
}

/** Characters of stderr that are kept. */
const MAX_STDERR_CHARACTERS = 4096;
/** Bytes of one message: a screenshot or a file takes some megabytes. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
const MAX_UNPARSED_LINES = 3;
/** How long a server may take to end by itself after its stdin was closed, and after SIGTERM. */
const GRACE_MS = [300, 700] as const;
/** What a child still has to say after it has ended, where somebody else holds its pipes. */
const DRAIN_MS = 100;

/**
 * A server as a child process that speaks JSON, a message a line. Unlike the SDK's it survives lines that are no messages, keeps what
 * the server complained of, and ends the whole process group, so that nothing that a wrapper such as npx started is left behind.
 */
export function createStdioTransport({ command, args, env, cwd }: ResolvedServer & { transport: 'stdio' }): StdioTransport {
  let child: ChildProcess | undefined;
  let ended: string | undefined;
  let isClosed = false;
  const stderr = keepTail(MAX_STDERR_CHARACTERS);
  const unparsedLines: string[] = [];
  /** Requests that wait for their answer. */
  const asked = new Set<unknown>();

  const note = (line: string): void => {
    if (unparsedLines.length < MAX_UNPARSED_LINES) unparsedLines.push(line.length > 200 ? `${line.slice(0, 200)}…` : line);
  };

  const take = (line: string): void => {
    if (line.trim() === '') return;
    const message = readMessage(line);
    if (message === undefined) {
      note(line);
      return;
    }
    if (!('method' in message) && !asked.delete(message.id))
      note(`an answer to a request that was never made (id ${JSON.stringify(message.id)})`);
    transport.onmessage?.(message as unknown as Message);
  };

  const close = (): void => {
    if (isClosed) return;
    isClosed = true;
    transport.onclose?.();
  };

  const transport: StdioTransport = {
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
          splitLines(take, () => {
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
        if ('method' in message && 'id' in message) asked.add(message.id);
        child.stdin.write(`${JSON.stringify(message)}\n`, (error) => (error == null ? resolve() : reject(error)));
      }),
    async close() {
      const ending = child;
      if (ending?.pid === undefined) return close();
      const exited = ending.exitCode !== null || ending.signalCode !== null ? Promise.resolve() : once(ending, 'exit');
      ending.stdin?.end();
      if (!(await within(exited, GRACE_MS[0]))) {
        endGroup(ending, 'SIGTERM');
        await within(exited, GRACE_MS[1]);
      }
      endGroup(ending, 'SIGKILL');
      await within(exited, GRACE_MS[1]);
      for (const stream of [ending.stdin, ending.stdout, ending.stderr]) stream?.destroy();
      close();
    },
    story: () => ({ stderr: stderr.text().trim(), ended, noise: unparsedLines }),
  };
  return transport;
}

function readMessage(line: string): { readonly id?: JsonValue; readonly method?: JsonValue } | undefined {
  try {
    const value = parseWithHalves(line);
    return typeof value === 'object' && value !== null && 'jsonrpc' in value ? value : undefined;
  } catch {
    return undefined;
  }
}

// A line that comes in many pieces is put together once.
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

function keepTail(most: number): { readonly add: (text: string) => void; readonly text: () => string } {
  let kept = '';
  return {
    add(text) {
      kept = (kept + text).slice(-most);
    },
    text: () => kept,
  };
}

const running = new Set<ChildProcess>();

// However this process ends, as long as it is told of it. After SIGKILL a child sees the end of its stdin.
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
    // Nothing of it is left.
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
