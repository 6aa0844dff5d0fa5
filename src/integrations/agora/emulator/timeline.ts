import { captureMs, keepsFiles, listedFiles, recordsFiles, snapshotsOf } from './files.ts';
import { hasSenders, isHeavyPage, isSilentPage } from './magic-names.ts';
import { endOf, type Recording } from './recording.ts';
import { pushStatus } from './server-response.ts';
import { FIRST_SLICE_MS, MINUTE_MS, PAGE_TROUBLE_MS, READY_MS } from './timing.ts';
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

/** The service that reports (ncs: serviceType). */
const SERVICE = 0;
const RECORDER = 1;
const UPLOADER = 2;
const EXTENSION = 4;
const WEB_PAGE = 6;
const DOWNLOADER = 8;

/** The events of the table in ncs.md: number and who speaks. The table leaves open who speaks in 80 and 81, and the name of 13. */
const EVENTS = {
  cloud_recording_error: [1, SERVICE],
  cloud_recording_warning: [2, SERVICE],
  cloud_recording_status_update: [3, SERVICE],
  cloud_recording_file_infos: [4, SERVICE],
  session_exit: [11, SERVICE],
  session_failover: [12, SERVICE],
  high_availability_register_success: [13, SERVICE],
  uploader_started: [30, UPLOADER],
  uploaded: [31, UPLOADER],
  backuped: [32, UPLOADER],
  uploading_progress: [33, UPLOADER],
  recorder_started: [40, RECORDER],
  recorder_leave: [41, RECORDER],
  recorder_slice_start: [42, RECORDER],
  recorder_audio_stream_state_changed: [43, RECORDER],
  recorder_video_stream_state_changed: [44, RECORDER],
  // zh table and uploader page; the EN table has the recorder.
  recorder_snapshot_file: [45, UPLOADER],
  vod_started: [60, EXTENSION],
  vod_triggered: [61, EXTENSION],
  web_recorder_started: [70, WEB_PAGE],
  web_recorder_stopped: [71, WEB_PAGE],
  web_recorder_capability_limit: [72, WEB_PAGE],
  web_recorder_reload: [73, WEB_PAGE],
  transcoder_started: [80, SERVICE],
  transcoder_completed: [81, SERVICE],
  download_failed: [90, DOWNLOADER],
  rtmp_publish_status: [100, WEB_PAGE],
  postpone_transcode_final_result: [1001, SERVICE],
} as const;

/** An event at a time, with what its details hold besides their name. */
export function event(at: number, msgName: keyof typeof EVENTS, details: object = {}): NotificationEvent {
  const [eventType, serviceType] = EVENTS[msgName];
  return { at, eventType, serviceType, details: { msgName, ...details } };
}

/** Which product a recording is of (zh `ncs-events.mdx`: in every event). */
export function sceneOf(recording: Recording): 'rtc_record' | 'rtc_snapshot' | 'web_record' {
  if (recording.mode === 'web') return 'web_record';
  return recordsFiles(recording) ? 'rtc_record' : 'rtc_snapshot';
}

/** All of an upload, in event 33. */
const WHOLE = 10_000;

/** What happens to a running recording by the clock alone, in the order of time. */
export function* runOf(recording: Recording): Generator<NotificationEvent> {
  const { mode, startedAt } = recording;
  const end = endOf(recording);
  const records = keepsFiles(recording);
  if (mode === 'web') yield* pushEvents(recording, startedAt, 'connecting');
  for (const each of mode === 'web' ? webStart(recording) : channelStart(recording)) if (each.at < end) yield each;
  // Repeated and late events: the earliest of these is always next.
  const snapshots = snapshotsOf(recording, startedAt, end);
  let minute = startedAt + MINUTE_MS;
  let snapshot = captureMs(recording) === undefined ? undefined : snapshots.next();
  let first = records && mode !== 'web' && recordsFiles(recording) ? startedAt + FIRST_SLICE_MS[mode] : Number.POSITIVE_INFINITY;
  for (;;) {
    const taken = snapshot === undefined || snapshot.done === true ? Number.POSITIVE_INFINITY : snapshot.value.at;
    const uploading = records ? minute : Number.POSITIVE_INFINITY;
    const at = Math.min(taken, uploading, first);
    if (at >= end) return;
    if (at === first) {
      yield event(at, 'cloud_recording_file_infos', { fileList: playlist(recording, at) });
      first = Number.POSITIVE_INFINITY;
    } else if (at === uploading) {
      yield event(at, 'uploading_progress', { progress: Math.floor(WHOLE * (1 - FIRST_SLICE_MS.mix / (at - startedAt))) });
      minute += MINUTE_MS;
    } else if (snapshot?.done === false) {
      yield event(at, 'recorder_snapshot_file', { fileName: snapshot.value.fileName });
      snapshot = snapshots.next();
    }
  }
}

/** What an update of a web recording does to its CDN push. */
export function* pushEvents(
  { outputs, onhold, request, startedAt }: Recording,
  at: number,
  status: ReturnType<typeof pushStatus> | 'disconnected' = pushStatus(at >= startedAt + READY_MS, onhold),
): Generator<NotificationEvent> {
  if (pushesPage(request)) for (const rtmpUrl of outputs) yield event(at, 'rtmp_publish_status', { rtmpUrl, status });
}

/** The move to another server, which then takes the recording on. The emulator's recorder keeps its uid. */
export function* failoverEvents({ resource }: Recording, at: number): Generator<NotificationEvent> {
  yield event(at, 'session_failover', { newUid: Number(resource.uid) });
  yield event(at, 'high_availability_register_success');
}

// The name of the M3U8, a text (EN and zh: events 3 and 4); of an individual recording the first.
function playlist(recording: Recording, at: number): string {
  return listedFiles(recording, at, true)[0]?.fileName ?? '';
}

function* webStart(recording: Recording): Generator<NotificationEvent> {
  const { request, startedAt } = recording;
  const at = startedAt + READY_MS;
  if (recordsPage(request)) {
    yield event(at, 'web_recorder_started', { recorderStartTime: at });
    yield event(at, 'uploader_started', { status: 0 });
  }
  yield* pushEvents(recording, at);
  if (isHeavyPage(request)) yield event(startedAt + PAGE_TROUBLE_MS, 'web_recorder_capability_limit', { limitType: 'WebGL' });
  if (isSilentPage(request)) yield event(startedAt + PAGE_TROUBLE_MS, 'web_recorder_reload', { reason: 'audio_silence' });
}

function* channelStart(recording: Recording): Generator<NotificationEvent> {
  const { mode, startedAt, resource } = recording;
  const at = startedAt + READY_MS;
  const recordingMode = mode === 'mix' ? 1 : 0;
  yield event(at, 'recorder_started', { status: 0 });
  yield event(at, 'uploader_started', { status: 0 });
  const fileList = recordsFiles(recording) && keepsFiles(recording) ? playlist(recording, at) : '';
  yield event(at, 'cloud_recording_status_update', { status: 5, recordingMode, fileList });
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
