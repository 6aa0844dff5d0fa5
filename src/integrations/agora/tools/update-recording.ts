import { defineTool } from '../../../integration/index.ts';
import { postRecording } from '../api/post-recording.ts';
import type { AgoraConnection } from '../connection.ts';
import { UPDATE_RULES } from '../request/rules/index.ts';
import { UPDATE_REQUEST } from '../request/schema.ts';
import { documentedFields } from '../request/to-json-schema.ts';
import { type RequestShape, validateRequest } from '../request/validate.ts';
import { callOnStarted } from './examples.ts';
import { CLIENT_REQUEST, CNAME, MODE, RESOURCE_ID, SID, UID } from './parameters.ts';
import { SESSION_ANSWER } from './responses.ts';

const SHAPE: RequestShape = {
  action: 'update',
  schema: UPDATE_REQUEST,
  rules: UPDATE_RULES,
  wireNames: {
    stream_subscribe: 'streamSubscribe',
    // Agora silently ignores `webRecorderConfig`, the name that the parameter suggests.
    web_recorder_config: 'webRecordingConfig',
    rtmp_publish_config: 'rtmpPublishConfig',
  },
};

export const updateRecording = defineTool<AgoraConnection>({
  name: 'update_recording',
  slug: 'agora_update_recording',
  operation: 'write',
  effect: { verb: 'change', noun: 'recording' },
  afterCrash: 'repeat',
  description: 'Change whom a running recording subscribes to, or pause and redirect a web recording.',
  input: {
    type: 'object',
    properties: {
      resource_id: RESOURCE_ID,
      sid: SID,
      mode: MODE,
      cname: CNAME,
      uid: UID,
      stream_subscribe: { type: 'object', description: 'streamSubscribe: audioUidList and videoUidList. For individual and mix.' },
      web_recorder_config: { type: 'object', description: 'webRecordingConfig: onhold, true to pause and false to go on. For web.' },
      rtmp_publish_config: { type: 'object', description: 'rtmpPublishConfig: outputs, a list of {rtmpUrl}. For web with streaming.' },
      client_request: CLIENT_REQUEST,
    },
    required: ['resource_id', 'sid', 'mode', 'cname', 'uid'],
    additionalProperties: false,
  },
  output: SESSION_ANSWER,
  docs: {
    returns: '`resourceId`, `sid`, `cname` and `uid` as given. An update replaces the lists that it names.',
    example: callOnStarted(
      'update_recording',
      `  mode = "mix",
  stream_subscribe = {
    audioUidList = { subscribeAudioUids = { "123", "456" } },
    videoUidList = { subscribeVideoUids = { "123" } },
  },
`,
      { party: true },
    ),
    errors: [
      { when: 'OUTCOME_UNKNOWN, CONNECTION_LOST, DEADLINE_EXCEEDED', advice: 'repeat the same update; twice is the same as once.' },
      { when: 'REMOTE_ERROR, status 404 (failed to find worker)', advice: 'query for up to 90 s; if it stays 404 the recording is over.' },
    ],
  },
  fieldSchemas: () => documentedFields(SHAPE),
  validate: (args) => validateRequest(args, SHAPE),
  run: (args, connection, context) => postRecording(connection, SHAPE, args, context),
});
