import type { KosmoError } from '../../errors/index.ts';
import { streams } from '../terminal/streams.ts';
import type { LineInput } from './line-input.ts';

/** Lines from a pipe or a file on stdin, their bytes as they are, without prompts. Ctrl-C ends the session. */
export function openPipe(): LineInput {
  const signal = streams().signal;
  const lines = readLines(signal);
  return {
    encoding: 'latin1',
    async read() {
      const { value } = await lines.next();
      return value;
    },
    run: (work) => work(signal),
    endedBy: () => (signal.aborted ? (signal.reason as KosmoError) : undefined),
  };
}

// Not by readline, to which U+2028 in a string ends a line.
async function* readLines(signal: AbortSignal): AsyncGenerator<string, undefined> {
  const { stdin } = streams();
  signal.addEventListener('abort', () => stdin.destroy(), { once: true });
  let rest = '';
  try {
    for await (const chunk of stdin.setEncoding('latin1')) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (signal.aborted) return undefined;
        yield line;
      }
    }
  } catch (thrown) {
    // A stream that was destroyed fails; the signal is what happened.
    if (!signal.aborted) throw thrown;
    return undefined;
  }
  if (rest !== '') yield rest;
  return undefined;
}
