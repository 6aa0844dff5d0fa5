/** Modes of a recording, as Agora's paths name them. */
export type Mode = 'individual' | 'mix' | 'web';

/** What Agora documents of a field of `clientRequest` (reference of Cloud Recording, and the pages of each mode). */
export interface FieldSchema {
  readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'array' | 'object';
  /** Documented values. */
  readonly values?: readonly (string | number)[];
  /** More values may have come since: another one is a warning. */
  readonly growing?: true;
  readonly least?: number;
  readonly most?: number;
  /** Of an array: the most items it may have. */
  readonly items?: FieldSchema;
  readonly itemsAtMost?: number;
  readonly pattern?: { readonly test: RegExp; readonly means: string };
  /** Of an object: its fields; others are a warning. Without it anything goes. */
  readonly fields?: Readonly<Record<string, FieldSchema>>;
  readonly required?: readonly string[];
  /** The modes that know the field. @default all */
  readonly modes?: readonly Mode[];
}

const CHANNEL: readonly Mode[] = ['individual', 'mix'];
const text: FieldSchema = { type: 'string' };
const flag: FieldSchema = { type: 'boolean' };
const oneOf = (...values: (string | number)[]): FieldSchema => ({ type: typeof values[0] === 'number' ? 'integer' : 'string', values });
const whole = (least: number, most?: number): FieldSchema => ({ type: 'integer', least, ...(most === undefined ? {} : { most }) });
const share: FieldSchema = { type: 'number', least: 0, most: 1 };
const uids: FieldSchema = { type: 'array', items: text, itemsAtMost: 32 };

const region: FieldSchema = {
  type: 'object',
  required: ['x_axis', 'y_axis', 'width', 'height'],
  fields: { uid: text, x_axis: share, y_axis: share, width: share, height: share, alpha: share, render_mode: oneOf(0, 1) },
};
const background: FieldSchema = {
  type: 'object',
  required: ['uid', 'image_url'],
  fields: { uid: text, image_url: text, render_mode: oneOf(0, 1) },
};

/** The picture of a mix recording, at its start and in `updateLayout`. */
const LAYOUT: Readonly<Record<string, FieldSchema>> = {
  maxResolutionUid: text,
  mixedVideoLayout: oneOf(0, 1, 2, 3),
  backgroundColor: { type: 'string', pattern: { test: /^#[0-9A-Fa-f]{6}$/, means: 'a colour like "#000000"' } },
  backgroundImage: text,
  defaultUserBackgroundImage: text,
  layoutConfig: { type: 'array', items: region, itemsAtMost: 17 },
  backgroundConfig: { type: 'array', items: background },
};

const storageConfig: FieldSchema = {
  type: 'object',
  required: ['vendor', 'region', 'bucket', 'accessKey', 'secretKey'],
  fields: {
    vendor: { type: 'integer', values: [1, 2, 3, 5, 6, 7, 8, 11], growing: true },
    region: whole(0),
    bucket: text,
    accessKey: text,
    secretKey: text,
    stsToken: text,
    stsExpiration: whole(0),
    fileNamePrefix: { type: 'array', items: text },
    extensionParams: { type: 'object', fields: { sse: oneOf('kms', 'aes256'), tag: text, endpoint: text, enableTag: flag } },
  },
};

const recordingConfig: FieldSchema = {
  type: 'object',
  modes: CHANNEL,
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
    streamMode: { ...oneOf('default', 'standard', 'original'), modes: ['individual'] },
    audioProfile: { ...oneOf(0, 1, 2), modes: ['mix'] },
    transcodingConfig: {
      type: 'object',
      modes: ['mix'],
      fields: { width: whole(1), height: whole(1), fps: whole(1), bitrate: whole(1), ...LAYOUT },
    },
  },
};

const outputs: FieldSchema = { type: 'array', items: { type: 'object', fields: { rtmpUrl: text } } };

const extensionServiceConfig: FieldSchema = {
  type: 'object',
  modes: ['web'],
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
          serviceName: { type: 'string', values: ['web_recorder_service', 'rtmp_publish_service'], growing: true },
          errorHandlePolicy: oneOf('error_abort', 'error_ignore'),
          streamTypes: oneOf(0, 1, 2),
          serviceParam: {
            type: 'object',
            fields: {
              url: text,
              audioProfile: oneOf(0, 1, 2),
              videoWidth: whole(1),
              videoHeight: whole(1),
              maxRecordingHour: whole(1, 720),
              videoBitrate: whole(1),
              videoFps: whole(5, 60),
              mobile: flag,
              maxVideoDuration: whole(30, 240),
              onhold: flag,
              readyTimeout: whole(0, 60),
              outputs,
              container: { type: 'object' },
            },
          },
        },
      },
    },
  },
};

/** `clientRequest` of a start. */
export const START_REQUEST: FieldSchema = {
  type: 'object',
  fields: {
    token: { ...text, modes: CHANNEL },
    storageConfig,
    recordingConfig,
    recordingFileConfig: { type: 'object', fields: { avFileType: { type: 'array', items: oneOf('hls', 'mp4') } } },
    snapshotConfig: {
      type: 'object',
      modes: ['individual'],
      required: ['fileType'],
      fields: { captureInterval: whole(5, 3600), fileType: { type: 'array', items: oneOf('jpg') } },
    },
    extensionServiceConfig,
    appsCollection: { type: 'object' },
    transcodeOptions: { type: 'object' },
  },
};

/** `clientRequest` of an acquire. */
export const ACQUIRE_REQUEST: FieldSchema = {
  type: 'object',
  fields: {
    scene: oneOf(0, 1, 2),
    resourceExpiredHour: whole(1, 720),
    startParameter: START_REQUEST,
    excludeResourceIds: { type: 'array', items: text },
    regionAffinity: whole(0),
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
    webRecordingConfig: { type: 'object', modes: ['web'], fields: { onhold: flag } },
    rtmpPublishConfig: { type: 'object', modes: ['web'], fields: { outputs } },
    storageConfig,
  },
};

/** `clientRequest` of an updateLayout. */
export const LAYOUT_REQUEST: FieldSchema = { type: 'object', fields: LAYOUT };

/** `clientRequest` of a stop. */
export const STOP_REQUEST: FieldSchema = { type: 'object', fields: { async_stop: flag } };
