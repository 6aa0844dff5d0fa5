import type { OpenResource } from '../../integration/index.ts';
import type { CallObserver } from './observer.ts';
import type { Target } from './target.ts';

/** What a call left open, with how to reach it. */
export interface KnownResource extends OpenResource, Pick<Target, 'provider' | 'account'> {}

/** Observes what the calls of a run left open on the remote side. */
export interface OpenResources extends CallObserver {
  readonly list: () => readonly KnownResource[];
}

export function createOpenResources(): OpenResources {
  const open = new Map<string, KnownResource>();
  return {
    opened: ({ target: { provider, account } }, resource) => void open.set(resource.id, { ...resource, provider, account }),
    closed: (_call, id) => void open.delete(id),
    list: () => [...open.values()],
  };
}
