import type { CallProgress } from '../../integration/index.ts';
import type { CallLogEntry, CallWatch } from './call-log.ts';

/** Something that happened to a call, told while the run goes on. `id` is the same from a call's start to its end. */
export type CallEvent =
  | ({ readonly event: 'call_started'; readonly id: number } & Pick<CallLogEntry, 'function' | 'account' | 'operation'>)
  | ({ readonly event: 'progress'; readonly id: number | null; readonly function: string } & CallProgress)
  | { readonly event: 'warning'; readonly id: number | null; readonly function: string; readonly message: string }
  | ({ readonly event: 'call_ended'; readonly id: number } & CallLogEntry);

export interface CallEvents {
  readonly watch: CallWatch;
  readonly ended: (entry: CallLogEntry, id: number | undefined) => void;
}

/** Tells of calls as events: each has one start, and one end after it. */
export function callEvents(emit: (event: CallEvent) => void): CallEvents {
  let count = 0;
  const started: CallWatch['started'] = ({ function: name, account, operation }) => {
    const id = ++count;
    emit({ event: 'call_started', id, function: name, account, operation });
    return id;
  };
  return {
    watch: {
      started,
      progressed: (path, progress, id) => emit({ event: 'progress', id: id ?? null, function: path, ...progress }),
      warned: (path, message, id) => emit({ event: 'warning', id: id ?? null, function: path, message }),
    },
    // What does not exist, or is refused as a whole, was over before it could begin.
    ended: (entry, id = started(entry)) => emit({ event: 'call_ended', id, ...entry }),
  };
}
