import type { CallFacts, CallProgress, Operation } from '../catalog/index.ts';
import type { ErrorCode, KosmoError, Outcome } from '../errors/index.ts';
import { monotonicNow } from '../monotonic-now.ts';

/** One call of a run, as the envelope lists it. No arguments: they can hold secrets. */
export interface CallLogEntry extends CallFacts {
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

/** Milliseconds since `start` (of `monotonicNow()`), to a tenth. */
export function millisecondsSince(start: number): number {
  return Math.round((monotonicNow() - start) * 10) / 10;
}

/** The entry of a call that never became one: nothing has this path. */
export function unknownCall(path: string, error: KosmoError): CallLogEntry {
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
