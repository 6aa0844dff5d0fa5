import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { isInteractive } from './capabilities.ts';
import { terminalInfo, writeFinal } from './fast-stdout.ts';
import { takeSignals } from './signals.ts';
import { streams } from './streams.ts';

/** What the shell answers for a program that does not exist or cannot be run. */
const NOT_RUN: readonly (number | null)[] = [126, 127];

/**
 * Shows text page by page on a terminal, with `$PAGER`, else `less` (`more` on Windows). If neither works, or without a terminal, writes it to
 * stdout. `PAGER=` or `PAGER=cat` keep it from being paged.
 */
export async function showPaged(text: string, env: NodeJS.ProcessEnv = streams().env): Promise<void> {
  const pager = env.PAGER?.trim() ?? (process.platform === 'win32' ? 'more' : 'less -R');
  const isPaged = isInteractive(terminalInfo('stdout'), env) && env.TERM !== 'dumb' && pager !== '' && pager !== 'cat';
  if (!isPaged || !(await runPager(pager, text, env))) writeFinal(text);
}

async function runPager(pager: string, text: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  // Ctrl-C is for the pager, which outlives it; left alone behind kosmo it would fight with the shell for the keys.
  const release = takeSignals(({ code, exitCode }) => code === 'INTERRUPTED' || process.exit(exitCode));
  try {
    // A page that fits the screen needs no keys; colour comes through. Who has options of his own for less keeps them.
    const child = spawn(pager, { shell: true, stdio: ['pipe', 'inherit', 'ignore'], env: { LESS: 'FRX', ...env } });
    // It was left before it had read everything.
    child.stdin.on('error', () => undefined);
    child.stdin.end(text);
    const [code] = (await once(child, 'close')) as [number | null];
    return !NOT_RUN.includes(code);
  } catch {
    return false;
  } finally {
    release();
  }
}
