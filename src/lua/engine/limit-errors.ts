import { KosmoError } from '../../errors/index.ts';
import type { Locate } from './script-position.ts';

const MIB = 1024 * 1024;

const HINTS = {
  CPU_LIMIT: 'look for a loop that does not end, or raise --cpu-limit',
  MEMORY_LIMIT: 'keep less at a time, or raise --memory-limit',
  TIMEOUT: 'raise --timeout, or wait for less',
} as const;

const NOWHERE: Locate = () => undefined;

/** The error of a run that used up its CPU time. */
export function cpuError(cpuMs: number, where: Locate): KosmoError {
  return limitError('CPU_LIMIT', `CPU limit exceeded: the script used more than ${cpuMs / 1000} s of CPU time`, {
    where,
    limit: cpuMs / 1000,
  });
}

/** The error of a slice that was cut off by wall time, because nothing else could stop it. */
export function stallError(cpuMs: number, { wallMs, usedMs }: { wallMs: number; usedMs: number }, where: Locate): KosmoError {
  const what = `CPU limit exceeded: the script ran for ${seconds(wallMs)} s of wall time without waiting, with ${seconds(usedMs)} s of CPU time`;
  return limitError('CPU_LIMIT', what, { where, limit: cpuMs / 1000, hint: 'run it on a machine that is less busy, or raise --cpu-limit' });
}

/** The error of a run that needs more memory than its limit. */
export function memoryError(limitBytes: number, where: Locate): KosmoError {
  return limitError('MEMORY_LIMIT', `memory limit exceeded: the script needs more than ${formatBytes(limitBytes)}`, {
    where,
    limit: limitBytes,
  });
}

/** The error of a run that passed its wall time. */
export function timeoutError(timeoutMs: number, where: Locate = NOWHERE): KosmoError {
  return limitError('TIMEOUT', `timeout: the script did not end within ${timeoutMs / 1000} s`, { where, limit: timeoutMs / 1000 });
}

const seconds = (ms: number): number => Math.round(ms / 100) / 10;

interface LimitFacts {
  readonly where: Locate;
  readonly limit: number;
  /** @default the one of the code */
  readonly hint?: string;
}

function limitError(code: keyof typeof HINTS, what: string, { where, limit, hint = HINTS[code] }: LimitFacts): KosmoError {
  const position = where();
  return new KosmoError(code, position === undefined ? what : `${what} (at ${position.chunk}:${position.line})`, {
    hint,
    details: { limit, ...(position === undefined ? {} : { line: position.line }) },
  });
}

function formatBytes(bytes: number): string {
  return bytes >= MIB ? `${Math.round((bytes / MIB) * 10) / 10} MiB` : `${bytes} bytes`;
}
