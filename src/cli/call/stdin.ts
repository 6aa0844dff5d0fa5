import { fstatSync } from 'node:fs';
import { readStdin } from '../options/parse-values.ts';
import { printNote } from '../terminal/output.ts';

/** Whether somebody pipes or redirects something in. It may be a pipe that never ends. */
export function hasPipedStdin(): boolean {
  if (process.stdin.isTTY) return false;
  try {
    const stat = fstatSync(0);
    return stat.isFIFO() || stat.isSocket() || stat.isFile();
  } catch {
    return false;
  }
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
