import type { Fields } from './checks.ts';
import { MAGIC_NAMES } from './magic-names.ts';
import { isMode } from './mode.ts';
import { endRecording, type Resource } from './recording.ts';
import { HOUR_MS } from './timing.ts';

interface AdoptedRequest {
  readonly appId: string;
  readonly path: Readonly<Record<string, string>>;
  readonly body: Fields;
}

/**
 * Returns the resource of a recording that exists because of its magic resource id: one that has run for an hour, or one that was just
 * stopped without waiting for the upload. Returns undefined for every other resource id.
 */
export function adoptRecording({ appId, path, body }: AdoptedRequest, now: number): Resource | undefined {
  const { resourceid: id = '', sid, mode } = path;
  const isStopped = id.startsWith(MAGIC_NAMES.stoppedResource);
  if (!(isStopped || id.startsWith(MAGIC_NAMES.runningResource)) || sid === undefined || !isMode(mode)) return undefined;
  const { cname = 'adopted', uid = '1' } = body;
  const startedAt = now - HOUR_MS;
  const resource: Resource = { id, appId, cname: String(cname), uid: String(uid), acquiredAt: startedAt, lifetimeMs: 72 * HOUR_MS };
  resource.recording = {
    sid,
    resource,
    mode,
    startedAt,
    request: {},
    failure: undefined,
    onhold: false,
    outputs: [],
    layout: {},
    subscriptions: [],
    failovers: 0,
    lostUntil: 0,
    sequence: 0,
  };
  if (isStopped) endRecording(resource.recording, now, false);
  return resource;
}
