import type { LuaFunction, LuaState } from 'fengari/src/lua.js';
import type { Scheduler } from '../engine/scheduler.ts';
import type { HostEntry, HostNamespace, SandboxJournal } from '../host-call.ts';
import type { ErrorValues } from '../values/error.ts';
import type { RawValue } from '../values/raw-value.ts';

/** What this room itself puts into a read-only table, besides what the host gives. */
export type LibraryEntry =
  | HostEntry
  | { readonly kind: 'lua'; readonly fn: LuaFunction }
  | { readonly kind: 'value'; readonly raw: RawValue };

export interface LibraryNamespace extends Omit<HostNamespace, 'entries'> {
  readonly entries: () => ListedEntries | Promise<ListedEntries>;
}

export type ListedEntries = Readonly<Record<string, LibraryEntry>>;

export interface HostTableOptions {
  readonly scheduler: Scheduler;
  readonly errors: ErrorValues;
  readonly nullValue: object;
  readonly reserve: (L: LuaState, bytes: number) => void;
  readonly journal?: SandboxJournal | undefined;
}
