import type { Fields } from './checks.ts';
import { hasFiles, type Recording, statusOf } from './recordings.ts';
import { IN_PROGRESS } from './timing.ts';
import { pushesPage, recordsPage } from './web-services.ts';

/** Who is in every channel of the emulator. */
const PARTICIPANTS = ['123', '456'];

/** Index in `streamTypes`: 0 audio, 1 video, 2 both. */
const TRACKS = [['audio'], ['video'], ['audio', 'video']] as const;
const SUBSCRIPTIONS = { audio: 'subscribeAudioUids', video: 'subscribeVideoUids' } as const;

/**
 * The `serverResponse` of a query, by mode and files (contract: query-response). Below "in progress" an individual or mix
 * recording tells its status alone, as sample query-starting does.
 */
export function queryResponse(recording: Recording, now: number): object {
  const status = statusOf(recording, now);
  if (recording.mode === 'web') return { status, extensionServiceState: runningServices(recording, status) };
  if (status < IN_PROGRESS) return { status };
  const begun = hasFiles(recording, now);
  const slices = begun ? { sliceStartTime: recording.startedAt } : {};
  return { status, ...(recordsFiles(recording) ? fileList(recording, begun) : {}), ...slices };
}

/**
 * The `serverResponse` of a stop. A synchronous one has closed and uploaded the last slice, so every file is listed; an
 * asynchronous one has waited for nothing and lists what a query would (sample stop-individual-unknown: no files, "unknown").
 */
export function stopResponse(recording: Recording, asynchronous: boolean, now: number): object {
  const uploadingStatus = asynchronous ? 'unknown' : 'uploaded';
  if (recording.mode === 'web') {
    const recorder = {
      serviceName: 'web_recorder_service',
      payload: { fileList: webFiles(recording), onhold: recording.onhold, state: 'exit' },
    };
    const upload = { serviceName: 'upload_service', payload: { uploadingStatus } };
    return { extensionServiceState: [upload, ...(recordsPage(recording.request) ? [recorder] : [])] };
  }
  const files = recordsFiles(recording) ? fileList(recording, !asynchronous || hasFiles(recording, now)) : {};
  return { ...files, uploadingStatus };
}

// mix with HLS alone has one name, everything else a list.
function fileList(recording: Recording, begun: boolean): object {
  const base = fileBase(recording);
  if (recording.mode === 'mix' && !fileTypes(recording).includes('mp4')) {
    return { fileListMode: 'string', fileList: begun ? `${base}.m3u8` : '' };
  }
  return { fileListMode: 'json', fileList: begun ? listedFiles(recording, base) : [] };
}

function listedFiles(recording: Recording, base: string): readonly object[] {
  const common = { isPlayable: true, sliceStartTime: recording.startedAt };
  if (recording.mode === 'mix') {
    return [`${base}.m3u8`, `${base}_0.mp4`].map((fileName) => ({
      fileName,
      trackType: 'audio_and_video',
      uid: '0',
      mixedAllUser: true,
      ...common,
    }));
  }
  return recordedTracks(recording).map(({ uid, trackType }) => ({
    fileName: `${base}__uid_s_${uid}__uid_e_${trackType}.m3u8`,
    trackType,
    uid,
    mixedAllUser: false,
    ...common,
  }));
}

// Web files are listed at the end only (pitfalls, 26).
function runningServices({ request, onhold, outputs }: Recording, status: number): readonly object[] {
  const runs = status >= IN_PROGRESS;
  const state = runs ? 'inProgress' : 'init';
  const recorder = { serviceName: 'web_recorder_service', payload: { fileList: [], onhold, state } };
  const pushed = { running: onhold ? 'onhold' : 'publishing', starting: 'connecting' }[runs ? 'running' : 'starting'];
  const push = {
    serviceName: 'rtmp_publish_service',
    payload: { outputs: outputs.map((rtmpUrl) => ({ rtmpUrl, status: pushed })), state },
  };
  return [...(recordsPage(request) ? [recorder] : []), ...(pushesPage(request) ? [push] : [])];
}

// Seconds here, milliseconds elsewhere: so do the samples (pitfalls, 27).
function webFiles(recording: Recording): readonly object[] {
  const base = fileBase(recording);
  const names = [`${base}.m3u8`, ...(fileTypes(recording).includes('mp4') ? [`${base}_0.mp4`] : [])];
  return names.map((filename) => ({ filename, sliceStartTime: Math.floor(recording.startedAt / 1000) }));
}

// Special characters of the channel's name become '-' in file names (storage-and-files).
function fileBase({ sid, resource }: Recording): string {
  return `${sid}_${resource.cname.replaceAll(/[^A-Za-z0-9_-]/g, '-')}`;
}

function fileTypes({ request }: Recording): readonly string[] {
  return ((request.recordingFileConfig as Fields | undefined)?.avFileType as readonly string[] | undefined) ?? ['hls'];
}

function recordedTracks({ request }: Recording): readonly { readonly uid: string; readonly trackType: string }[] {
  const config = (request.recordingConfig ?? {}) as Fields;
  const tracks = TRACKS[(config.streamTypes as 0 | 1 | 2 | undefined) ?? 2];
  const uidsOf = (track: keyof typeof SUBSCRIPTIONS): readonly string[] => {
    const uids = (config[SUBSCRIPTIONS[track]] as readonly string[] | undefined) ?? [];
    return uids.length === 0 || uids.includes('#allstream#') ? PARTICIPANTS : uids;
  };
  const recorded = tracks.flatMap((trackType) => uidsOf(trackType).map((uid) => ({ uid, trackType })));
  return recorded.sort((a, b) => Number(a.uid) - Number(b.uid));
}

// Screenshots only: a snapshotConfig without a recordingFileConfig (contract: recordingFileConfig).
function recordsFiles({ request }: Recording): boolean {
  return request.snapshotConfig === undefined || request.recordingFileConfig !== undefined;
}
