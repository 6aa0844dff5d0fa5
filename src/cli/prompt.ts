import type { CallRequest, PolicyOptions } from '../settings/index.ts';

/** Puts a question to the person at the terminal; undefined is no answer. Throws the reason of the signal when that is aborted. */
export type Question = (text: string, signal: AbortSignal) => Promise<string | undefined>;

/** Asks on the terminal whether a call may be made; undefined where nobody can answer. Only a plain yes is one. */
export function terminalPrompt(question: Question = questionOnTerminal): PolicyOptions['ask'] {
  if (!process.stdin.isTTY || !process.stderr.isTTY || process.env.CI !== undefined) return undefined;
  let answered: Promise<unknown> = Promise.resolve();
  return (request, signal) => {
    // One question at a time: calls made in parallel wait for their turn.
    const answer = answered.then(() => isAllowed(request, question, signal));
    answered = answer.catch(() => undefined);
    return answer;
  };
}

async function isAllowed({ integration, name, account, args }: CallRequest, question: Question, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  process.stderr.write(`\n${integration}.${name} (account ${account}) changes something:\n${JSON.stringify(args, null, 2)}\n`);
  const answer = await question('Allow this call? [y/N] ', signal);
  return /^y(?:es)?$/i.test(answer?.trim() ?? '');
}

async function questionOnTerminal(text: string, signal: AbortSignal): Promise<string | undefined> {
  // Most runs ask nothing and need not load it.
  const { createInterface } = await import('node:readline/promises');
  signal.throwIfAborted();
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // The terminal is in raw mode, so Ctrl-C arrives here and not as a signal.
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return await terminal.question(text, { signal });
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    // Ctrl-D, or a terminal that went away.
    if ((thrown as Error).name === 'AbortError') return undefined;
    throw thrown;
  } finally {
    terminal.close();
  }
}
