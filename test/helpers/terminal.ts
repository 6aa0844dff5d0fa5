import { execFile, execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { cleanEnvironment, KOSMO, TRANSCRIPT } from './cli.ts';

const run = promisify(execFile);

/** How long a text may take to appear on a busy machine. */
const PATIENCE_MS = 45_000;

/** Runs its arguments and shows how they ended. What tmux itself knows of that is not reliable; Ctrl-C also reaches this shell. */
const SHOW_EXIT_CODE = 'trap : INT; if [ -n "$PIPED" ]; then echo "$PIPED" | "$@"; else "$@"; fi; echo "[exit code $?]"; exec sleep 600';

const ENDED = /^\[exit code (\d+)\]$/m;

export const hasTmux: boolean = ((): boolean => {
  try {
    execFileSync('tmux', ['-V']);
    return true;
  } catch {
    return false;
  }
})();

export interface TestTerminal {
  /** Types text, as it is. */
  readonly type: (text: string) => Promise<void>;
  /** Presses keys by their names in tmux: `Enter`, `Tab`, `Up`, `C-c`. */
  readonly press: (...keys: string[]) => Promise<void>;
  /** Presses a key again and again until the text is on the screen. What was typed before stands there when it begins. */
  readonly pressUntil: (key: string, text: string | RegExp) => Promise<void>;
  /** Types a line and waits until the prompt is back; returns what stands between. */
  readonly line: (text: string) => Promise<string>;
  /** Waits for the text on the screen and returns the screen. */
  readonly see: (text: string | RegExp) => Promise<string>;
  /** The screen with its escape sequences. */
  readonly coloured: () => Promise<string>;
  /** Waits for the empty prompt at the end of the screen and returns the screen. */
  readonly prompt: () => Promise<string>;
  /** Waits until the command has ended and returns its exit code. */
  readonly exitCode: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** The command line in a terminal of its own (tmux), 200 columns wide unless said otherwise; stdin is the terminal, too, unless something is piped in. */
export async function openTestTerminal(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  piped = '',
  columns = 200,
): Promise<TestTerminal> {
  const folder = mkdtempSync(path.join(tmpdir(), 'kosmo-tmux-'));
  const { CI, TMUX, ...clean } = cleanEnvironment({ ...env, PIPED: piped });
  const tmux = async (...words: string[]): Promise<string> =>
    (await run('tmux', ['-S', path.join(folder, 'socket'), '-f', '/dev/null', ...words], { env: clean })).stdout;
  await tmux('new-session', '-d', '-x', String(columns), '-y', '100', 'sh', '-c', SHOW_EXIT_CODE, 'sh', process.execPath, KOSMO, ...args);
  const screen = async (): Promise<string> => (await tmux('capture-pane', '-p', '-J', '-S', '-')).replaceAll(/ +$/gm, '').trimEnd();
  const until = async <Result>(what: string, find: () => Promise<Result | undefined>): Promise<Result> => {
    const end = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = await find();
      if (found !== undefined) return found;
      if (Date.now() > end) throw new Error(`${what} never came; the screen:\n${await screen()}`);
      await delay(30);
    }
  };
  const seen = (what: string, fits: (text: string) => boolean): Promise<string> =>
    until(what, async () => {
      const text = await screen();
      return fits(text) ? text : undefined;
    });
  // A terminal takes what comes at once as pasted, where a Tab is a character.
  let typed = '';
  const terminal: TestTerminal = {
    async type(text) {
      typed = text;
      await tmux('send-keys', '-l', text);
    },
    async press(...keys) {
      await tmux('send-keys', ...keys);
    },
    async pressUntil(key, text) {
      await terminal.see(typed);
      await until(`${text} after ${key}`, async () => {
        await tmux('send-keys', key);
        const now = await screen();
        return (typeof text === 'string' ? now.includes(text) : text.test(now)) || undefined;
      });
    },
    async line(text) {
      const before = (await terminal.prompt()).length;
      await terminal.type(text);
      await terminal.press('Enter');
      const after = await seen('the prompt', (now) => now.length > before + text.length && now.endsWith('\nlua>'));
      return after.slice(before + 1 + text.length, -'\nlua>'.length).trim();
    },
    see: (text) => seen(String(text), (now) => (typeof text === 'string' ? now.includes(text) : text.test(now))),
    coloured: () => tmux('capture-pane', '-p', '-e', '-J', '-S', '-'),
    prompt: () => seen('the prompt', (now) => now.endsWith('\nlua>')),
    exitCode: async () => Number(ENDED.exec(await terminal.see(ENDED))?.[1]),
    async close() {
      if (TRANSCRIPT !== undefined) appendFileSync(TRANSCRIPT, await screen());
      await tmux('kill-server');
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return terminal;
}
