import { monotonicNow } from '../../platform/clock.ts';
import { cutText } from '../../platform/cut-text.ts';
import { showsProgress, width } from './capabilities.ts';
import { terminalInfo } from './fast-stdout.ts';
import { streams } from './streams.ts';
import { visibleLine } from './visible-text.ts';

const FRAMES = [...'⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'];
const FRAME_MS = 80;
const QUIET_MS = 500;
const ERASE_LINE = '\r\u001b[2K';

export interface Spinner {
  /** Replaces the text. */
  readonly show: (text: string) => void;
  /** Takes it off the screen, for good. */
  readonly stop: () => void;
  /** Takes it off the screen while the question is asked. */
  readonly pausedFor: <Asked extends readonly unknown[], Answer>(
    ask: (...asked: Asked) => Promise<Answer>,
  ) => (...asked: Asked) => Promise<Answer>;
}

/** Shows on stderr, after half a second, that something is under way. Draws nothing unless `wanted`, and a person watches. */
export function startSpinner(text: string, wanted: boolean): Spinner {
  const started = monotonicNow();
  let shown = text;
  let timer: NodeJS.Timeout | undefined;
  let frame = 0;
  const erase = (): void => {
    clearTimeout(timer);
    if (frame > 0) streams().stderr.write(ERASE_LINE);
    frame = 0;
  };
  const line = (): string => {
    const seconds = Math.floor((monotonicNow() - started) / 1000);
    // One column stays free, so that no terminal wraps the line.
    return cutText(visibleLine(`${seconds < 1 ? '' : `${seconds} s  `}${shown}`), Math.min(200, width(terminalInfo('stderr')) - 3));
  };
  const draw = (): void => {
    streams().stderr.write(`${ERASE_LINE}${FRAMES[frame++ % FRAMES.length]} ${line()}`);
    timer = setTimeout(draw, FRAME_MS).unref();
  };
  const begin = (): void => {
    if (wanted && showsProgress()) timer = setTimeout(draw, QUIET_MS).unref();
  };
  begin();
  // A second Ctrl-C ends the process where it is.
  process.once('exit', erase);
  return {
    show(other) {
      shown = other;
    },
    stop() {
      erase();
      process.removeListener('exit', erase);
    },
    pausedFor:
      (ask) =>
      async (...asked) => {
        erase();
        try {
          return await ask(...asked);
        } finally {
          begin();
        }
      },
  };
}
