import { defineTool } from '../../../integration/index.ts';
import { postRecording } from '../api/post-recording.ts';
import type { AgoraConnection } from '../connection.ts';
import { ACQUIRE_RULES } from '../request/rules/index.ts';
import { ACQUIRE_REQUEST } from '../request/schema.ts';
import { documentedFields } from '../request/to-json-schema.ts';
import { type RequestShape, validateRequest } from '../request/validate.ts';
import { ACQUIRED } from './examples.ts';
import { CLIENT_REQUEST, CNAME, UID } from './parameters.ts';
import { ACQUIRED_ANSWER } from './responses.ts';

const SHAPE: RequestShape = {
  action: 'acquire',
  schema: ACQUIRE_REQUEST,
  rules: ACQUIRE_RULES,
  wireNames: { scene: 'scene', resource_expired_hour: 'resourceExpiredHour', start_parameter: 'startParameter' },
};

export const acquireRecordingResource = defineTool<AgoraConnection>({
  name: 'acquire_recording_resource',
  slug: 'agora_acquire_recording_resource',
  operation: 'write',
  effect: { verb: 'acquire', noun: 'resource ID' },
  afterCrash: 'repeat',
  description: 'Get a resource ID, which one recording session needs to start.',
  input: {
    type: 'object',
    properties: {
      cname: CNAME,
      uid: UID,
      scene: { type: 'integer', description: '0 channel (default), 1 web page, 2 individual recording to be mixed or transcoded later.' },
      resource_expired_hour: {
        type: 'number',
        description: 'Hours from the start in which the recording can be queried, updated and stopped: 1 to 720 (default 72).',
        minimum: 1,
        maximum: 720,
      },
      start_parameter: { type: 'object', description: 'clientRequest of the start that follows, announced early for better availability.' },
      client_request: CLIENT_REQUEST,
    },
    required: ['cname', 'uid'],
    additionalProperties: false,
  },
  output: ACQUIRED_ANSWER,
  docs: {
    returns: '`resourceId`: valid for five minutes and for one session; start it within two seconds. `cname` and `uid` as given.',
    example: `${ACQUIRED}dump(acquired)`,
    errors: [
      { when: 'RATE_LIMITED (more than 10 requests a second)', advice: 'wait a second and repeat; nothing was acquired.' },
      {
        when: 'REMOTE_UNAVAILABLE (too many recordings, or no free worker)',
        advice: 'stop the recordings that you do not need, then repeat; repeating is safe.',
      },
      { when: 'CREDENTIALS_REJECTED', advice: 'check customer_id, customer_secret and app_id, and that Cloud Recording is enabled.' },
    ],
  },
  fieldSchemas: () => documentedFields(SHAPE),
  validate: (args) => validateRequest(args, SHAPE),
  run: (args, connection, context) => postRecording(connection, SHAPE, args, context),
});
