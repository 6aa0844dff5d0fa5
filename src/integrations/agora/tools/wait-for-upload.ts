import { isKosmoError, KosmoError } from '../../../errors/index.ts';
import { defineTool } from '../../../integration/index.ts';
import type { JsonValue } from '../../../json/index.ts';
import type { AgoraConnection } from '../connection.ts';
import { STARTED } from './examples.ts';
import { queryUntil, waitInput } from './query-until.ts';
import { QUERIED_ANSWER } from './responses.ts';

const SECONDS = 300;
const FAILED = 20;
/** The files are in the bucket, or in Agora's backup cloud, which brings them there later. */
const DONE = ['uploaded', 'backuped'];

interface ServerResponse {
  readonly status?: number;
  readonly uploadingStatus?: string;
  readonly extensionServiceState?: readonly {
    readonly serviceName?: string;
    readonly payload?: { readonly uploadingStatus?: string };
  }[];
}

export const waitForUpload = defineTool<AgoraConnection>({
  name: 'wait_for_upload',
  slug: 'agora_wait_for_upload',
  operation: 'read',
  usesTools: ['query_recording'],
  description: 'Wait until the files of a recording that was stopped with async_stop are uploaded.',
  input: waitInput(SECONDS),
  output: QUERIED_ANSWER,
  docs: {
    returns:
      "The answer of the `query_recording` that found `uploadingStatus` uploaded, or backuped: in Agora's backup cloud, uploaded later. In web mode it stands in `serverResponse.extensionServiceState`. It is made of such queries, after 1, 2, 3 and then every 5 s; a 404 is believed when it has lasted for 90 s, at once when the recording was stopped from this machine.",
    example: `${STARTED}local session = {
  resource_id = acquired.resourceId, sid = started.sid, mode = "mix", cname = "team-standup", uid = "527841",
}
agora.wait_for_recording(session)
session.async_stop = true
agora.stop_recording(session)
session.async_stop = nil
dump(agora.wait_for_upload(session))`,
    errors: [
      {
        when: 'REMOTE_ERROR, status 404 (failed to find worker)',
        advice:
          'Agora forgets a recording soon after its end: look into the bucket, or receive notifications, of which number 31 tells of the upload.',
      },
      { when: 'DEADLINE_EXCEEDED', advice: 'if the recording still runs, stop it first; else wait longer.' },
    ],
  },
  run: (args, _connection, context) =>
    queryUntil(args, context, {
      timeout: Number(args.timeout ?? SECONDS),
      missed: 'was not uploaded',
      read(answer) {
        const response = (answer.serverResponse ?? {}) as JsonValue as ServerResponse;
        if (response.status !== FAILED) return DONE.includes(uploadingStatus(response)) ? answer : undefined;
        throw new KosmoError('REMOTE_ERROR', `the recording ${args.sid} failed (status ${FAILED}), and nothing will be uploaded`, {
          hint: 'check token, channelType and storage keys',
          details: { recording_status: FAILED },
        });
      },
    }).catch((thrown: unknown) => {
      throw isKosmoError(thrown) && thrown.details.status === 404 ? forgotten(thrown, args.sid as string) : thrown;
    }),
});

/** The 404 of a query as an error of this function. */
function forgotten({ details: { function_name: _query, ...details }, hint }: KosmoError, sid: string): KosmoError {
  return new KosmoError('REMOTE_ERROR', `Agora no longer knows the recording ${sid} (404), so the state of its upload is unknown`, {
    details,
    ...(hint === undefined ? {} : { hint }),
  });
}

function uploadingStatus({ uploadingStatus: status, extensionServiceState: services }: ServerResponse): string {
  return status ?? services?.find(({ serviceName }) => serviceName === 'upload_service')?.payload?.uploadingStatus ?? 'unknown';
}
