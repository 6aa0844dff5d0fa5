import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { type CallRequest, functionName, type PolicyOptions } from '../../policy/index.ts';
import { isInteractive } from './capabilities.ts';
import { tolerateLoss } from './lost-terminal.ts';
import { endedBy } from './signals.ts';
import { streams } from './streams.ts';
import { escapeControlCharacters, visibleLine } from './visible-text.ts';

/** Waits until what was typed before a question has been read from the terminal. */
export async function drainTypedInput(signal?: AbortSignal): Promise<void> {
  await delay(30, undefined, signal === undefined ? {} : { signal });
  // However late the timer was, the terminal has been looked at once by then.
  await nextTurn();
}

const CTRL_C = 0x03;

const TERMINAL = process.platform === 'win32' ? '\\\\.\\CONIN$' : '/dev/tty';

/** Puts a question to the person at the terminal; undefined is no answer. Throws the reason of the signal when that is aborted. */
export type Prompt = (text: string, signal: AbortSignal, isSecret?: boolean) => Promise<string | undefined>;

/**
 * Asks on the terminal whether a call may be made; undefined without a terminal. Only a plain yes is one, and `always` is one for all
 * further calls of the function with that account.
 */
export function approvalPrompt(question?: Prompt): PolicyOptions['ask'] {
  if (!isInteractive()) return undefined;
  const prompt = question ?? openTerminalPrompt();
  if (prompt === undefined) return undefined;
  const always = new Set<string>();
  return (request, signal) => takeTurn(() => isAllowed(request, prompt, signal, always));
}

let answered: Promise<unknown> = Promise.resolve();

/** Puts one question at a time to the user: calls made in parallel wait for their turn. */
export function takeTurn<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  const answer = answered.then(ask);
  answered = answer.catch(() => undefined);
  return answer;
}

// `always` holds the functions, with their accounts, that need no further answer in this run.
async function isAllowed(request: CallRequest, prompt: Prompt, signal: AbortSignal, always: Set<string>): Promise<boolean> {
  signal.throwIfAborted();
  const { account, operation, args } = request;
  const what = account === null ? functionName(request) : `${functionName(request)} (account ${account})`;
  if (always.has(what)) return true;
  const shown = escapeControlCharacters(JSON.stringify(args, null, 2));
  streams().stderr.write(`\n${visibleLine(what, 300)} ${operation === 'write' ? 'changes' : 'reads'} something:\n${shown}\n`);
  const answer = await prompt('Allow this call? [y/N] (a: always in this run) ', signal);
  const [, yes, forever] = /^(y(?:es)?)$|^(a(?:lways)?)$/i.exec(answer?.trim() ?? '') ?? [];
  if (forever !== undefined) always.add(what);
  return yes !== undefined || forever !== undefined;
}

/** What puts questions on the terminal itself and not on stdin, which may be a script that was piped in; undefined without a terminal. */
export function openTerminalPrompt(): Prompt | undefined {
  try {
    closeSync(openSync(TERMINAL, 'r'));
  } catch {
    return undefined;
  }
  return async (text, signal, isSecret = false) => {
    // Most runs ask nothing and need not load it.
    const { createInterface } = await import('node:readline/promises');
    const { Writable } = await import('node:stream');
    const { ReadStream } = await import('node:tty');
    const input = new ReadStream(openSync(TERMINAL, 'r'));
    tolerateLoss(input);
    // In raw mode Ctrl-D is a key: only a terminal that was closed ends. readline's promise would wait for ever.
    const closed = new Promise<never>((_resolve, reject) => {
      for (const event of ['end', 'error']) input.on(event, () => reject(endedBy('SIGHUP')));
    });
    closed.catch(() => undefined);
    try {
      // From here on Ctrl-C is a byte like any other.
      input.setRawMode(true);
      const interrupt = (): void => void process.kill(process.pid, 'SIGINT');
      // Keys that were typed while the script ran do not answer a prompt that was not shown yet.
      input.on('data', (bytes: Buffer) => bytes.includes(CTRL_C) && interrupt());
      await drainTypedInput(signal);
      input.removeAllListeners('data');
      if (isSecret) streams().stderr.write(text);
      const output = isSecret ? new Writable({ write: (_chunk, _encoding, done) => done() }) : streams().stderr;
      const lines = createInterface({ input, output, terminal: true, historySize: 0 });
      lines.once('SIGINT', interrupt);
      try {
        return await Promise.race([lines.question(isSecret ? '' : text, { signal }), closed]);
      } finally {
        lines.close();
        if (isSecret) streams().stderr.write('\n');
      }
    } catch (thrown) {
      if (signal.aborted) throw signal.reason;
      // Ctrl-D.
      if ((thrown as Error).name === 'AbortError') return undefined;
      throw thrown;
    } finally {
      input.destroy();
    }
  };
}
