import { isKosmoError, KosmoError } from '../../../errors/index.ts';
import { defineTool } from '../../../integration/index.ts';
import type { JsonValue } from '../../../json/index.ts';
import type { JsonSchema } from '../../../schema/index.ts';
import type { AgoraConnection } from '../connection.ts';
import { acquireRecordingResource } from './acquire-recording-resource.ts';
import { requireCall } from './query-until.ts';
import { RECORDED_ANSWER } from './responses.ts';
import { startRecording } from './start-recording.ts';

const { resource_id: _resourceId, ...START_PARAMETERS } = startRecording.input.properties;
const { scene, resource_expired_hour } = acquireRecordingResource.input.properties as Record<'scene' | 'resource_expired_hour', JsonSchema>;

/** Codes of a failed start that needs another resource: no free recorder, the resource is too old or was used. */
const REACQUIRE_CODES = [502, 433];
const MAX_ACQUIRE_ATTEMPTS = 3;

export const record = defineTool<AgoraConnection>({
  name: 'record',
  slug: 'agora_record',
  operation: 'write',
  effect: { verb: 'start', noun: 'recording' },
  usesTools: ['acquire_recording_resource', 'start_recording'],
  description: 'Acquire a resource and start recording with it, in one call.',
  input: {
    type: 'object',
    properties: { ...START_PARAMETERS, scene, resource_expired_hour },
    required: ['mode', 'cname', 'uid'],
    additionalProperties: false,
  },
  output: RECORDED_ANSWER,
  docs: {
    returns:
      '`resource_id`, `sid`, `mode`, `cname` and `uid`, as `stop_recording`, `wait_for_recording` and `wait_for_upload` take them. It is made of `acquire_recording_resource` and `start_recording`, which are approved and logged as such.',
    example: `local agora = app.integrations.agora
local session = agora.record({
  mode = "mix",
  cname = "team-standup",
  uid = "527841",
  recording_config = { channelType = 1, streamTypes = 2, maxIdleTime = 30 },
  storage_config = { vendor = 1, region = 0, bucket = "recordings-example", accessKey = "fake-access-key", secretKey = "fake-secret-key" },
})
defer(function() agora.stop_recording(session) end)
agora.wait_for_recording(session)
print("recording as " .. session.sid)`,
    errors: [
      {
        when: 'outcome unknown',
        advice: 'the start may have got through: kosmo agora:recordings lists it. Do not record again with another uid before.',
      },
      { when: 'REMOTE_ERROR, agora_code 53 (this cname and uid record already)', advice: 'stop that recording, or use another uid.' },
    ],
  },
  fieldSchemas: () => startRecording.fieldSchemas?.() ?? {},
  validate: (args) => startRecording.validate?.(args) ?? { problems: [], warnings: [] },
  async run(args, _connection, context) {
    const call = requireCall(context);
    const { scene = args.mode === 'web' ? 1 : 0, resource_expired_hour, ...start } = args;
    const { cname, uid, mode } = start as Record<'cname' | 'uid' | 'mode', JsonValue>;
    const acquire = { cname, uid, scene, ...(resource_expired_hour === undefined ? {} : { resource_expired_hour }) };
    for (let resources = 1; ; resources++) {
      const acquired = (await call('acquire_recording_resource', acquire)) as Record<string, JsonValue>;
      const resource_id = acquired.resourceId as JsonValue;
      try {
        const started = (await call('start_recording', { resource_id, ...start })) as Record<string, JsonValue>;
        if (typeof started.sid === 'string') return { resource_id, sid: started.sid, mode, cname, uid };
        throw new KosmoError('OUTCOME_UNKNOWN', `the recording of ${cname} runs, and Agora did not say its sid`, {
          hint: 'without its sid the recording cannot be queried or stopped; it ends after maxIdleTime seconds without streams',
        });
      } catch (thrown) {
        const wantsAnother =
          isKosmoError(thrown) && thrown.outcome !== 'unknown' && REACQUIRE_CODES.includes(Number(thrown.details.agora_code));
        if (!wantsAnother || resources === MAX_ACQUIRE_ATTEMPTS) throw thrown;
      }
    }
  },
});
