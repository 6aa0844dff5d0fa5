import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cleanEnvironment, KOSMO } from './cli.ts';

export interface Terminal {
  /** Waits until the text is shown, behind what was waited for before. Rejects when the command ends without it. */
  readonly until: (text: string) => Promise<void>;
  readonly type: (keys: string) => void;
  /** Waits for the end of the command. */
  readonly end: () => Promise<{ readonly shown: string; readonly code: number | null }>;
}

/** Runs a shell command, in which `kosmo` is the built command line, on a terminal of its own (by `script` of util-linux). */
export function openTerminal(command: string, variables: Readonly<Record<string, string>> = {}): Terminal {
  const { CI: _CI, ...env } = cleanEnvironment(variables);
  const shell = `kosmo() { "${process.execPath}" "${KOSMO}" "$@"; }; ${command}`;
  const child = spawn('script', ['-qec', shell, '/dev/null'], { env: { ...env, SHELL: '/bin/sh' }, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined);
  let shown = '';
  let seen = 0;
  let ended = false;
  let look = (): void => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    shown += text;
    look();
  });
  const closed = once(child, 'close').then(([code]) => {
    ended = true;
    look();
    return code as number | null;
  });
  return {
    until: (text) =>
      new Promise((resolve, reject) => {
        look = () => {
          const at = shown.indexOf(text, seen);
          if (at !== -1) {
            seen = at + text.length;
            resolve();
          } else if (ended) reject(new Error(`the command ended without '${text}':\n${shown}`));
        };
        look();
      }),
    type: (keys) => void child.stdin.write(keys),
    end: async () => ({ code: await closed, shown }),
  };
}
