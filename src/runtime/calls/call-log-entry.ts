import type { ErrorCode, KosmoError, Outcome } from '../../errors/index.ts';
import type { CallMetadata, Operation } from '../../integration/index.ts';
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
  /** The answer came from the journal of an earlier leg of the run. @default undefined (the call was made) */
  readonly replayed?: true;
}

/** Characters of one text in an entry, which a script may have made up. */
const MAX_TEXT = 2000;
const MAX_WARNINGS = 20;

/** The entry with long texts cut, and with at most 20 warnings. */
export function boundEntry(entry: CallLogEntry): CallLogEntry {
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

/** Log entry for a call of a function that does not exist. */
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
