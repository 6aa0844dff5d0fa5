import type { Fields } from './checks.ts';
import { hasSenders } from './magic-names.ts';
import { endOf, type Recording } from './recording.ts';
import { CAPTURE_SECONDS, FIRST_SLICE_MS, MINUTE_MS, MP4_MINUTES, MP4_MS, SECOND_MS, SLICE_MS } from './timing.ts';
import { recordedTracks, type Track } from './tracks.ts';
import { longestVideoMinutes, recordsPage } from './web-services.ts';

/** A file as a query, a stop or a notification lists it. */
export interface ListedFile {
  readonly fileName: string;
  readonly trackType: string;
  readonly uid: string;
  readonly mixedAllUser: boolean;
  readonly isPlayable: true;
  readonly sliceStartTime: number;
}

/** Screenshots only: a snapshotConfig without a recordingFileConfig (contract: recordingFileConfig). */
export function recordsFiles({ request }: Recording): boolean {
  return request.snapshotConfig === undefined || request.recordingFileConfig !== undefined;
}

/** Whether files arrive in the bucket at all. */
export function keepsFiles({ mode, request, resource, failure }: Recording): boolean {
  return failure === undefined && (mode === 'web' ? recordsPage(request) : hasSenders(resource.cname));
}

/** Mix with HLS alone lists one name, everything else a list. */
export function listsOneName(recording: Recording): boolean {
  return recording.mode === 'mix' && !fileTypes(recording).includes('mp4');
}

/** The playlists and MP4 files that a recording has listed at a time; with `all` also those whose first slice is not closed yet. */
export function listedFiles(recording: Recording, now: number, all: boolean): readonly ListedFile[] {
  const base = fileBase(recording);
  if (recording.mode !== 'individual') {
    return [{ fileName: `${base}.m3u8`, sliceStartTime: recording.startedAt }, ...mp4Files(recording, now)].map((file) => ({
      ...file,
      trackType: 'audio_and_video',
      uid: '0',
      mixedAllUser: true,
      isPlayable: true,
    }));
  }
  return recordedTracks(recording)
    .filter((track) => all || now >= listedFrom(recording, track))
    .map(({ uid, trackType, since }) => ({
      fileName: `${trackBase(base, uid, trackType)}.m3u8`,
      trackType,
      uid,
      mixedAllUser: false,
      isPlayable: true,
      sliceStartTime: since,
    }));
}

/** The files of a web page. Seconds here, milliseconds elsewhere: so do the samples (pitfalls, 27). */
export function webFiles(recording: Recording, now: number): readonly { readonly filename: string; readonly sliceStartTime: number }[] {
  if (!keepsFiles(recording)) return [];
  return listedFiles(recording, now, true).map(({ fileName, sliceStartTime }) => ({
    filename: fileName,
    sliceStartTime: Math.floor(sliceStartTime / SECOND_MS),
  }));
}

/**
 * Names of the screenshots taken in [from, to), with their times. The page of storage-and-files has none; they are named as Agora's
 * slices are.
 */
export function* snapshotsOf(
  recording: Recording,
  from: number,
  to: number,
): Generator<{ readonly at: number; readonly fileName: string }> {
  const every = captureMs(recording);
  if (every === undefined) return;
  const { startedAt } = recording;
  const first = startedAt + Math.max(1, Math.ceil((from - startedAt) / every)) * every;
  for (let at = first; at < to; at += every) {
    for (const { uid, trackType, since } of recordedTracks(recording)) {
      if (trackType === 'video' && since <= at) yield { at, fileName: `${trackBase(fileBase(recording), uid, 'video')}_${utc(at)}.jpg` };
    }
  }
}

/** Milliseconds between screenshots; undefined where none are taken. */
export function captureMs(recording: Recording): number | undefined {
  const { request } = recording;
  if (request.snapshotConfig === undefined || !keepsFiles(recording)) return undefined;
  const { captureInterval = CAPTURE_SECONDS } = request.snapshotConfig as { captureInterval?: number };
  return captureInterval * SECOND_MS;
}

/** Every file that lies in the bucket at a time, with the fileNamePrefix: playlists, closed slices, MP4 files, screenshots. */
export function bucketFiles(recording: Recording, time: number): readonly string[] {
  const ended = time >= endOf(recording);
  const now = Math.min(time, endOf(recording));
  const base = fileBase(recording);
  const names: string[] = [];
  const addSlices = (name: string, since: number): void => {
    const last = ended ? now : now - SLICE_MS;
    if (ended || last >= since) names.push(`${name}.m3u8`);
    for (let at = since; at <= last && at < now; at += SLICE_MS) names.push(`${name}_${utc(at)}.ts`);
  };
  if (keepsFiles(recording) && recordsFiles(recording)) {
    if (recording.mode === 'individual') {
      for (const { uid, trackType, since } of recordedTracks(recording)) addSlices(trackBase(base, uid, trackType), since);
    } else {
      addSlices(base, recording.startedAt);
      const closed = mp4Files(recording, now).slice(0, ended ? undefined : -1);
      names.push(...closed.map(({ fileName }) => fileName));
    }
  }
  for (const { fileName } of snapshotsOf(recording, recording.startedAt, now)) names.push(fileName);
  const { fileNamePrefix = [] } = (recording.request.storageConfig ?? {}) as { fileNamePrefix?: readonly string[] };
  return names.map((name) => [...fileNamePrefix, name].join('/'));
}

// The list of a recording is meaningful after a minute; a user who is subscribed later has a file after a slice.
function listedFrom({ startedAt }: Recording, { since }: Track): number {
  return since === startedAt ? startedAt + FIRST_SLICE_MS.individual : since + SLICE_MS;
}

function mp4Files(recording: Recording, now: number): readonly { readonly fileName: string; readonly sliceStartTime: number }[] {
  if (!fileTypes(recording).includes('mp4')) return [];
  const { startedAt, mode, request } = recording;
  const every = mode === 'web' ? (longestVideoMinutes(request) ?? MP4_MINUTES) * MINUTE_MS : MP4_MS;
  const count = Math.floor(Math.max(0, now - startedAt - 1) / every) + 1;
  const base = fileBase(recording);
  return Array.from({ length: count }, (_, index) => ({
    fileName: `${base}_${index}.mp4`,
    sliceStartTime: startedAt + index * every,
  }));
}

// Special characters of the channel's name become '-'; after a failover names begin with bak<n>_ (storage-and-files).
function fileBase({ sid, resource, failovers }: Recording): string {
  const backup = failovers === 0 ? '' : `bak${failovers - 1}_`;
  return `${backup}${sid}_${resource.cname.replaceAll(/[^A-Za-z0-9_-]/g, '-')}`;
}

function trackBase(base: string, uid: string, trackType: string): string {
  return `${base}__uid_s_${uid}__uid_e_${trackType}`;
}

// YYYYMMDDHHMMSSmmm
function utc(time: number): string {
  return new Date(time).toISOString().replaceAll(/\D/g, '');
}

function fileTypes({ request }: Recording): readonly string[] {
  return ((request.recordingFileConfig as Fields | undefined)?.avFileType as readonly string[] | undefined) ?? ['hls'];
}
