import { defineTool } from '../../../integration/index.ts';
import type { JsonValue } from '../../../json/index.ts';
import { postRecording } from '../api/post-recording.ts';
import type { AgoraConnection } from '../connection.ts';
import { markEnded } from '../recordings/lifecycle.ts';
import { STOP_RULES } from '../request/rules/index.ts';
import { STOP_REQUEST } from '../request/schema.ts';
import { documentedFields } from '../request/to-json-schema.ts';
import { type RequestShape, validateRequest } from '../request/validate.ts';
import { callOnStarted } from './examples.ts';
import { CLIENT_REQUEST, CNAME, MODE, RESOURCE_ID, SID, UID } from './parameters.ts';
import { STOPPED_ANSWER } from './responses.ts';

type JsonObject = Readonly<Record<string, JsonValue>>;

const SHAPE: RequestShape = {
  action: 'stop',
  schema: STOP_REQUEST,
  rules: STOP_RULES,
  wireNames: { async_stop: 'async_stop' },
};

export const stopRecording = defineTool<AgoraConnection>({
  name: 'stop_recording',
  slug: 'agora_stop_recording',
  operation: 'write',
  effect: { verb: 'stop', noun: 'recording' },
  afterCrash: 'repeat',
  description: 'Stop a recording. Another one needs a new resource ID.',
  input: {
    type: 'object',
    properties: {
      resource_id: RESOURCE_ID,
      sid: SID,
      mode: MODE,
      cname: CNAME,
      uid: UID,
      async_stop: { type: 'boolean', description: 'true: answer at once. false (default): wait for the upload, which may take 20 s.' },
      client_request: CLIENT_REQUEST,
    },
    required: ['resource_id', 'sid', 'mode', 'cname', 'uid'],
    additionalProperties: false,
  },
  output: STOPPED_ANSWER,
  docs: {
    returns:
      "`serverResponse.fileList` and `serverResponse.uploadingStatus`: uploaded, backuped (in Agora's backup cloud, uploaded later) or unknown. In web mode both stand in `serverResponse.extensionServiceState`. Where Agora sends a code alone, `fileList` is empty, `uploadingStatus` is unknown, and `serverResponse.message` says why. If no participant sent audio or video, `code` is 435. If the recording was already stopping, `code` is 49.",
    example: callOnStarted('stop_recording', '  mode = "mix",\n  async_stop = false,\n', { party: true }),
    errors: [
      {
        when: 'OUTCOME_UNKNOWN, CONNECTION_LOST, DEADLINE_EXCEEDED',
        advice: 'stop again: if the first one got through, the answer is code 49, a success, or status 404.',
      },
      {
        when: 'REMOTE_ERROR, status 404 (failed to find worker)',
        advice: 'query for up to 90 s, as the recording may be moving between servers; if it stays 404 it is over.',
      },
    ],
  },
  fieldSchemas: () => documentedFields(SHAPE),
  validate: (args) => validateRequest(args, SHAPE),
  run: async (args, connection, context) => {
    const answer = await postRecording(connection, SHAPE, args, context);
    markEnded(args, connection, context, answer);
    return completeStop(answer as JsonObject, args.mode);
  },
});

/** The 404 of a recording that an unanswered stop has stopped; its `serverResponse` may tell of that failure. */
const GONE = 404;

/** Why a stop that succeeded lists no files, by the code of its answer, or the 404 of one that is gone. */
const WITHOUT_FILES: Readonly<Record<string, string>> = {
  435: 'no participant sent audio or video, so nothing was recorded and there are no files',
  49: 'the recording was stopping already, so this answer does not list its files',
  50: 'the upload was not done within 20 s; query_recording tells when it is',
  404: 'the recording was gone already, so this answer does not list its files',
};

/** The answer of a stop always has a `serverResponse` that scripts can read, also where Agora sends a code alone. */
function completeStop(answer: JsonObject, mode: JsonValue | undefined): JsonObject {
  if (answer.serverResponse !== undefined && answer.code !== GONE) return answer;
  const message = WITHOUT_FILES[String(answer.code)];
  const serverResponse = {
    ...(mode === 'web' ? { extensionServiceState: [] } : {}),
    fileList: [],
    uploadingStatus: 'unknown',
    ...(message === undefined ? {} : { message }),
  };
  return { ...answer, serverResponse };
}
