import { monotonicNow } from '../../platform/clock.ts';
import { cutText } from '../../platform/cut-text.ts';
import type { RunActivity } from '../../runtime/index.ts';
import { isQuiet, showsProgress, width } from './capabilities.ts';
import { formatElapsed } from './elapsed.ts';
import { terminalInfo } from './fast-stdout.ts';
import { printNote } from './output.ts';
import { streams } from './streams.ts';
import { visibleLine } from './visible-text.ts';

const ERASE_LINE = '\r\u001b[2K';
const REDRAW_MS = 1000;
const REPEAT_MS = 60_000;

/** The line that says what a run waits for. */
export interface WaitingLine {
  /** The same function, which first takes the line off the screen. */
  readonly clearedFor: <Args extends readonly unknown[], Result>(fn: (...args: Args) => Result) => (...args: Args) => Result;
  /** Takes the line off the screen while a question is asked. */
  readonly pausedFor: <Args extends readonly unknown[], Answer>(
    ask: (...args: Args) => Promise<Answer>,
  ) => (...args: Args) => Promise<Answer>;
  /** Takes the line off the screen, for good. */
  readonly stop: () => void;
}

/**
 * Shows on stderr what a run waits for: on a terminal one line that is rewritten each second, otherwise a line each minute. Nothing with
 * `--quiet`.
 */
export function startWaitingLine(activity: Pick<RunActivity, 'describe'>): WaitingLine {
  const started = monotonicNow();
  const isRewritten = showsProgress() && terminalInfo('stdout').isTTY === true;
  let isShown = false;
  let pauses = 0;
  const clear = (): void => {
    if (isShown) streams().stderr.write(ERASE_LINE);
    isShown = false;
  };
  const show = (): void => {
    const text = pauses > 0 ? '' : activity.describe(Date.now());
    if (isRewritten) clear();
    if (text === '') return;
    const line = `${formatElapsed(monotonicNow() - started)}  ${text}`;
    if (!isRewritten) {
      printNote(line);
      return;
    }
    // One column stays free, so that no terminal wraps the line.
    streams().stderr.write(cutText(visibleLine(line), Math.min(200, width(terminalInfo('stderr')) - 1)));
    isShown = true;
  };
  const timer = isQuiet() ? undefined : setInterval(show, isRewritten ? REDRAW_MS : REPEAT_MS).unref();
  process.once('exit', clear);
  return {
    clearedFor:
      (fn) =>
      (...args) => {
        clear();
        return fn(...args);
      },
    pausedFor:
      (ask) =>
      async (...args) => {
        pauses++;
        clear();
        try {
          return await ask(...args);
        } finally {
          pauses--;
        }
      },
    stop() {
      clearInterval(timer);
      clear();
      process.removeListener('exit', clear);
    },
  };
}
