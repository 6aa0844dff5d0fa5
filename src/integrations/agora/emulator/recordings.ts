import type { Fields } from './checks.ts';
import type { Mode } from './start-request.ts';
import { EXITING_MS, FIRST_SLICE_MS, HOUR_MS, IDLE_SECONDS, SECOND_MS, STATES } from './timing.ts';

/** A channel whose name begins like this has nobody in it. */
const EMPTY_CHANNEL = 'empty';

/** What an acquire has given out. It serves one recording. */
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
  /** The clientRequest of the start. */
  readonly request: Fields;
  /** Of a web recording, changed by update. */
  onhold: boolean;
  outputs: readonly string[];
  /** The last updateLayout and the last streamSubscribe, as they were sent. */
  layout: Fields;
  subscription: Fields;
  stoppedAt?: number;
}

/** `exiting`: over, but a stop is still answered "invalid operation". `gone`: every call is answered 404. */
export type Phase = 'running' | 'exiting' | 'gone';

/** A recording as a test sees it. Times are emulated milliseconds since 1970. No credentials: the storageConfig stays inside. */
export interface RecordingView {
  readonly appId: string;
  readonly cname: string;
  readonly uid: string;
  readonly resourceId: string;
  readonly sid: string;
  readonly mode: Mode;
  readonly phase: Phase;
  /** Agora's status number while it runs, 8 ("exited") afterwards. */
  readonly status: number;
  readonly startedAt: number;
  readonly stoppedAt?: number;
  readonly onhold: boolean;
  readonly outputs: readonly string[];
  readonly layout: Fields;
  readonly subscription: Fields;
}

export function viewRecording(recording: Recording, now: number): RecordingView {
  const { sid, mode, startedAt, stoppedAt, onhold, outputs, layout, subscription, resource } = recording;
  const { appId, cname, uid, id: resourceId } = resource;
  const phase = phaseOf(recording, now);
  const status = phase === 'running' ? statusOf(recording, now) : 8;
  const state = { mode, phase, status, startedAt, ...(stoppedAt === undefined ? {} : { stoppedAt }) };
  return { appId, cname, uid, resourceId, sid, ...state, onhold, outputs, layout, subscription };
}

export function hasSenders(cname: string): boolean {
  return !cname.startsWith(EMPTY_CHANNEL);
}

export function phaseOf(recording: Recording, now: number): Phase {
  if (now >= recording.startedAt + recording.resource.lifetimeMs) return 'gone';
  const end = recording.stoppedAt ?? naturalEnd(recording);
  if (now < end) return 'running';
  return now < end + EXITING_MS ? 'exiting' : 'gone';
}

/** Agora's status number of a running recording. */
export function statusOf(recording: Recording, now: number): number {
  const age = now - recording.startedAt;
  return STATES.find(({ after }) => age >= after)?.status ?? 0;
}

/** Whether a query of an individual or mix recording lists files yet. */
export function hasFiles({ mode, resource, startedAt }: Recording, now: number): boolean {
  return mode !== 'web' && hasSenders(resource.cname) && now - startedAt >= FIRST_SLICE_MS[mode];
}

// When a recording ends by itself: nobody in the channel for maxIdleTime, or the longest recording of a web page.
function naturalEnd({ mode, resource, request, startedAt }: Recording): number {
  if (mode === 'web') return startedAt + longestWebHours(request) * HOUR_MS;
  return hasSenders(resource.cname) ? Number.POSITIVE_INFINITY : startedAt + idleSeconds(request) * SECOND_MS;
}

function idleSeconds(request: Fields): number {
  const { maxIdleTime = IDLE_SECONDS } = (request.recordingConfig ?? {}) as { maxIdleTime?: number };
  return maxIdleTime;
}

// A page that is only pushed to a CDN has no maxRecordingHour, so nothing ends it.
function longestWebHours(request: Fields): number {
  const { extensionServices = [] } = (request.extensionServiceConfig ?? {}) as {
    extensionServices?: { serviceParam?: { maxRecordingHour?: number } }[];
  };
  const hours = extensionServices.flatMap(({ serviceParam }) => serviceParam?.maxRecordingHour ?? []);
  return hours.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...hours);
}
