import { type Fields, isFields } from './checks.ts';
import type { Recording } from './recording.ts';

/** The users in every channel of the emulator. */
const PARTICIPANTS = ['123', '456'];

export type TrackType = 'audio' | 'video';

/** One user's audio or video that a recording of a channel subscribes to. */
export interface Track {
  readonly uid: string;
  readonly trackType: TrackType;
  /** Emulated milliseconds since 1970. */
  readonly since: number;
}

/** Index in `streamTypes`: 0 audio, 1 video, 2 both. */
const STREAM_TYPES: readonly (readonly TrackType[])[] = [['audio'], ['video'], ['audio', 'video']];

/** Where a streamSubscribe has its lists, and how these are called there and in the recordingConfig; older pages write a capital S. */
const LISTS = {
  audio: { section: 'audioUidList', include: 'subscribeAudioUids', exclude: ['unsubscribeAudioUids', 'unSubscribeAudioUids'] },
  video: { section: 'videoUidList', include: 'subscribeVideoUids', exclude: ['unsubscribeVideoUids', 'unSubscribeVideoUids'] },
} as const;

/** Every track that an individual recording has had, by user; the ones of a later streamSubscribe since then. */
export function recordedTracks({ request, subscriptions, startedAt }: Recording): readonly Track[] {
  const config = fieldsOf(request.recordingConfig);
  const found: Track[] = [];
  for (const trackType of STREAM_TYPES[Number(config.streamTypes ?? 2)] ?? []) {
    const { section } = LISTS[trackType];
    const changes = subscriptions.filter(({ streams }) => isFields(streams[section]));
    const lists = [{ at: startedAt, lists: config }, ...changes.map(({ at, streams }) => ({ at, lists: fieldsOf(streams[section]) }))];
    for (const { at, lists: fields } of lists) {
      const fresh = uidsOf(trackType, fields).filter((uid) => !found.some((track) => track.uid === uid && track.trackType === trackType));
      found.push(...fresh.map((uid) => ({ uid, trackType, since: at })));
    }
  }
  return found.sort((a, b) => Number(a.uid) - Number(b.uid));
}

function uidsOf(trackType: TrackType, fields: Fields): readonly string[] {
  const { include, exclude } = LISTS[trackType];
  const excluded = exclude.flatMap((name) => (fields[name] as readonly string[] | undefined) ?? []);
  if (excluded.length > 0) return PARTICIPANTS.filter((uid) => !excluded.includes(uid));
  const included = (fields[include] as readonly string[] | undefined) ?? [];
  return included.length === 0 || included.includes('#allstream#') ? PARTICIPANTS : [...new Set(included)];
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}
