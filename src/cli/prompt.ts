import { openSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { ReadStream } from 'node:tty';
import type { CallRequest, PolicyOptions } from '../settings/index.ts';
import { visibleText } from './output.ts';

/** Milliseconds in which what was typed before a question arrives, to be thrown away. */
const TYPED_BEFORE_MS = 30;

/** Asks on the terminal whether a call may be made; undefined where nobody can answer. Only a plain yes is one. */
export function terminalPrompt(): PolicyOptions['ask'] {
  if (!process.stderr.isTTY || process.env.CI !== undefined) return undefined;
  const terminal = openTerminal();
  if (terminal === undefined) return undefined;
  let answered: Promise<unknown> = Promise.resolve();
  return (request, signal) => {
    // One question at a time: calls made in parallel wait for their turn.
    const answer = answered.then(() => askOn(terminal, request, signal));
    answered = answer.catch(() => undefined);
    return answer;
  };
}

// The terminal itself and not stdin, which may be a script that was piped in.
function openTerminal(): number | undefined {
  if (process.platform === 'win32') return process.stdin.isTTY ? process.stdin.fd : undefined;
  try {
    return openSync('/dev/tty', 'r');
  } catch {
    return undefined;
  }
}

async function askOn(terminal: number, { integration, name, account, args }: CallRequest, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const input = new ReadStream(terminal);
  try {
    await discardTyped(input);
    const lines = createInterface({ input, output: process.stderr });
    // The terminal is in raw mode, so Ctrl-C arrives here and not as a signal.
    lines.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
    try {
      const shown = visibleText(JSON.stringify(args, null, 2));
      process.stderr.write(`\n${integration}.${name} (account ${account}) changes something:\n${shown}\n`);
      const answer = await lines.question('Allow this call? [y/N] ', { signal });
      return /^y(?:es)?$/i.test(answer.trim());
    } finally {
      lines.close();
    }
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    // Ctrl-D, or a terminal that went away: nobody said yes.
    if ((thrown as Error).name === 'AbortError') return false;
    throw thrown;
  } finally {
    input.destroy();
  }
}

// What was typed while the script ran was no answer to a question that nobody had seen.
async function discardTyped(input: ReadStream): Promise<void> {
  input.setRawMode(true);
  // In raw mode Ctrl-C is a byte like any other.
  input.on('data', (bytes: Buffer) => {
    if (bytes.includes(CTRL_C)) process.kill(process.pid, 'SIGINT');
  });
  await delay(TYPED_BEFORE_MS);
  // However late the timer was, the terminal has been read once by now.
  await nextTurn();
  input.pause().removeAllListeners('data');
}

const CTRL_C = 0x03;
