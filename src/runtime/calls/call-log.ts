import type { ErrorCode } from '../../errors/index.ts';
import { monotonicNow } from '../../platform/clock.ts';
import { boundEntry, type CallLogEntry } from './call-log-entry.ts';
import type { CallObserver } from './observer.ts';

/** Bytes of the entries of a run, as JSON. */
const MAX_LOG_BYTES = 4 * 1024 * 1024;

/** The calls of one run, as many as there is room for. */
export interface CallLog extends CallObserver {
  readonly ended: (entry: CallLogEntry) => undefined;
  readonly entries: () => readonly CallLogEntry[];
  /** How many calls were left out since the log was full. */
  readonly leftOut: () => number;
  /** Whether a call ended with this code without a known outcome. */
  readonly hasUnknown: (code: ErrorCode) => boolean;
  /** Begins an empty log, for the next line of a session. */
  readonly clear: () => void;
}

export function createCallLog(): CallLog {
  let entries: CallLogEntry[] = [];
  const unknown = new Set<ErrorCode>();
  let bytes = 0;
  let leftOut = 0;
  return {
    ended(given) {
      const entry = boundEntry(given);
      if (entry.outcome === 'unknown' && entry.code !== undefined) unknown.add(entry.code);
      // The order of a full log is that of the calls: no short one slips in behind a long one.
      if (leftOut === 0) bytes += sizeOf(entry);
      if (leftOut > 0 || bytes > MAX_LOG_BYTES) leftOut++;
      else entries.push(entry);
      return undefined;
    },
    entries: () => entries,
    leftOut: () => leftOut,
    hasUnknown: (code) => unknown.has(code),
    clear() {
      entries = [];
      unknown.clear();
      bytes = 0;
      leftOut = 0;
    },
  };
}

/** Some bytes for names and numbers, and the texts that vary. */
const ENTRY_BYTES = 300;

function sizeOf({ function: name, error = '', warnings = [] }: CallLogEntry): number {
  // The name is in an entry three times.
  return ENTRY_BYTES + 3 * name.length + error.length + warnings.reduce((sum, { length }) => sum + length, 0);
}

/** Milliseconds since `start` (of `monotonicNow()`), to a tenth. */
export function millisecondsSince(start: number): number {
  return Math.round((monotonicNow() - start) * 10) / 10;
}
