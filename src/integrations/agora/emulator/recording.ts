import type { Fields } from './checks.ts';
import { type Failure, hasSenders, isSlowUpload } from './magic-names.ts';
import type { Mode } from './mode.ts';
import {
  EXITED_MS,
  EXITING_MS,
  FAILING_MS,
  FIRST_SLICE_MS,
  HOUR_MS,
  IDLE_SECONDS,
  SECOND_MS,
  STATES,
  STOPPED_MS,
  UPLOAD_MS,
} from './timing.ts';
import type { WebState } from './web-services.ts';

/** A resource of an acquire. It serves one recording. */
export interface Resource {
  readonly id: string;
  readonly appId: string;
  readonly cname: string;
  readonly uid: string;
  readonly acquiredAt: number;
  /** Milliseconds after the start in which the recording can be asked for. */
  readonly lifetimeMs: number;
  /** Stands for the `startParameter`, where the acquire had one: the start must be the same. */
  readonly announced?: string;
  recording?: Recording;
}

export interface Recording extends WebState {
  readonly sid: string;
  readonly resource: Resource;
  readonly mode: Mode;
  readonly startedAt: number;
  /** The clientRequest of the start. */
  readonly request: Fields;
  /** Why the recorder exits soon after the start; undefined where it does not. */
  readonly failure: Failure | undefined;
  /** The last updateLayout, and every streamSubscribe with the time from which it counts. */
  layout: Fields;
  subscriptions: readonly Subscription[];
  stoppedAt?: number;
  /** When the upload is done that a stop did not wait for. */
  uploadedAt?: number;
  /** How often it moved to another server, and until when it is not found there. */
  failovers: number;
  lostUntil: number;
  /** The `sequence` of its next notification. */
  sequence: number;
}

export interface Subscription {
  readonly at: number;
  readonly streams: Fields;
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
  /** Agora's status number. */
  readonly status: number;
  readonly startedAt: number;
  readonly stoppedAt?: number;
  readonly uploadedAt?: number;
  readonly failovers: number;
  readonly failure?: Failure;
  readonly onhold: boolean;
  readonly outputs: readonly string[];
  readonly layout: Fields;
  readonly subscription: Fields;
}

export function viewRecording(recording: Recording, now: number): RecordingView {
  const { sid, mode, startedAt, stoppedAt, uploadedAt, failovers, failure, onhold, outputs, layout, resource } = recording;
  const { appId, cname, uid, id: resourceId } = resource;
  const times = { startedAt, ...(stoppedAt === undefined ? {} : { stoppedAt }), ...(uploadedAt === undefined ? {} : { uploadedAt }) };
  const state = {
    mode,
    phase: phaseOf(recording, now),
    status: statusOf(recording, now),
    ...times,
    failovers,
    ...(failure === undefined ? {} : { failure }),
  };
  return { appId, cname, uid, resourceId, sid, ...state, onhold, outputs, layout, subscription: subscriptionOf(recording) };
}

/** The last streamSubscribe that was sent; empty where none was. */
export function subscriptionOf({ subscriptions }: Recording): Fields {
  return subscriptions.at(-1)?.streams ?? {};
}

/** Ends a recording that runs. Where the stop does not wait for the upload, queries can watch it. */
export function endRecording(recording: Recording, now: number, waits: boolean): void {
  recording.stoppedAt = now;
  const uploads = recording.failure === undefined && (recording.mode === 'web' || hasSenders(recording.resource.cname));
  if (!waits && uploads) recording.uploadedAt = now + uploadMs(recording);
}

/** How long the upload takes after the end. */
export function uploadMs({ request }: Recording): number {
  return isSlowUpload(request) ? UPLOAD_MS.slow : UPLOAD_MS.usual;
}

/** When a recording ended, or ends without a stop; infinite where nothing ends it. */
export function endOf(recording: Recording): number {
  return recording.stoppedAt ?? naturalEnd(recording);
}

export function phaseOf(recording: Recording, now: number): Phase {
  if (now >= recording.startedAt + recording.resource.lifetimeMs) return 'gone';
  const end = endOf(recording);
  if (now < end) return 'running';
  const { uploadedAt } = recording;
  const gone = uploadedAt === undefined ? end + EXITING_MS : uploadedAt + STOPPED_MS + EXITED_MS;
  return now < gone ? 'exiting' : 'gone';
}

const STOP_REQUESTED = 6;
const STOPPED = 7;
const EXITED = 8;

/** Agora's status number (contract: query-response). */
export function statusOf(recording: Recording, now: number): number {
  if (phaseOf(recording, now) === 'running') {
    const age = now - recording.startedAt;
    return STATES.find(({ after }) => age >= after)?.status ?? 0;
  }
  const { uploadedAt } = recording;
  if (uploadedAt === undefined || now >= uploadedAt + STOPPED_MS) return EXITED;
  return now < uploadedAt ? STOP_REQUESTED : STOPPED;
}

/** Whether a query of an individual or mix recording lists files yet. */
export function hasFiles({ mode, resource, startedAt }: Recording, now: number): boolean {
  return mode !== 'web' && hasSenders(resource.cname) && now - startedAt >= FIRST_SLICE_MS[mode];
}

// When a recording ends by itself: it cannot work, the channel is empty for maxIdleTime, or the longest recording of a web page.
function naturalEnd({ mode, resource, request, startedAt, failure }: Recording): number {
  if (failure !== undefined) return startedAt + FAILING_MS[failure];
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
