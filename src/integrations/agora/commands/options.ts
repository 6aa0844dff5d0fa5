import { KosmoError } from '../../../errors/index.ts';

interface NumberRange {
  readonly least: number;
  readonly most: number;
  readonly whole?: boolean;
}

/** The number in an option, undefined where it is not given. Throws `USAGE` that says what is allowed. */
export function readNumber(flag: string, given: unknown, { least, most, whole = false }: NumberRange): number | undefined {
  if (given === undefined) return undefined;
  const value = typeof given === 'string' && given.trim() === '' ? Number.NaN : Number(given);
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  throw new KosmoError('USAGE', `${flag} must be ${whole ? 'an integer' : 'a number'} from ${least} to ${most}, not '${given}'`);
}

/** Resolves when the signal is aborted: for a command that runs until it is stopped. */
export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
