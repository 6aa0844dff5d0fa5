import type { CallProgress } from '../../integration/index.ts';
import type { CallLogEntry } from './call-log-entry.ts';
import type { CallObserver, ObservedCall } from './observer.ts';
import { subjectOf } from './subject.ts';

/** What the call is about, as in its log entry. */
type Subject = Pick<CallLogEntry, 'cname' | 'sid'>;

/** Something that happened to a call while the run goes on. `id` is the same from a call's start to its end. */
export type CallEvent =
  | ({ readonly event: 'call_started'; readonly id: number } & Pick<CallLogEntry, 'function' | 'account' | 'operation'>)
  | ({ readonly event: 'progress'; readonly id: number | null; readonly function: string } & CallProgress & Subject)
  | ({ readonly event: 'warning'; readonly id: number | null; readonly function: string; readonly message: string } & Subject)
  | ({ readonly event: 'call_ended'; readonly id: number } & CallLogEntry);

/** Warnings of one call that are reported while it runs. */
const MAX_WARNINGS = 20;

/** Reports calls as events: each call has one start, and one end after it. */
export function eventObserver(emit: (event: CallEvent) => void): CallObserver & Required<Pick<CallObserver, 'ended'>> {
  const calls = new WeakMap<ObservedCall, { readonly id: number | null; warnings: number }>();
  let count = 0;
  const start = ({ function: name, account, operation }: Pick<CallLogEntry, 'function' | 'account' | 'operation'>): number => {
    const id = ++count;
    emit({ event: 'call_started', id, function: name, account, operation });
    return id;
  };
  return {
    started(call) {
      const { tool, account, path } = call.target;
      // The calls that a composed tool makes are reported instead.
      const isComposed = tool.usesTools !== undefined;
      const id = isComposed ? null : start({ function: path, account: account?.name ?? null, operation: tool.operation });
      calls.set(call, { id, warnings: 0 });
    },
    progress: (call, progress) =>
      emit({ event: 'progress', id: calls.get(call)?.id ?? null, function: call.target.path, ...subjectOf(call), ...progress }),
    warned(call, message) {
      const known = calls.get(call);
      if (known !== undefined && ++known.warnings > MAX_WARNINGS) return;
      emit({ event: 'warning', id: known?.id ?? null, function: call.target.path, ...subjectOf(call), message });
    },
    ended(entry, call) {
      // A call of a function that does not exist, or that is refused as a whole, has had no start.
      const id = (call === undefined ? undefined : calls.get(call)?.id) ?? start(entry);
      emit({ event: 'call_ended', id, ...entry });
      return undefined;
    },
  };
}
