import type { CallContext } from '../../catalog/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { AgoraAction } from './actions.ts';
import { buildBody, type WireNames } from './build-client-request.ts';
import type { AgoraClient } from './client.ts';
import { recordingPath } from './recording-path.ts';

/**
 * Sends a call that changes something, with what the client remembers of the resource checked before and kept after. Throws as
 * `AgoraClient.request` and `Resources.check` do.
 */
export async function postRecording(
  client: AgoraClient,
  action: AgoraAction,
  args: Readonly<Record<string, JsonValue>>,
  wireNames: WireNames,
  context: CallContext,
): Promise<JsonValue> {
  const path = recordingPath(client.appId, action, args);
  const body = buildBody(args, wireNames);
  client.resources.check(action, args.resource_id, body, context.warn);
  const answer = await client.request('POST', path, body, { action, ...context });
  if (action === 'acquire') client.resources.acquired(body, answer);
  return answer;
}
