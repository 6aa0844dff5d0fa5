import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import type { CallRequest, PolicyOptions } from '../settings/index.ts';
import { visibleText } from './output.ts';
import { isInteractive } from './terminal.ts';

/** Waits until what was typed before a question has been read from the terminal. */
export async function untilTypedIsRead(signal?: AbortSignal): Promise<void> {
  await delay(30, undefined, signal === undefined ? {} : { signal });
  // However late the timer was, the terminal has been looked at once by then.
  await nextTurn();
}

const CTRL_C = 0x03;

const TERMINAL = process.platform === 'win32' ? '\\\\.\\CONIN$' : '/dev/tty';

/** Puts a question to the person at the terminal; undefined is no answer. Throws the reason of the signal when that is aborted. */
export type Question = (text: string, signal: AbortSignal) => Promise<string | undefined>;

/** Asks on the terminal whether a call may be made; undefined where nobody can answer. Only a plain yes is one. */
export function terminalPrompt(question?: Question): PolicyOptions['ask'] {
  if (!isInteractive()) return undefined;
  const put = question ?? questionOnTerminal();
  if (put === undefined) return undefined;
  let answered: Promise<unknown> = Promise.resolve();
  return (request, signal) => {
    // One question at a time: calls made in parallel wait for their turn.
    const answer = answered.then(() => isAllowed(request, put, signal));
    answered = answer.catch(() => undefined);
    return answer;
  };
}

async function isAllowed({ integration, name, account, args }: CallRequest, put: Question, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const shown = visibleText(JSON.stringify(args, null, 2));
  process.stderr.write(`\n${integration}.${name} (account ${account}) changes something:\n${shown}\n`);
  const answer = await put('Allow this call? [y/N] ', signal);
  return /^y(?:es)?$/i.test(answer?.trim() ?? '');
}

// The terminal itself and not stdin, which may be a script that was piped in.
function questionOnTerminal(): Question | undefined {
  try {
    closeSync(openSync(TERMINAL, 'r'));
  } catch {
    return undefined;
  }
  return async (text, signal) => {
    // Most runs ask nothing and need not load it.
    const { createInterface } = await import('node:readline/promises');
    const { ReadStream } = await import('node:tty');
    const input = new ReadStream(openSync(TERMINAL, 'r'));
    try {
      // From here on Ctrl-C is a byte like any other.
      input.setRawMode(true);
      const interrupt = (): void => void process.kill(process.pid, 'SIGINT');
      // What was typed while the script ran was no answer to a question that nobody had seen.
      input.on('data', (bytes: Buffer) => bytes.includes(CTRL_C) && interrupt());
      await untilTypedIsRead(signal);
      input.removeAllListeners('data');
      const lines = createInterface({ input, output: process.stderr });
      lines.once('SIGINT', interrupt);
      try {
        return await lines.question(text, { signal });
      } finally {
        lines.close();
      }
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      // Ctrl-D, or a terminal that went away.
      if ((thrown as Error).name === 'AbortError') return undefined;
      throw thrown;
    } finally {
      input.destroy();
    }
  };
}
