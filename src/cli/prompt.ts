import { createInterface } from 'node:readline/promises';
import type { PolicyOptions } from '../settings/index.ts';

/** Asks on the terminal whether a call may be made; undefined where nobody can answer. Only a plain yes is one. */
export function terminalPrompt(): PolicyOptions['ask'] {
  if (!process.stdin.isTTY || !process.stderr.isTTY || process.env.CI !== undefined) return undefined;
  return async ({ integration, name, account, args }) => {
    const terminal = createInterface({ input: process.stdin, output: process.stderr });
    try {
      process.stderr.write(`\n${integration}.${name} (account ${account}) changes something:\n${JSON.stringify(args, null, 2)}\n`);
      const answer = await terminal.question('Allow this call? [y/N] ');
      return /^y(?:es)?$/i.test(answer.trim());
    } finally {
      terminal.close();
    }
  };
}
