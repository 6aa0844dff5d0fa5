import type { CallContext } from '../../../integration/index.ts';
import type { JsonValue } from '../../../json/index.ts';
import type { AgoraConnection } from '../connection.ts';
import { buildBody } from '../request/body.ts';
import type { RequestShape } from '../request/validate.ts';
import { recordingPath } from './paths.ts';

/**
 * Sends a write. Before, checks it against what is known of its resource; after an acquire, remembers the resource. Throws as
 * `AgoraClient.request` and `AcquiredResources.check` do.
 */
export async function postRecording(
  { client, resources }: AgoraConnection,
  shape: RequestShape,
  args: Readonly<Record<string, JsonValue>>,
  context: CallContext,
): Promise<JsonValue> {
  const { action } = shape;
  const path = recordingPath(client.appId, action, args);
  const body = buildBody(args, shape);
  resources.check({ action, args, body }, context.warn);
  const answer = await client.request('POST', path, body, { action, ...context });
  if (action === 'acquire') resources.acquired(body, answer);
  return answer;
}
