import { KosmoError } from '../../../errors/index.ts';
import { defineTool } from '../../../integration/index.ts';
import type { AgoraConnection } from '../connection.ts';
import { callOnStarted } from './examples.ts';
import { queryUntil, waitInput } from './query-until.ts';
import { QUERIED_ANSWER } from './responses.ts';

const SECONDS = 120;
/** 4 ready, 5 recording. */
const RECORDS = [4, 5];
/** From here on a recording is ending or over. */
const ENDING = 6;

export const waitForRecording = defineTool<AgoraConnection>({
  name: 'wait_for_recording',
  slug: 'agora_wait_for_recording',
  operation: 'read',
  usesTools: ['query_recording'],
  description: 'Wait until a recording that was started records.',
  input: waitInput(SECONDS),
  output: QUERIED_ANSWER,
  docs: {
    returns:
      'The answer of the `query_recording` that found `serverResponse.status` 4 or 5. It is made of such queries, after 1, 2, 3 and then every 5 s; a 404 is believed when it has lasted for 90 s.',
    example: callOnStarted('wait_for_recording', '  mode = "mix",\n  timeout = 60,\n', { party: false }),
    errors: [
      { when: 'REMOTE_ERROR (the recording ended before it began)', advice: 'check token, channel profile and storage keys; start again.' },
      { when: 'DEADLINE_EXCEEDED', advice: 'query once more, and stop it if it does not record.' },
    ],
  },
  run: (args, _connection, context) =>
    queryUntil(args, context, {
      timeout: Number(args.timeout ?? SECONDS),
      missed: 'did not record',
      read(answer) {
        const { status } = (answer.serverResponse ?? {}) as { readonly status?: number };
        if (RECORDS.includes(Number(status))) return answer;
        if (Number(status) < ENDING) return undefined;
        throw new KosmoError('REMOTE_ERROR', `the recording ${args.sid} ended before it recorded (status ${status})`, {
          hint: 'check token, channelType and storage keys, and that a participant sends audio or video in the channel',
          details: { recording_status: status },
        });
      },
    }),
});
