import { terminalInfo } from './fast-stdout.ts';
import { streams } from './streams.ts';
import type { TextStream } from './text-stream.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Whether notes, warnings and progress are unwanted (`--quiet`). */
export function isQuiet(): boolean {
  return streams().isQuiet;
}

/** Whether a CI system runs this: all of them set CI. */
export function isCi(env: Environment = streams().env): boolean {
  return isSet(env.CI);
}

/** Whether a person sees what is written to `stream` and could answer. */
export function isInteractive(stream: TextStream = terminalInfo('stderr'), env: Environment = streams().env): boolean {
  return stream.isTTY === true && !isCi(env);
}

/** Whether something that moves, such as a spinner, may be drawn on stderr. */
export function showsProgress(stream: TextStream = terminalInfo('stderr'), env: Environment = streams().env): boolean {
  return !isQuiet() && isInteractive(stream, env) && env.TERM !== 'dumb';
}

/** Whether text for `stream` may be coloured. FORCE_COLOR decides, as in Node itself; then NO_COLOR, CI and TERM=dumb forbid it. */
export function useColour(stream: TextStream = terminalInfo('stdout'), env: Environment = streams().env): boolean {
  if (env.FORCE_COLOR !== undefined) return !/^(?:0|false)$/.test(env.FORCE_COLOR);
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return false;
  return isInteractive(stream, env) && env.TERM !== 'dumb';
}

/** Columns of the terminal. Without a terminal, text is not wrapped. */
export function width(stream: TextStream = terminalInfo('stdout')): number {
  return stream.isTTY === true && stream.columns !== undefined && stream.columns > 0 ? stream.columns : Number.POSITIVE_INFINITY;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && !/^(?:0|false|)$/i.test(value);
}
