import type { ErrorCode, KosmoError, Outcome } from '../../errors/index.ts';
import type { CallMetadata, CallProgress, Operation } from '../../integration/index.ts';
import { monotonicNow } from '../../platform/clock.ts';
import { cutText } from '../../platform/cut-text.ts';

/** One call of a run, as the envelope lists it. No arguments: they can hold secrets. */
export interface CallLogEntry extends CallMetadata {
  /** As the script reached it: `app.integrations.agora.query_recording`. */
  readonly function: string;
  /** The same without `app.`. */
  readonly path: string;
  readonly name: string;
  readonly tool: string | null;
  readonly group: string;
  readonly account: string | null;
  readonly operation: Operation | null;
  readonly status: 'ok' | 'error';
  /** What is known of the remote side. */
  readonly outcome: Outcome;
  readonly durationMs: number;
  readonly warnings?: readonly string[];
  readonly error?: string;
  readonly code?: ErrorCode;
}

/** Who follows calls while they are under way. */
export interface CallWatch {
  /** A call began, which is now checked, approved and sent. Returns what names it when it has ended. */
  readonly started: (call: Pick<CallLogEntry, 'function' | 'account' | 'operation'>) => number;
  readonly progressed: (path: string, progress: CallProgress, id: number | undefined) => void;
  readonly warned: (path: string, warning: string, id: number | undefined) => void;
}

/** Bytes of the entries of a run, as JSON; and characters of one text in an entry, which a script may have made up. */
const MAX_LOG_BYTES = 4 * 1024 * 1024;
const MAX_TEXT = 2000;
const MAX_WARNINGS = 20;

/** The calls of one run, as many as there is room for. */
export interface CallLog {
  /** Returns the entry as it is kept and told. */
  readonly add: (entry: CallLogEntry) => CallLogEntry;
  readonly entries: () => readonly CallLogEntry[];
  /** How many calls were left out since the log was full. */
  readonly leftOut: () => number;
  /** Whether a call ended with this code without a known outcome. */
  readonly hasUnknown: (code: ErrorCode) => boolean;
}

export function createCallLog(): CallLog {
  const entries: CallLogEntry[] = [];
  const unknown = new Set<ErrorCode>();
  let bytes = 0;
  let leftOut = 0;
  return {
    add(given) {
      const entry = bounded(given);
      if (entry.outcome === 'unknown' && entry.code !== undefined) unknown.add(entry.code);
      // The order of a full log is that of the calls: no short one slips in behind a long one.
      if (leftOut === 0) bytes += sizeOf(entry);
      if (leftOut > 0 || bytes > MAX_LOG_BYTES) leftOut++;
      else entries.push(entry);
      return entry;
    },
    entries: () => entries,
    leftOut: () => leftOut,
    hasUnknown: (code) => unknown.has(code),
  };
}

function bounded(entry: CallLogEntry): CallLogEntry {
  const { error, warnings } = entry;
  const isLong = (error?.length ?? 0) > MAX_TEXT || warnings?.some(({ length }) => length > MAX_TEXT) === true;
  if (!isLong && (warnings?.length ?? 0) <= MAX_WARNINGS) return entry;
  const more = (warnings?.length ?? 0) - MAX_WARNINGS;
  return {
    ...entry,
    ...(error === undefined ? {} : { error: cutText(error, MAX_TEXT) }),
    ...(warnings === undefined
      ? {}
      : {
          warnings: [
            ...warnings.slice(0, MAX_WARNINGS).map((warning) => cutText(warning, MAX_TEXT)),
            ...(more > 0 ? [`${more} further warnings were left out`] : []),
          ],
        }),
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

/** The entry of a call that never became one: nothing has this path. */
export function logEntryForUnknownFunction(path: string, error: KosmoError): CallLogEntry {
  const short = path.replace(/^app\./, '');
  const segments = short.split('.');
  return {
    function: path,
    path: short,
    name: segments.at(-1) ?? short,
    tool: null,
    group: segments[1] ?? segments[0] ?? '',
    account: null,
    operation: null,
    status: 'error',
    outcome: 'none',
    durationMs: 0,
    code: error.code,
    error: error.message,
  };
}
