import type { Fields } from './checks.ts';
import { hasFirstSlice, type Recording, statusOf } from './recordings.ts';

/** Who is in every channel of the emulator. */
const PARTICIPANTS = ['123', '456'];

/** The `serverResponse` of a query, by mode and files (contract: query-response). */
export function queryResponse(recording: Recording, now: number): object {
  const status = statusOf(recording, now);
  if (recording.mode === 'web') return { status, extensionServiceState: webServices(recording) };
  const begun = hasFirstSlice(recording, now);
  if (recordsNoFiles(recording)) return begun ? { status, sliceStartTime: recording.startedAt } : { status };
  return { status, ...fileList(recording, begun), ...(begun ? { sliceStartTime: recording.startedAt } : {}) };
}

/** The `serverResponse` of a stop. A synchronous one has waited for the upload. */
export function stopResponse(recording: Recording, asynchronous: boolean): object {
  const uploadingStatus = asynchronous ? 'unknown' : 'uploaded';
  if (recording.mode === 'web') {
    const names = pushesOnly(recording) ? [] : webFiles(recording);
    return {
      extensionServiceState: [
        { serviceName: 'upload_service', payload: { uploadingStatus } },
        { serviceName: 'web_recorder_service', payload: { fileList: names, onhold: recording.onhold, state: 'exit' } },
      ],
    };
  }
  return recordsNoFiles(recording) ? { uploadingStatus } : { ...fileList(recording, true), uploadingStatus };
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
  return recordedUids(recording).flatMap((uid) =>
    recordedTracks(recording).map((trackType) => ({
      fileName: `${base}__uid_s_${uid}__uid_e_${trackType}.m3u8`,
      trackType,
      uid,
      mixedAllUser: false,
      ...common,
    })),
  );
}

function webServices(recording: Recording): readonly object[] {
  const recorder = { serviceName: 'web_recorder_service', payload: { fileList: [], onhold: recording.onhold, state: 'inProgress' } };
  const status = recording.onhold ? 'onhold' : 'publishing';
  const push = {
    serviceName: 'rtmp_publish_service',
    payload: { outputs: recording.outputs.map((rtmpUrl) => ({ rtmpUrl, status })), state: 'inProgress' },
  };
  return [...(pushesOnly(recording) ? [] : [recorder]), ...(recording.outputs.length === 0 ? [] : [push])];
}

function webFiles(recording: Recording): readonly object[] {
  const base = fileBase(recording);
  const names = [`${base}.m3u8`, ...(fileTypes(recording).includes('mp4') ? [`${base}_0.mp4`] : [])];
  return names.map((filename) => ({ filename, sliceStartTime: Math.floor(recording.startedAt / 1000) }));
}

// Special characters of the channel's name become '-' in file names.
function fileBase({ sid, resource }: Recording): string {
  return `${sid}_${resource.cname.replaceAll(/[^A-Za-z0-9_-]/g, '-')}`;
}

function fileTypes({ request }: Recording): readonly string[] {
  return ((request.recordingFileConfig as Fields | undefined)?.avFileType as readonly string[] | undefined) ?? ['hls'];
}

function recordingConfig({ request }: Recording): Fields {
  return (request.recordingConfig as Fields | undefined) ?? {};
}

function recordedUids(recording: Recording): readonly string[] {
  const { subscribeAudioUids: audio, subscribeVideoUids: video } = recordingConfig(recording) as Record<string, readonly string[]>;
  const named = [...new Set([...(audio ?? []), ...(video ?? [])])].filter((uid) => uid !== '#allstream#');
  return named.length === 0 ? PARTICIPANTS : named;
}

function recordedTracks(recording: Recording): readonly string[] {
  const tracks = [['audio'], ['video'], ['audio', 'video']][(recordingConfig(recording).streamTypes as number | undefined) ?? 2];
  return tracks ?? [];
}

// Screenshots only: a snapshotConfig without a recordingFileConfig.
function recordsNoFiles({ request }: Recording): boolean {
  return request.snapshotConfig !== undefined && request.recordingFileConfig === undefined;
}

function pushesOnly({ request }: Recording): boolean {
  const { extensionServices = [] } = (request.extensionServiceConfig ?? {}) as { extensionServices?: { serviceName?: string }[] };
  return extensionServices.every(({ serviceName }) => serviceName === 'rtmp_publish_service');
}
