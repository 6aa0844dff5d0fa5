import { defineTool } from '../../../integration/index.ts';
import { postRecording } from '../api/post-recording.ts';
import type { AgoraConnection } from '../connection.ts';
import { startWithLedger } from '../recordings/lifecycle.ts';
import { START_RULES } from '../request/rules/index.ts';
import { START_REQUEST } from '../request/schema.ts';
import { documentedFields } from '../request/to-json-schema.ts';
import { type RequestShape, validateRequest } from '../request/validate.ts';
import { STARTED } from './examples.ts';
import { CLIENT_REQUEST, CNAME, MODE, RESOURCE_ID, UID } from './parameters.ts';
import { SESSION_ANSWER } from './responses.ts';

const SHAPE: RequestShape = {
  action: 'start',
  schema: START_REQUEST,
  rules: START_RULES,
  wireNames: {
    token: 'token',
    recording_config: 'recordingConfig',
    recording_file_config: 'recordingFileConfig',
    storage_config: 'storageConfig',
    snapshot_config: 'snapshotConfig',
    extension_service_config: 'extensionServiceConfig',
  },
};

export const startRecording = defineTool<AgoraConnection>({
  name: 'start_recording',
  slug: 'agora_start_recording',
  operation: 'write',
  effect: { verb: 'start', noun: 'recording' },
  afterCrash: { repeatWithinSeconds: 300 },
  description: 'Start recording with a resource ID from acquire_recording_resource.',
  input: {
    type: 'object',
    properties: {
      resource_id: RESOURCE_ID,
      mode: MODE,
      cname: CNAME,
      uid: UID,
      token: {
        type: 'string',
        description: 'RTC token of the recorder where the channel asks for one; cannot be renewed while recording.',
      },
      recording_config: {
        type: 'object',
        description: 'recordingConfig: channelType, streamTypes, maxIdleTime, subscriptions, transcodingConfig. For individual and mix.',
      },
      recording_file_config: { type: 'object', description: 'recordingFileConfig: avFileType, {"hls"} or {"hls", "mp4"}.' },
      storage_config: { type: 'object', description: 'storageConfig: vendor, region, bucket, accessKey, secretKey, fileNamePrefix.' },
      snapshot_config: { type: 'object', description: 'snapshotConfig: captureInterval in seconds, fileType {"jpg"}. For individual.' },
      extension_service_config: { type: 'object', description: 'extensionServiceConfig: the page to record, streams to push. For web.' },
      client_request: CLIENT_REQUEST,
    },
    required: ['resource_id', 'mode', 'cname', 'uid'],
    additionalProperties: false,
  },
  output: SESSION_ANSWER,
  docs: {
    returns: '`sid`: the session, needed to query, update and stop it. `resourceId`, `cname` and `uid` as given.',
    example: `${STARTED}dump(started)`,
    errors: [
      {
        when: 'OUTCOME_UNKNOWN, CONNECTION_LOST, DEADLINE_EXCEEDED',
        advice:
          'repeat with the same resource_id: if the first one got through, the answer is code 7, a success without sid. Never acquire another first.',
      },
      { when: 'REMOTE_ERROR, agora_code 433 (the resource is older than five minutes)', advice: 'acquire a new one and start it at once.' },
      { when: 'REMOTE_ERROR, agora_code 53 (this cname and uid record already)', advice: 'stop that recording, or use another uid.' },
    ],
  },
  fieldSchemas: () => documentedFields(SHAPE),
  validate: (args) => validateRequest(args, SHAPE),
  run: (args, connection, context) => startWithLedger(args, connection, context, () => postRecording(connection, SHAPE, args, context)),
});
