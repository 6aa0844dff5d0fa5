import { isKosmoError } from '../../../errors/index.ts';
import { defineTool } from '../../../integration/index.ts';
import { recordingPath } from '../api/paths.ts';
import type { AgoraConnection } from '../connection.ts';
import { hasEnded, markEnded, withEndedDetail } from '../recordings/lifecycle.ts';
import { callOnStarted } from './examples.ts';
import { MODE, RESOURCE_ID, SID } from './parameters.ts';
import { QUERIED_ANSWER } from './responses.ts';

export const queryRecording = defineTool<AgoraConnection>({
  name: 'query_recording',
  slug: 'agora_query_recording',
  operation: 'read',
  description: 'Ask for the status and the files of a recording that runs.',
  input: {
    type: 'object',
    properties: { resource_id: RESOURCE_ID, sid: SID, mode: MODE },
    ignored: { cname: [], uid: [] },
    required: ['resource_id', 'sid', 'mode'],
    additionalProperties: false,
  },
  output: QUERIED_ANSWER,
  docs: {
    returns:
      '`serverResponse.status`: 0 not started, 1 initialised, 2 starting, 3 partly ready, 4 ready, 5 recording, 6 stop requested, 7 stopped, 8 exited, 20 failed. `serverResponse.fileList`: a name or a list, as `fileListMode` says; filled some 15 s (mix) or 60 s (individual) after the start. In web mode `serverResponse.extensionServiceState` instead, whose files come at the end.',
    example: callOnStarted('query_recording', '  mode = "mix",\n', { party: false }),
    errors: [
      {
        when: 'REMOTE_ERROR, status 404 (failed to find worker)',
        advice: 'ask again after 5, 10, 15 s and longer, for 90 s; then the recording is over or never joined the channel.',
      },
      { when: 'any error with outcome none and retryable', advice: 'ask again; a query changes nothing.' },
    ],
  },
  run: async (args, connection, context) => {
    const { client } = connection;
    const answer = await client
      .request('GET', recordingPath(client.appId, 'query', args), undefined, { action: 'query', ...context })
      .catch((thrown: unknown) => {
        throw isKosmoError(thrown) && thrown.details.status === 404 ? withEndedDetail(thrown, args, connection) : thrown;
      });
    if (hasEnded(answer)) markEnded(args, connection, context);
    return answer;
  },
});
