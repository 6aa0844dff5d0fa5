import { defineTool } from '../../../integration/index.ts';
import { postRecording } from '../api/post-recording.ts';
import type { AgoraConnection } from '../connection.ts';
import { LAYOUT_RULES } from '../request/rules/index.ts';
import { LAYOUT_REQUEST } from '../request/schema.ts';
import { documentedFields } from '../request/to-json-schema.ts';
import { type RequestShape, validateRequest } from '../request/validate.ts';
import { callOnStarted } from './examples.ts';
import { CLIENT_REQUEST, CNAME, RESOURCE_ID, SID, UID } from './parameters.ts';
import { SESSION_ANSWER } from './responses.ts';

const SHAPE: RequestShape = {
  action: 'updateLayout',
  schema: LAYOUT_REQUEST,
  rules: LAYOUT_RULES,
  wireNames: {
    mixed_video_layout: 'mixedVideoLayout',
    background_color: 'backgroundColor',
    layout_config: 'layoutConfig',
    background_config: 'backgroundConfig',
    default_user_background_image: 'defaultUserBackgroundImage',
  },
};

export const updateRecordingLayout = defineTool<AgoraConnection>({
  name: 'update_recording_layout',
  slug: 'agora_update_recording_layout',
  operation: 'write',
  effect: { verb: 'change the layout of', noun: 'recording' },
  afterCrash: 'repeat',
  description: 'Change how a running mix recording arranges its videos.',
  input: {
    type: 'object',
    properties: {
      resource_id: RESOURCE_ID,
      sid: SID,
      cname: CNAME,
      uid: UID,
      mixed_video_layout: { type: 'integer', description: '0 floating, 1 adaptive, 2 vertical, 3 custom (with layout_config).' },
      background_color: { type: 'string', description: 'Colour behind the videos, for example "#000000".' },
      layout_config: {
        type: 'array',
        description: 'Up to 17 regions: {uid, x_axis, y_axis, width, height, alpha, render_mode}, as parts of the picture from 0 to 1.',
        items: { type: 'object' },
      },
      background_config: {
        type: 'array',
        description: 'Background images of single users: {uid, image_url, render_mode}.',
        items: { type: 'object' },
      },
      default_user_background_image: { type: 'string', description: 'URL of the image shown for users without video.' },
      client_request: CLIENT_REQUEST,
    },
    // Only mix recordings have a layout.
    ignored: { mode: ['mix'] },
    required: ['resource_id', 'sid', 'cname', 'uid'],
    additionalProperties: false,
  },
  output: SESSION_ANSWER,
  docs: {
    returns: '`resourceId`, `sid`, `cname` and `uid` as given. The new layout replaces the old one as a whole.',
    example: callOnStarted(
      'update_recording_layout',
      `  mixed_video_layout = 3,
  background_color = "#000000",
  layout_config = {
    { uid = "123", x_axis = 0, y_axis = 0, width = 0.5, height = 1, alpha = 1 },
    { uid = "456", x_axis = 0.5, y_axis = 0, width = 0.5, height = 1, alpha = 1 },
  },
`,
      { party: true },
    ),
    errors: [
      { when: 'OUTCOME_UNKNOWN, CONNECTION_LOST, DEADLINE_EXCEEDED', advice: 'repeat the same update; twice is the same as once.' },
      { when: 'REMOTE_ERROR, agora_code 1028 or 2', advice: 'correct the layout; the message names the field where Agora does.' },
    ],
  },
  fieldSchemas: () => documentedFields(SHAPE),
  validate: (args) => validateRequest(args, SHAPE),
  // Only mix recordings have a layout.
  run: (args, connection, context) => postRecording(connection, SHAPE, { ...args, mode: 'mix' }, context),
});
