import { KosmoError } from '../../../errors/index.ts';
import type { JsonValue } from '../../../json/index.ts';
import type { AgoraEndpoint } from './endpoints.ts';

/** The parameters that stand in the path, in its order, and the path part that announces each. */
const PATH_PARAMETERS = [
  ['resource_id', 'resourceid'],
  ['sid', 'sid'],
  ['mode', 'mode'],
] as const;

/**
 * The path of a recording call, every value percent-encoded:
 * `/v1/apps/{app}/cloud_recording/resourceid/{resource_id}/sid/{sid}/mode/{mode}/query`, without what `args` does not have.
 */
export function recordingPath(appId: string, action: AgoraEndpoint, args: Readonly<Record<string, JsonValue>>): string {
  let path = `/v1/apps/${encodePart('app_id', appId)}/cloud_recording`;
  for (const [name, part] of PATH_PARAMETERS) {
    const value = args[name];
    if (value !== undefined) path += `/${part}/${encodePart(name, value)}`;
  }
  return `${path}/${action}`;
}

/** Characters that need no escape in a path, without dots (RFC 3986, section 2.3). */
const UNRESERVED = /^[\w~-]+$/;

function encodePart(name: string, value: JsonValue): string {
  const text = String(value);
  if (UNRESERVED.test(text)) return text;
  // A dot segment would make another path of it, on this side or on the other.
  if (text === '.' || text === '..' || !text.isWellFormed()) {
    throw new KosmoError('INVALID_ARGUMENTS', `${name} cannot be part of a URL.`, { hint: `pass ${name} exactly as Agora returned it` });
  }
  return encodeURIComponent(text);
}
