import type { Fields } from './checks.ts';
import type { Mode } from './start-request.ts';

/** Emulated milliseconds after the start until a recording has the state. */
const STATES: readonly { readonly after: number; readonly status: number }[] = [
  { after: 4000, status: 5 },
  { after: 3000, status: 4 },
  { after: 2000, status: 3 },
  { after: 1000, status: 2 },
  { after: 0, status: 1 },
];

/** Agora closes the first slice after 15 s; until then a query lists no files. */
const FIRST_SLICE_MS = 15_000;
/** A second stop is answered "invalid operation" for this long, then the recording is gone. */
const EXITING_MS = 5000;
const HOUR_MS = 3_600_000;

/** A channel whose name begins like this has nobody in it. */
const EMPTY_CHANNEL = 'empty';

export interface Resource {
  readonly id: string;
  readonly appId: string;
  readonly cname: string;
  readonly uid: string;
  readonly acquiredAt: number;
  /** Milliseconds after the start in which the recording can be asked for. */
  readonly lifetimeMs: number;
  recording?: Recording;
}

export interface Recording {
  readonly sid: string;
  readonly resource: Resource;
  readonly mode: Mode;
  readonly startedAt: number;
  readonly request: Fields;
  /** Of a web recording, changed by update. */
  onhold: boolean;
  outputs: readonly string[];
  layout: Fields;
  subscription: Fields;
  stoppedAt?: number;
}

/** When a recording ends by itself: an empty channel, the longest recording of a web page. */
export function naturalEnd({ mode, resource, request, startedAt }: Recording): number {
  if (mode === 'web') return startedAt + longestWebRecording(request) * HOUR_MS;
  if (!hasSenders(resource.cname)) return startedAt + idleSeconds(request) * 1000;
  return Number.POSITIVE_INFINITY;
}

export function hasSenders(cname: string): boolean {
  return !cname.startsWith(EMPTY_CHANNEL);
}

export type Phase = 'running' | 'exiting' | 'gone';

export function phaseOf(recording: Recording, now: number): Phase {
  if (now > recording.startedAt + recording.resource.lifetimeMs) return 'gone';
  const end = recording.stoppedAt ?? naturalEnd(recording);
  if (now < end) return 'running';
  return recording.stoppedAt !== undefined && now < end + EXITING_MS ? 'exiting' : 'gone';
}

/** Agora's status number of a running recording. */
export function statusOf(recording: Recording, now: number): number {
  const age = now - recording.startedAt;
  return STATES.find(({ after }) => age >= after)?.status ?? 0;
}

export function hasFirstSlice(recording: Recording, now: number): boolean {
  return now - recording.startedAt >= FIRST_SLICE_MS;
}

function idleSeconds(request: Fields): number {
  const { maxIdleTime = 30 } = (request.recordingConfig ?? {}) as { maxIdleTime?: number };
  return maxIdleTime;
}

function longestWebRecording(request: Fields): number {
  const { extensionServices = [] } = (request.extensionServiceConfig ?? {}) as {
    extensionServices?: { serviceParam?: { maxRecordingHour?: number } }[];
  };
  return Math.max(1, ...extensionServices.map(({ serviceParam }) => serviceParam?.maxRecordingHour ?? 0));
}
