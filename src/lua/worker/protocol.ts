import type { MessagePort } from 'node:worker_threads';
import type { ErrorDetail } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { LimitOptions } from '../engine/limits.ts';

/** What stands behind a global, as much as the thread of the script needs to know. */
export type RemoteEntry =
  | { readonly kind: 'namespace'; readonly hasMissing: boolean; readonly hasFind: boolean }
  | { readonly kind: 'function'; readonly alias?: string; readonly immediate: boolean; readonly namesLine: boolean };

export type RemoteEntries = Readonly<Record<string, RemoteEntry>>;

/** Names from the global on: `['app', 'integrations', 'agora']`. */
export type EntryPath = readonly string[];

/** The values of a call, or why the script's values cannot be passed on. */
export type RemoteArguments = { readonly values: readonly JsonValue[] } | { readonly error: ErrorDetail };

/** One script for a thread of the pool. Nothing secret is in it: credentials stay where the calls are made. */
export interface ScriptTask {
  readonly code: string | Uint8Array;
  readonly chunk: string;
  readonly limits: LimitOptions;
  readonly input: JsonValue;
  readonly globals: RemoteEntries;
  readonly ports: RemoteEntries;
  /** Calls that wait: `FromScript` one way, `ToScript` the other. */
  readonly calls: MessagePort;
  /** Questions for which the thread of the script stands still: `Question` one way, `Answer` the other. */
  readonly questions: MessagePort;
  /** Four bytes that count the answers to questions. */
  readonly answers: SharedArrayBuffer;
}

/** How the paths of ports begin: no global of a script has this name. */
export const PORTS = '#';

export type FromScript =
  | { readonly kind: 'started' }
  | { readonly kind: 'call'; readonly id: number; readonly path: EntryPath; readonly args: RemoteArguments }
  | { readonly kind: 'cancel'; readonly id: number; readonly reason: ErrorDetail };

export type ToScript =
  | { readonly kind: 'return'; readonly id: number; readonly answer: Answer }
  | { readonly kind: 'abort'; readonly reason: ErrorDetail }
  /** The clock of the run stops, while a person is asked, and goes on. */
  | { readonly kind: 'pause'; readonly isPaused: boolean };

export type Question =
  | { readonly kind: 'call'; readonly path: EntryPath; readonly args: RemoteArguments }
  | { readonly kind: 'entries'; readonly path: EntryPath }
  | { readonly kind: 'find'; readonly path: EntryPath; readonly name: string }
  | { readonly kind: 'missing'; readonly path: EntryPath; readonly name: string };

export type Answer = { readonly value: unknown } | { readonly error: ErrorDetail };

/** How a run ended, without anything that has a prototype. */
export interface PlainOutcome {
  readonly output: string;
  readonly outputCut: boolean;
  readonly result: readonly JsonValue[] | null;
  readonly error: ErrorDetail | null;
  readonly cpuMs: number;
  readonly memoryPeak: number;
}
