import { createInterface, type Interface } from 'node:readline';
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

type Line = string | typeof CANCEL | undefined;

/**
 * Opens the terminal of a session. It is in raw mode while a line is typed; while code runs it is not and nothing is read, so that Ctrl-C is
 * a signal, which also stops a tight loop, and what is typed ahead waits. Prompts go to stderr: stdout is for results.
 */
export function openTerminal(options: TerminalOptions): Terminal {
  const session = new TerminalSession(options);
  return {
    encoding: 'utf8',
    read: (begins) => session.read(begins),
    run: (work) => session.run(work),
    question: (text, signal) => session.question(text, signal),
    endedBy: () => session.endedBy(),
    close: () => session.close(),
  };
}

class TerminalSession {
  readonly #readline: Interface;
  readonly #release: () => void;
  /** Lines that came while code ran: the rest of what was pasted. */
  readonly #queue: string[] = [];
  #awaiting: ((line: Line) => void) | undefined;
  #answer: ((text: string | undefined) => void) | undefined;
  #running: AbortController | undefined;
  #interruptedOnce = false;
  #fresh = true;
  #ended: KosmoError | true | undefined;
  /** The beginning of a line that stood there when a question came. */
  #put = '';
  #remembered: readonly string[];

  constructor({ history, historySize, complete }: TerminalOptions) {
    const { stdin, stderr } = process;
    this.#remembered = [...history];
    tolerateLoss(stdin);
    this.#readline = createInterface({
      input: stdin,
      output: stderr,
      terminal: true,
      history: [...history],
      historySize,
      completer: complete,
    });
    this.#readline.on('history', (lines) => this.#keepHistory(lines));
    this.#readline.on('line', (line) => this.#take(line));
    this.#readline.on('close', () => this.#end());
    this.#readline.on('SIGINT', () => this.#interrupt());
    this.#release = takeSignals((error) => (error.code === 'INTERRUPTED' ? this.#interrupt() : this.#terminate(error)));
    stdin.on('error', () => this.#terminate(endedBy('SIGHUP')));
  }

  read(begins: boolean): Promise<Line> {
    const line = this.#queue.shift();
    if (line !== undefined) return Promise.resolve(line);
    if (this.#ended !== undefined) return Promise.resolve(undefined);
    this.#fresh = begins;
    this.#prompt(begins ? PROMPT : CONTINUATION);
    if (this.#put !== '') this.#readline.write(this.#put);
    this.#put = '';
    return new Promise((resolve) => {
      this.#awaiting = resolve;
    });
  }

  async run<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
    this.#running = new AbortController();
    this.#rest();
    try {
      return await work(this.#running.signal);
    } finally {
      this.#running = undefined;
    }
  }

  async question(text: string, signal: AbortSignal): Promise<string | undefined> {
    signal.throwIfAborted();
    if (this.#ended !== undefined) return undefined;
    // What was typed ahead comes now, and waits for the next prompt; an end of the input, too.
    this.#prompt('');
    await drainTypedInput();
    if (this.#ended !== undefined) return undefined;
    this.#put += this.#clearLine();
    try {
      signal.throwIfAborted();
      this.#prompt(text);
      return await new Promise((resolve, reject) => {
        this.#answer = resolve;
        signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      });
    } finally {
      this.#clearLine();
      this.#answer = undefined;
      this.#rest();
    }
  }

  endedBy(): KosmoError | undefined {
    return this.#ended === true ? undefined : this.#ended;
  }

  close(): void {
    this.#release();
    if (this.#ended === undefined) this.#readline.close();
  }

  // A fresh prompt below whatever was printed; what was typed ahead stands behind it.
  #prompt(text: string): void {
    process.stdin.setRawMode(true);
    this.#readline.setPrompt(text);
    this.#readline.prompt(true);
  }

  #rest(): void {
    if (this.#ended !== undefined) return;
    this.#readline.pause();
    process.stdin.setRawMode(false);
  }

  #clearLine(): string {
    const { line } = this.#readline;
    if (line === '') return '';
    this.#readline.write(null, { ctrl: true, name: 'e' });
    this.#readline.write(null, { ctrl: true, name: 'u' });
    return line;
  }

  #interrupt(): void {
    const { stderr } = process;
    if (this.#running !== undefined) {
      // A second Ctrl-C does not wait for deferred functions.
      if (this.#running.signal.aborted) process.exit(130);
      stderr.write('\n');
      this.#running.abort(new KosmoError('INTERRUPTED', 'interrupted'));
      return;
    }
    const nothingTyped = this.#clearLine() === '' && this.#fresh;
    if (nothingTyped && this.#interruptedOnce) {
      this.#readline.close();
      return;
    }
    this.#interruptedOnce = nothingTyped;
    this.#queue.length = 0;
    stderr.write(nothingTyped ? '^C\n(press Ctrl-C again or Ctrl-D to leave)\n' : '^C\n');
    this.#settle(CANCEL);
  }

  #terminate(error: KosmoError): void {
    this.#ended ??= error;
    this.#running?.abort(error);
    this.#readline.close();
  }

  #settle(line: Line): void {
    const resolve = this.#awaiting;
    this.#awaiting = undefined;
    resolve?.(line);
  }

  #keepHistory(lines: string[]): void {
    // Answers to questions are no lines of Lua.
    if (this.#answer === undefined) this.#remembered = [...lines];
    else lines.splice(0, lines.length, ...this.#remembered);
  }

  #take(line: string): void {
    this.#interruptedOnce = false;
    if (this.#answer !== undefined) this.#answer(line);
    else if (this.#awaiting !== undefined) this.#settle(line);
    else this.#queue.push(line);
  }

  #end(): void {
    // In raw mode Ctrl-D is a key: only a terminal that was closed ends.
    this.#ended ??= process.stdin.readableEnded ? endedBy('SIGHUP') : true;
    if (this.#answer !== undefined || this.#awaiting !== undefined) process.stderr.write('\n');
    this.#answer?.(undefined);
    this.#settle(undefined);
  }
}
