import { createInterface } from 'node:readline';
import { KosmoError } from '../../errors/index.ts';
import { tolerateLoss } from '../terminal/lost-terminal.ts';
import { drainTypedInput, type Prompt } from '../terminal/prompt.ts';
import { endedBy, takeSignals } from '../terminal/signals.ts';
import { CANCEL, type LineInput } from './line-input.ts';

const PROMPT = 'lua> ';
const CONTINUATION = '...> ';

export interface TerminalOptions {
  /** Lines for the arrow keys, the newest first. */
  readonly history: readonly string[];
  readonly historySize: number;
  /** As readline wants it: the ways to go on, and the part of the line that they replace. */
  readonly complete: (line: string) => [string[], string];
}

export interface Terminal extends LineInput {
  /** Asks in the middle of a run. What was typed ahead is no answer to it. */
  readonly question: Prompt;
  readonly close: () => void;
}

/**
 * The terminal of a session. It is in raw mode while a line is typed; while code runs it is not and nothing is read, so that Ctrl-C is a
 * signal, which stops a tight loop too, and what is typed ahead waits. Prompts go to stderr: stdout is for results.
 */
export function openTerminal({ history, historySize, complete }: TerminalOptions): Terminal {
  const { stdin, stderr } = process;
  tolerateLoss(stdin);
  const readline = createInterface({
    input: stdin,
    output: stderr,
    terminal: true,
    history: [...history],
    historySize,
    completer: complete,
  });
  /** Lines that came while code ran: the rest of what was pasted. */
  const queue: string[] = [];
  let awaiting: ((line: string | typeof CANCEL | undefined) => void) | undefined;
  let answer: ((text: string | undefined) => void) | undefined;
  let running: AbortController | undefined;
  let interruptedOnce = false;
  let fresh = true;
  let ended: KosmoError | true | undefined;
  /** The beginning of a line that stood there when a question came. */
  let put = '';
  let remembered = [...history];

  // A fresh prompt below whatever was printed; what was typed ahead stands behind it.
  const prompt = (text: string): void => {
    stdin.setRawMode(true);
    readline.setPrompt(text);
    readline.prompt(true);
  };
  const rest = (): void => {
    if (ended !== undefined) return;
    readline.pause();
    stdin.setRawMode(false);
  };
  const clearLine = (): string => {
    const { line } = readline;
    if (line === '') return '';
    readline.write(null, { ctrl: true, name: 'e' });
    readline.write(null, { ctrl: true, name: 'u' });
    return line;
  };

  const interrupt = (): void => {
    if (running !== undefined) {
      // A second Ctrl-C does not wait for deferred functions.
      if (running.signal.aborted) process.exit(130);
      stderr.write('\n');
      running.abort(new KosmoError('INTERRUPTED', 'interrupted'));
      return;
    }
    const nothingTyped = clearLine() === '' && fresh;
    if (nothingTyped && interruptedOnce) {
      readline.close();
      return;
    }
    interruptedOnce = nothingTyped;
    queue.length = 0;
    stderr.write(nothingTyped ? '^C\n(press Ctrl-C again or Ctrl-D to leave)\n' : '^C\n');
    settle(CANCEL);
  };
  const terminate = (error: KosmoError): void => {
    ended ??= error;
    running?.abort(error);
    readline.close();
  };
  const settle = (line: string | typeof CANCEL | undefined): void => {
    const resolve = awaiting;
    awaiting = undefined;
    resolve?.(line);
  };

  readline.on('history', (lines) => {
    // Answers to questions are no lines of Lua.
    if (answer === undefined) remembered = [...lines];
    else lines.splice(0, lines.length, ...remembered);
  });
  readline.on('line', (line) => {
    interruptedOnce = false;
    if (answer !== undefined) answer(line);
    else if (awaiting !== undefined) settle(line);
    else queue.push(line);
  });
  readline.on('close', () => {
    // In raw mode Ctrl-D is a key: only a terminal that was closed ends.
    ended ??= stdin.readableEnded ? endedBy('SIGHUP') : true;
    if (answer !== undefined || awaiting !== undefined) stderr.write('\n');
    answer?.(undefined);
    settle(undefined);
  });
  readline.on('SIGINT', interrupt);
  const release = takeSignals((error) => (error.code === 'INTERRUPTED' ? interrupt() : terminate(error)));
  stdin.on('error', () => terminate(endedBy('SIGHUP')));

  return {
    encoding: 'utf8',
    read(begins) {
      const line = queue.shift();
      if (line !== undefined) return Promise.resolve(line);
      if (ended !== undefined) return Promise.resolve(undefined);
      fresh = begins;
      prompt(begins ? PROMPT : CONTINUATION);
      if (put !== '') readline.write(put);
      put = '';
      return new Promise((resolve) => {
        awaiting = resolve;
      });
    },
    async run(work) {
      running = new AbortController();
      rest();
      try {
        return await work(running.signal);
      } finally {
        running = undefined;
      }
    },
    async question(text, signal) {
      signal.throwIfAborted();
      if (ended !== undefined) return undefined;
      // What was typed ahead comes now, and waits for the next prompt; an end of the input, too.
      prompt('');
      await drainTypedInput();
      if (ended !== undefined) return undefined;
      put += clearLine();
      try {
        signal.throwIfAborted();
        prompt(text);
        return await new Promise((resolve, reject) => {
          answer = resolve;
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        });
      } finally {
        clearLine();
        answer = undefined;
        rest();
      }
    },
    endedBy: () => (ended === true ? undefined : ended),
    close() {
      release();
      if (ended === undefined) readline.close();
    },
  };
}
