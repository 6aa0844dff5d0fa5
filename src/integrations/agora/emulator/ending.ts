import { keepsFiles, listedFiles, recordsFiles } from './files.ts';
import { isBackedUp, isSlowUpload, isUnreadable, isVod } from './magic-names.ts';
import { endOf, type Recording, uploadMs } from './recording.ts';
import { isPostponed } from './start-request.ts';
import { event, type NotificationEvent, pushEvents, runOf } from './timeline.ts';
import { SECOND_MS } from './timing.ts';
import { recordedTracks } from './tracks.ts';
import { recordsPage } from './web-services.ts';

/** Bits of a leaveCode. */
const INIT_FAILED = 0;
const NO_USERS = 4;
const CLIENT_LEFT = 16;

/** The component that an error or a warning is about. The numbers differ from those of serviceType (ncs: event 1). */
const UPLOADER_MODULE = 1;
const SERVICE_MODULE = 2;

/** After the upload. Agora gives no figures. */
const VOD_MS = 5 * SECOND_MS;
const TRANSCODING_MS = 30 * SECOND_MS;

/** All that the clock alone does to a recording, its end included; a stop cuts it short. */
export function* lifecycleEvents(recording: Recording): Generator<NotificationEvent> {
  yield* runOf(recording);
  const end = endOf(recording);
  if (Number.isFinite(end)) yield* terminationEvents(recording, end);
}

/** What follows the end of a recording, whether it was stopped or ended by itself. */
export function* terminationEvents(recording: Recording, end: number): Generator<NotificationEvent> {
  const { mode, request, failure } = recording;
  const stopped = recording.stoppedAt !== undefined;
  if (failure === 'storage') {
    yield error(end, { module: UPLOADER_MODULE, errorLevel: 5, errorCode: 32, errorMsg: 'storage configuration' });
  }
  if (mode === 'web') {
    yield* pushEvents(recording, end, 'disconnected');
    yield event(end, 'web_recorder_stopped', { ...stopReason(recording, stopped), details: '', fileList: webFilesOf(recording, end) });
  } else yield event(end, 'recorder_leave', { leaveCode: leaveCode(stopped, failure !== undefined) });
  yield event(end, 'session_exit', { exitStatus: failure === undefined ? 0 : 1 });
  if (!keepsFiles(recording)) return;
  // A synchronous stop has waited for the upload.
  const uploadedAt = recording.uploadedAt ?? (stopped ? end : end + uploadMs(recording));
  if (isSlowUpload(request)) yield error(uploadedAt, { module: SERVICE_MODULE, errorLevel: 3, errorCode: 50, errorMsg: 'upload timeout' });
  if (isBackedUp(request)) {
    yield error(uploadedAt, { module: UPLOADER_MODULE, errorLevel: 4, errorCode: 47, errorMsg: 'upload failed' });
    yield event(uploadedAt, 'cloud_recording_warning', { module: UPLOADER_MODULE, warnCode: 32 });
  }
  // Of a web page event 71 lists the files (EN and zh examples).
  const files = mode === 'web' ? {} : { fileList: recordsFiles(recording) ? listedFiles(recording, end, true) : [] };
  yield event(uploadedAt, isBackedUp(request) ? 'backuped' : 'uploaded', { status: 0, ...files });
  yield* vodEvents(recording, uploadedAt);
  if (mode === 'individual' && isPostponed(request) && recordsFiles(recording)) yield* transcodingEvents(recording, end, uploadedAt);
}

function error(at: number, details: object): NotificationEvent {
  return event(at, 'cloud_recording_error', { ...details, stat: 0 });
}

function leaveCode(stopped: boolean, failed: boolean): number {
  if (failed) return INIT_FAILED;
  return stopped ? CLIENT_LEFT : NO_USERS;
}

function stopReason({ failure }: Recording, stopped: boolean): { readonly code: number; readonly message: string } {
  if (failure === 'page') return { code: 5, message: 'access_url_failed' };
  if (failure === 'storage') return { code: 6, message: 'recorder_error' };
  return stopped ? { code: 0, message: 'ok' } : { code: 1, message: 'max_recording_hour' };
}

// Milliseconds (EN text and example), and `filename` as the EN example has it.
function webFilesOf(recording: Recording, end: number): readonly object[] {
  if (!keepsFiles(recording) || !recordsPage(recording.request)) return [];
  return listedFiles(recording, end, true).map(({ fileName, sliceStartTime }) => ({ filename: fileName, sliceStartTime }));
}

function* vodEvents(recording: Recording, uploadedAt: number): Generator<NotificationEvent> {
  if (!isVod(recording.request)) return;
  yield event(uploadedAt, 'vod_started', { aliVodInfo: { videoId: recording.sid } });
  yield event(uploadedAt + VOD_MS, 'vod_triggered');
}

// A postponed transcoding reads the files back from the bucket.
function* transcodingEvents(recording: Recording, end: number, uploadedAt: number): Generator<NotificationEvent> {
  const { vendor, region, bucket } = recording.request.storageConfig as Readonly<Record<string, unknown>>;
  const files = listedFiles(recording, end, true);
  const uids = [...new Set(recordedTracks(recording).map(({ uid }) => uid))];
  const doneAt = uploadedAt + TRANSCODING_MS;
  yield event(uploadedAt, 'transcoder_started');
  if (isUnreadable(recording.request)) {
    yield event(doneAt, 'download_failed', { vendor, region, bucket, fileName: files.map(({ fileName }) => fileName).join(';') });
    yield event(doneAt, 'transcoder_completed', { result: 'fail', uids });
    yield event(doneAt, 'postpone_transcode_final_result', { result: 'failed', fileList: [] });
    return;
  }
  const fileList = uids.map((uid) => ({ fileName: `${recording.sid}_${uid}.${containerOf(recording)}`, uid }));
  yield event(doneAt, 'transcoder_completed', { result: 'all_success', uids });
  yield event(doneAt, 'postpone_transcode_final_result', { result: 'total_success', fileList });
}

function containerOf({ request }: Recording): string {
  return (request.transcodeOptions as { container?: { format?: string } } | undefined)?.container?.format ?? 'mp4';
}
