import type { JsonSchema } from '../../../schema/index.ts';

/** Results of the tools, as Agora documents them (contract.openapi.yaml, responses). Fields may be absent, and others may come. */

const text = (description: string): JsonSchema => ({ type: 'string', description });

const object = (properties: Readonly<Record<string, JsonSchema>>, description?: string): JsonSchema => ({
  type: 'object',
  properties,
  ...(description === undefined ? {} : { description }),
});

const CHANNEL_IDENTITY = { cname: text('as given'), uid: text('as given') };

const SESSION = { ...CHANNEL_IDENTITY, resourceId: text('as given'), sid: text('names the recording') };

const UPLOADING_STATUS: JsonSchema = {
  type: 'string',
  description: "uploaded, backuped (in Agora's backup cloud, uploaded later) or unknown",
};

const FILES: Readonly<Record<string, JsonSchema>> = {
  fileListMode: text('string or json: what fileList is'),
  fileList: { description: 'the name of the M3U8 file, or a list of files with fileName, trackType, uid and sliceStartTime' },
};

const SERVICES: JsonSchema = {
  type: 'array',
  description: 'in web mode: the state of each service',
  items: object({
    serviceName: text('web_recorder_service, upload_service or rtmp_publish_service'),
    payload: object({
      state: text('init, inProgress or exit'),
      onhold: { type: 'boolean' },
      fileList: { type: 'array', items: object({ filename: text('in the bucket'), sliceStartTime: { type: 'integer' } }) },
      uploadingStatus: UPLOADING_STATUS,
      outputs: {
        type: 'array',
        items: object({ rtmpUrl: text('of the stream'), status: text('connecting, publishing, onhold or disconnected') }),
      },
    }),
  }),
};

export const ACQUIRED_ANSWER = object({ ...CHANNEL_IDENTITY, resourceId: text('valid for five minutes and for one session') });

export const SESSION_ANSWER = object(SESSION);

export const QUERIED_ANSWER = object({
  ...SESSION,
  serverResponse: object({
    status: { type: 'integer', description: '5 is recording; the page of query_recording lists them' },
    sliceStartTime: { type: 'integer', description: 'individual mode: Unix milliseconds' },
    ...FILES,
    extensionServiceState: SERVICES,
  }),
});

export const STOPPED_ANSWER = object({
  ...SESSION,
  code: { type: 'integer', description: '435: nothing was recorded; 49: it was stopping already' },
  serverResponse: object({
    uploadingStatus: UPLOADING_STATUS,
    ...FILES,
    extensionServiceState: SERVICES,
    message: text('why there are no files, where the answer names none; from kosmo'),
  }),
});

export const RECORDED_ANSWER = object({
  ...CHANNEL_IDENTITY,
  resource_id: text('of the resource'),
  sid: text('names the recording'),
  mode: text('as given'),
});

export const NOTIFICATION_IPS_ANSWER = object({
  data: object({ service: object({ hosts: { type: 'array', items: object({ primaryIP: text('an IP address') }) } }) }),
});
