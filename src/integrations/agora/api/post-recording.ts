import type { CallContext } from '../../../integration/index.ts';
import type { JsonValue } from '../../../json/index.ts';
import { buildBody } from '../request/body.ts';
import type { RequestShape } from '../request/validate.ts';
import type { AgoraClient } from './client.ts';
import { recordingPath } from './paths.ts';

/**
 * Sends a call that changes something. What the client knows of the resource is checked before and kept after. Throws as
 * `AgoraClient.request` and `Resources.check` do.
 */
export async function postRecording(
  client: AgoraClient,
  shape: RequestShape,
  args: Readonly<Record<string, JsonValue>>,
  context: CallContext,
): Promise<JsonValue> {
  const { action } = shape;
  const path = recordingPath(client.appId, action, args);
  const body = buildBody(args, shape);
  client.resources.check({ action, args, body }, context.warn);
  const answer = await client.request('POST', path, body, { action, ...context });
  if (action === 'acquire') client.resources.acquired(body, answer);
  return answer;
}
