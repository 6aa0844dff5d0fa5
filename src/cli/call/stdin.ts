import { readStdin } from '../options/parse-values.ts';
import { printNote } from '../terminal/output.ts';
import { streams } from '../terminal/streams.ts';

/** Whether another program or a file is stdin. It may be a pipe that never ends. */
export function hasPipedStdin(): boolean {
  const { stdin, isStdinPiped } = streams();
  return stdin.isTTY !== true && isStdinPiped;
}

const QUIET_MS = 1000;

/** All of stdin as text. After a second without an end, says on stderr what is waited for. */
export async function readStdinText(): Promise<string> {
  const timer = setTimeout(() => printNote('note: waiting for a JSON object on stdin; without one: </dev/null'), QUIET_MS);
  try {
    return (await readStdin()).toString('utf8').replace(/^\ufeff/, '');
  } finally {
    clearTimeout(timer);
  }
}
