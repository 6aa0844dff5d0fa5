import { createInterface } from 'node:readline/promises';
import type { CallRequest, PolicyOptions } from '../settings/index.ts';

/** Asks on the terminal whether a call may be made; undefined where nobody can answer. Only a plain yes is one. */
export function terminalPrompt(): PolicyOptions['ask'] {
  if (!process.stdin.isTTY || !process.stderr.isTTY || process.env.CI !== undefined) return undefined;
  let answered: Promise<unknown> = Promise.resolve();
  return (request, signal) => {
    // One question at a time: calls made in parallel wait for their turn.
    const answer = answered.then(() => askOnTerminal(request, signal));
    answered = answer.catch(() => undefined);
    return answer;
  };
}

async function askOnTerminal({ integration, name, account, args }: CallRequest, signal: AbortSignal): Promise<boolean> {
  signal.throwIfAborted();
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  // The terminal is in raw mode, so Ctrl-C arrives here and not as a signal.
  terminal.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    process.stderr.write(`\n${integration}.${name} (account ${account}) changes something:\n${JSON.stringify(args, null, 2)}\n`);
    const answer = await terminal.question('Allow this call? [y/N] ', { signal });
    return /^y(?:es)?$/i.test(answer.trim());
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    // Ctrl-D, or a terminal that went away: nobody said yes.
    if ((thrown as Error).name === 'AbortError') return false;
    throw thrown;
  } finally {
    terminal.close();
  }
}
