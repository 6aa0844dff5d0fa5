import { captureMs, listedFiles, recordsFiles, snapshotsOf, webFiles } from './files.ts';
import { endOf, type Recording, uploadMs } from './recordings.ts';
import { pushStatus } from './server-response.ts';
import { hasSenders, isBackedUp, isSlowUpload } from './situations.ts';
import { FIRST_SLICE_MS, MINUTE_MS, READY_MS } from './timing.ts';
import { recordedTracks } from './tracks.ts';
import { pushesPage, recordsPage } from './web-services.ts';

/** A notification before it is addressed (ncs): its number, who speaks, and the details with `msgName`. */
export interface NotificationEvent {
  /** Emulated milliseconds since 1970. */
  readonly at: number;
  readonly eventType: number;
  readonly serviceType: number;
  readonly details: { readonly msgName: string; readonly [field: string]: unknown };
}

/** Who speaks (ncs: serviceType). */
const SERVICE = 0;
const RECORDER = 1;
const UPLOADER = 2;
const EXTENSION = 4;
const WEB_PAGE = 6;

/** The events of the table in ncs.md that the emulator sends: number and who speaks. */
const EVENTS = {
  cloud_recording_error: [1, SERVICE],
  cloud_recording_warning: [2, SERVICE],
  cloud_recording_status_update: [3, SERVICE],
  cloud_recording_file_infos: [4, SERVICE],
  session_exit: [11, SERVICE],
  session_failover: [12, SERVICE],
  uploader_started: [30, UPLOADER],
  uploaded: [31, UPLOADER],
  backuped: [32, UPLOADER],
  uploading_progress: [33, UPLOADER],
  recorder_started: [40, RECORDER],
  recorder_leave: [41, RECORDER],
  recorder_slice_start: [42, RECORDER],
  recorder_audio_stream_state_changed: [43, RECORDER],
  recorder_video_stream_state_changed: [44, RECORDER],
  recorder_snapshot_file: [45, RECORDER],
  web_recorder_started: [70, WEB_PAGE],
  web_recorder_stopped: [71, WEB_PAGE],
  rtmp_publish_status: [100, EXTENSION],
} as const;

function event(at: number, msgName: keyof typeof EVENTS, details: object = {}): NotificationEvent {
  const [eventType, serviceType] = EVENTS[msgName];
  return { at, eventType, serviceType, details: { msgName, ...details } };
}

/** Bits of a leaveCode. */
const NO_USERS = 4;
const CLIENT_LEFT = 16;
const WHOLE = 10_000;

/** What happens to a recording by the clock alone, in the order of time, its own end included; a stop cuts it short. */
export function* lifeOf(recording: Recording): Generator<NotificationEvent> {
  const { mode, startedAt } = recording;
  const end = endOf(recording);
  const records = mode === 'web' ? recordsPage(recording.request) : hasSenders(recording.resource.cname);
  if (mode === 'web') yield* pushEvents(recording, startedAt, 'connecting');
  for (const each of mode === 'web' ? webStart(recording) : channelStart(recording)) if (each.at < end) yield each;
  // What is repeated, or comes late: the earliest of these is always next.
  const snapshots = snapshotsOf(recording, startedAt, end);
  let minute = startedAt + MINUTE_MS;
  let snapshot = captureMs(recording) === undefined ? undefined : snapshots.next();
  let first = records && mode !== 'web' && recordsFiles(recording) ? startedAt + FIRST_SLICE_MS[mode] : Number.POSITIVE_INFINITY;
  for (;;) {
    const taken = snapshot === undefined || snapshot.done === true ? Number.POSITIVE_INFINITY : snapshot.value.at;
    const uploading = records ? minute : Number.POSITIVE_INFINITY;
    const at = Math.min(taken, uploading, first);
    if (at >= end) break;
    if (at === first) {
      yield event(at, 'cloud_recording_file_infos', { fileList: listedFiles(recording, at, false) });
      first = Number.POSITIVE_INFINITY;
    } else if (at === uploading) {
      yield event(at, 'uploading_progress', { progress: Math.floor(WHOLE * (1 - FIRST_SLICE_MS.mix / (at - startedAt))) });
      minute += MINUTE_MS;
    } else if (snapshot?.done === false) {
      yield event(at, 'recorder_snapshot_file', { fileName: snapshot.value.fileName });
      snapshot = snapshots.next();
    }
  }
  if (Number.isFinite(end)) yield* deathOf(recording, end);
}

/** What follows the end of a recording, whether it was stopped or ended by itself. */
export function* deathOf(recording: Recording, end: number): Generator<NotificationEvent> {
  const { mode, request, resource } = recording;
  const stopped = recording.stoppedAt !== undefined;
  if (mode === 'web') {
    yield* pushEvents(recording, end, 'disconnected');
    const [code, message] = stopped ? [0, 'ok'] : [1, 'max_recording_hour'];
    yield event(end, 'web_recorder_stopped', { code, message, details: '', fileList: webFiles(recording, end) });
  } else yield event(end, 'recorder_leave', { leaveCode: stopped ? CLIENT_LEFT : NO_USERS });
  yield event(end, 'session_exit', { exitStatus: 0 });
  const records = mode === 'web' ? recordsPage(request) : hasSenders(resource.cname);
  if (!records) return;
  // A synchronous stop has waited for the upload.
  const uploadedAt = recording.uploadedAt ?? (stopped ? end : end + uploadMs(recording));
  if (isSlowUpload(request)) {
    yield event(uploadedAt, 'cloud_recording_error', { module: 0, errorLevel: 3, errorCode: 50, stat: 0, errorMsg: 'upload timeout' });
  }
  if (isBackedUp(request)) {
    yield event(uploadedAt, 'cloud_recording_error', { module: 2, errorLevel: 4, errorCode: 47, stat: 0, errorMsg: 'upload failed' });
    yield event(uploadedAt, 'cloud_recording_warning', { module: 2, warnCode: 32 });
  }
  const fileList = recordsFiles(recording) ? listedFiles(recording, end, true) : [];
  yield event(uploadedAt, isBackedUp(request) ? 'backuped' : 'uploaded', { status: 0, fileList });
}

/** What an update of a web recording does to its CDN push. */
export function* pushEvents(
  { outputs, onhold, request, startedAt }: Recording,
  at: number,
  status: ReturnType<typeof pushStatus> | 'disconnected' = pushStatus(at >= startedAt + READY_MS, onhold),
): Generator<NotificationEvent> {
  if (pushesPage(request)) for (const rtmpUrl of outputs) yield event(at, 'rtmp_publish_status', { rtmpUrl, status });
}

/** The move to another server. The emulator's recorder keeps its uid. */
export function failoverEvent({ resource }: Recording, at: number): NotificationEvent {
  return event(at, 'session_failover', { newUid: Number(resource.uid) });
}

function* webStart(recording: Recording): Generator<NotificationEvent> {
  const at = recording.startedAt + READY_MS;
  if (recordsPage(recording.request)) {
    yield event(at, 'web_recorder_started', { recorderStartTime: at });
    yield event(at, 'uploader_started', { status: 0 });
  }
  yield* pushEvents(recording, at);
}

function* channelStart(recording: Recording): Generator<NotificationEvent> {
  const { mode, startedAt, resource } = recording;
  const at = startedAt + READY_MS;
  const recordingMode = mode === 'mix' ? 1 : 0;
  yield event(at, 'recorder_started', { status: 0 });
  yield event(at, 'uploader_started', { status: 0 });
  yield event(at, 'cloud_recording_status_update', { status: 5, recordingMode, fileList: [] });
  if (!hasSenders(resource.cname)) return;
  const tracks = recordedTracks(recording);
  for (const { uid, trackType } of tracks) {
    const changed = trackType === 'audio' ? 'recorder_audio_stream_state_changed' : 'recorder_video_stream_state_changed';
    yield event(at, changed, { streamUid: uid, state: 0, UtcMs: at });
  }
  if (!recordsFiles(recording)) return;
  const slice = { startUtcMs: at, discontinueUtcMs: at };
  const mixed = { mixedAllUser: true, streamUid: '0', trackType: 'audio_and_video' };
  if (mode === 'mix') yield event(at, 'recorder_slice_start', { ...slice, ...mixed });
  else
    for (const { uid, trackType } of tracks)
      yield event(at, 'recorder_slice_start', { ...slice, mixedAllUser: false, streamUid: uid, trackType });
}
