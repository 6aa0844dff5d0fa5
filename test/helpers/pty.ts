import { spawn } from '@lydell/node-pty';
import xterm from '@xterm/headless';
import { cleanEnvironment, KOSMO } from './cli.ts';

/** What a command wrote to a terminal, and what the terminal made of it. */
export interface Screen {
  /** Every byte of it, as text. */
  readonly raw: string;
  /** The lines that a user sees, scrolled ones included. */
  readonly lines: readonly string[];
  /** The titles that the command gave the terminal. */
  readonly titles: readonly string[];
  readonly code: number;
}

export interface ScreenOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Typed in this order, each when its text appears. */
  readonly answers?: readonly { readonly to: string; readonly type: string }[];
}

/** Runs the command line on a pseudo-terminal of 120 columns until it ends. */
export async function onScreen(args: readonly string[], { env, cwd, answers = [] }: ScreenOptions): Promise<Screen> {
  const terminal = new xterm.Terminal({ cols: 120, rows: 50, scrollback: 5000, allowProposedApi: true });
  const titles: string[] = [];
  terminal.onTitleChange((title) => titles.push(title));
  const { CI: _ci, ...clean } = cleanEnvironment({ ...env, TERM: 'xterm-256color', PAGER: 'cat' });
  const child = spawn(process.execPath, [KOSMO, ...args], { cols: 120, rows: 50, cwd, env: clean as Record<string, string> });
  let raw = '';
  const [left, seen] = [[...answers], { upTo: 0, isTyping: false }];
  const answer = (): void => {
    const [next] = left;
    const at = next === undefined || seen.isTyping ? -1 : raw.indexOf(next.to, seen.upTo);
    if (next === undefined || at === -1) return;
    left.shift();
    seen.upTo = at + next.to.length;
    seen.isTyping = true;
    // What is typed before the prompt listens does not count.
    setTimeout(() => {
      child.write(next.type);
      seen.isTyping = false;
      // The next text may have come with this one.
      answer();
    }, 300);
  };
  child.onData((data) => {
    raw += data;
    answer();
  });
  const code = await new Promise<number>((resolve) => child.onExit(({ exitCode }) => resolve(exitCode)));
  await new Promise<void>((resolve) => terminal.write(raw, resolve));
  const { active } = terminal.buffer;
  const lines = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
  terminal.dispose();
  return { raw, lines, titles, code };
}
