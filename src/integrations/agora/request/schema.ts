/** Modes of a recording, as Agora's paths name them. */
export type Mode = 'individual' | 'mix' | 'web';

/** Where a fact comes from, as warnings name it: EN and zh are the two languages of Agora's documentation. */
export const SOURCES = {
  both: "Agora's reference, EN and zh",
  zh: "Agora's reference, zh only",
  en: "Agora's reference, EN only",
  regions: "Agora's pages on storage regions, EN and zh",
} as const;

/** A field of `clientRequest`, as Agora documents it (reference of Cloud Recording, and the pages of each mode). */
export interface FieldSchema {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  /** Documented values. */
  readonly values?: readonly (string | number)[];
  /** Another value is a warning that names this source, because more values may have come since. @default another value is refused */
  readonly mayGrow?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  /** A narrower range that not all of Agora's pages give: outside it is a warning that names the source. */
  readonly usual?: { readonly minimum?: number; readonly maximum?: number; readonly source: string };
  /** Of an array: its items, and how many it may have. */
  readonly items?: FieldSchema;
  readonly maxItems?: number;
  readonly pattern?: { readonly test: (given: string) => boolean; readonly means: string };
  /** Of an object: its fields; others are a warning. */
  readonly fields?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  /** Fields that Agora wants, and whose absence it is not known to refuse: a warning that names the source. */
  readonly wanted?: { readonly fields: readonly string[]; readonly source: string };
  /** The modes that read the field: in another one it is ignored, which is a warning. @default all */
  readonly modes?: readonly Mode[];
  /** In another mode the field is refused: what it asks for is not made there. */
  readonly elsewhere?: 'refused';
  /** The value that changes nothing, so that it may stand in any mode. */
  readonly neutral?: string | number;
}

const CHANNEL: readonly Mode[] = ['individual', 'mix'];
const text: FieldSchema = { type: 'string' };
const flag: FieldSchema = { type: 'boolean' };
const oneOf = (...values: (string | number)[]): FieldSchema => ({ type: typeof values[0] === 'number' ? 'integer' : 'string', values });
/** Texts or numbers of a table that grows. */
const known = (source: string, ...values: (string | number)[]): FieldSchema => ({ ...oneOf(...values), mayGrow: source });
const whole = (least: number, most?: number): FieldSchema => ({
  type: 'integer',
  minimum: least,
  ...(most === undefined ? {} : { maximum: most }),
});
const share: FieldSchema = { type: 'number', minimum: 0, maximum: 1 };

const MAX_UID = 2 ** 32 - 1;
const isUid = (given: string): boolean => /^\d{1,10}$/.test(given) && Number(given) <= MAX_UID;
const matching = (test: (given: string) => boolean, means: string): FieldSchema => ({ type: 'string', pattern: { test, means } });

// A start with another text fails: "uid inside the List can't be convert to uint32_t" (react-native-agora issue 755).
const uids: FieldSchema = {
  type: 'array',
  items: matching((given) => given === '#allstream#' || isUid(given), 'a uid of 32 bits, such as "123", or "#allstream#"'),
  maxItems: 32,
};
/** A path part or an id: empty ones name nothing. */
const names: FieldSchema = { type: 'array', items: matching((given) => /\S/.test(given), 'text that is not empty') };

const region: FieldSchema = {
  type: 'object',
  required: ['x_axis', 'y_axis', 'width', 'height'],
  fields: {
    // The official Go client sends an empty one for the next user who joins.
    uid: matching((given) => given === '' || isUid(given), 'a uid of 32 bits, such as "123"; leave it out for the next user'),
    x_axis: share,
    y_axis: share,
    width: share,
    height: share,
    alpha: share,
    render_mode: oneOf(0, 1),
  },
};
const background: FieldSchema = {
  type: 'object',
  required: ['uid', 'image_url'],
  fields: { uid: matching(isUid, 'a uid of 32 bits, such as "123"'), image_url: text, render_mode: oneOf(0, 1) },
};

/** The picture of a mix recording, at its start and in `updateLayout`. */
const LAYOUT: Readonly<Record<string, FieldSchema>> = {
  // Empty is like left out.
  maxResolutionUid: matching((given) => given === '' || (isUid(given) && Number(given) > 0), `a uid from "1" to "${MAX_UID}"`),
  mixedVideoLayout: oneOf(0, 1, 2, 3),
  backgroundColor: matching((given) => /^#[0-9A-Fa-f]{6}$/.test(given), 'a colour like "#000000"'),
  backgroundImage: text,
  defaultUserBackgroundImage: text,
  layoutConfig: { type: 'array', items: region, maxItems: 17 },
  backgroundConfig: { type: 'array', items: background },
};

const storageConfig: FieldSchema = {
  type: 'object',
  // `region` is a rule: vendors 5, 6 and 11 need none.
  required: ['vendor', 'bucket', 'accessKey', 'secretKey'],
  fields: {
    vendor: known(SOURCES.both, 1, 2, 3, 5, 6, 7, 8, 11),
    region: whole(0),
    bucket: text,
    accessKey: text,
    secretKey: text,
    stsToken: text,
    stsExpiration: whole(0),
    fileNamePrefix: names,
    // The official Go client sends sse and tag always, empty where they are not set.
    extensionParams: { type: 'object', fields: { sse: oneOf('', 'kms', 'aes256'), tag: text, endpoint: text, enableTag: flag } },
  },
};

/** Pixels of a picture's side. */
const side: FieldSchema = { ...whole(1), usual: { maximum: 1920, source: `at most 1920 in ${SOURCES.zh}` } };

const recordingConfig: FieldSchema = {
  type: 'object',
  modes: CHANNEL,
  wanted: { fields: ['channelType'], source: `required in ${SOURCES.zh}; 0 unless given` },
  fields: {
    channelType: oneOf(0, 1),
    decryptionMode: whole(0, 8),
    secret: text,
    salt: text,
    maxIdleTime: whole(5, 2_592_000),
    streamTypes: oneOf(0, 1, 2),
    videoStreamType: oneOf(0, 1),
    subscribeAudioUids: uids,
    unsubscribeAudioUids: uids,
    unSubscribeAudioUids: uids,
    subscribeVideoUids: uids,
    unsubscribeVideoUids: uids,
    unSubscribeVideoUids: uids,
    subscribeUidGroup: whole(0, 5),
    streamMode: { ...oneOf('default', 'standard', 'original'), modes: ['individual'], neutral: 'default' },
    audioProfile: { ...oneOf(0, 1, 2), modes: ['mix'], neutral: 0 },
    transcodingConfig: {
      type: 'object',
      modes: ['mix'],
      fields: { width: side, height: side, fps: whole(1), bitrate: whole(1), ...LAYOUT },
    },
  },
};

const outputs: FieldSchema = { type: 'array', items: { type: 'object', required: ['rtmpUrl'], fields: { rtmpUrl: text } } };

const extensionServiceConfig: FieldSchema = {
  type: 'object',
  modes: ['web'],
  elsewhere: 'refused',
  required: ['extensionServices'],
  fields: {
    errorHandlePolicy: text,
    apiVersion: text,
    extensionServices: {
      type: 'array',
      items: {
        type: 'object',
        required: ['serviceName', 'serviceParam'],
        fields: {
          serviceName: known(SOURCES.both, 'web_recorder_service', 'rtmp_publish_service'),
          // The official Go client sends an empty one where none is set.
          errorHandlePolicy: oneOf('', 'error_abort', 'error_ignore'),
          streamTypes: oneOf(0, 1, 2),
          serviceParam: {
            type: 'object',
            fields: {
              url: text,
              audioProfile: oneOf(0, 1, 2),
              videoWidth: whole(240, 1920),
              videoHeight: whole(240, 1920),
              maxRecordingHour: whole(1, 720),
              videoBitrate: whole(1),
              videoFps: whole(5, 60),
              mobile: flag,
              maxVideoDuration: whole(30, 240),
              onhold: flag,
              readyTimeout: whole(0, 60),
              outputs,
              container: { type: 'object', fields: { format: text, sampleRate: text, bitrate: text, channels: text } },
            },
          },
        },
      },
    },
  },
};

const captureInterval: FieldSchema = {
  ...whole(1, 3600),
  usual: { minimum: 5, source: `5 to 3600 in ${SOURCES.both}; 1 to 3600 in the release notes of 2021` },
};

/** Postponed transcoding or mixing of an individual recording. */
const transcodeOptions: FieldSchema = {
  type: 'object',
  wanted: { fields: ['transConfig'], source: `required in ${SOURCES.zh}` },
  fields: {
    transConfig: {
      type: 'object',
      wanted: { fields: ['transMode'], source: `required in ${SOURCES.zh}` },
      fields: { transMode: known(SOURCES.zh, 'postponeTranscoding', 'audioMix') },
    },
    container: { type: 'object', fields: { format: known(SOURCES.zh, 'mp4', 'mp3', 'm4a', 'aac') } },
    audio: {
      type: 'object',
      fields: { sampleRate: known(SOURCES.zh, '48000', '32000', '16000'), bitrate: text, channels: known(SOURCES.zh, '1', '2') },
    },
  },
};

/** `clientRequest` of a start. */
export const START_REQUEST: FieldSchema = {
  type: 'object',
  fields: {
    // Needed in individual and mix only; Agora's own web samples send it, too.
    token: text,
    storageConfig,
    recordingConfig,
    recordingFileConfig: { type: 'object', fields: { avFileType: { type: 'array', items: oneOf('hls', 'mp4') } } },
    snapshotConfig: {
      type: 'object',
      modes: ['individual'],
      elsewhere: 'refused',
      required: ['fileType'],
      fields: { captureInterval, fileType: { type: 'array', items: oneOf('jpg') } },
    },
    extensionServiceConfig,
    appsCollection: { type: 'object', fields: { combinationPolicy: known(SOURCES.zh, 'default', 'postpone_transcoding') } },
    transcodeOptions,
  },
};

/** `clientRequest` of an acquire. */
export const ACQUIRE_REQUEST: FieldSchema = {
  type: 'object',
  fields: {
    scene: oneOf(0, 1, 2),
    resourceExpiredHour: { type: 'number', minimum: 1, maximum: 720 },
    startParameter: START_REQUEST,
    excludeResourceIds: names,
    regionAffinity: known(SOURCES.zh, 0, 1, 2, 3, 4),
    region: oneOf('CN', 'AP', 'EU', 'NA'),
  },
};

const uidLists = (kind: 'Audio' | 'Video'): FieldSchema => ({
  type: 'object',
  fields: { [`subscribe${kind}Uids`]: uids, [`unsubscribe${kind}Uids`]: uids, [`unSubscribe${kind}Uids`]: uids },
});

/** `clientRequest` of an update. */
export const UPDATE_REQUEST: FieldSchema = {
  type: 'object',
  fields: {
    streamSubscribe: { type: 'object', modes: CHANNEL, fields: { audioUidList: uidLists('Audio'), videoUidList: uidLists('Video') } },
    webRecordingConfig: { type: 'object', modes: ['web'], elsewhere: 'refused', fields: { onhold: flag } },
    rtmpPublishConfig: { type: 'object', modes: ['web'], elsewhere: 'refused', fields: { outputs } },
    storageConfig,
  },
};

/** `clientRequest` of an updateLayout. */
export const LAYOUT_REQUEST: FieldSchema = { type: 'object', fields: LAYOUT };

/** `clientRequest` of a stop. */
export const STOP_REQUEST: FieldSchema = { type: 'object', fields: { async_stop: flag } };
