import type { OpenResource } from '../../integration/index.ts';
import type { CallObserver } from './observer.ts';
import type { Target } from './target.ts';

/** What a run left open, in words and as data. */
export interface LeftOpen extends Pick<OpenResource, 'stopCommand' | 'facts'> {
  /** `the recording 38f8… of team-standup still runs` */
  readonly sentence: string;
}

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

/** Describes an open resource in its own words. */
export function describeOpenResource({ provider, id, label, isCertain = true, stopCommand, facts }: KnownResource): LeftOpen {
  const sentence = label === undefined ? unnamed(provider.id, id, isCertain) : `${label} ${isCertain ? 'still runs' : 'may be running'}`;
  return { sentence, facts, ...(stopCommand === undefined ? {} : { stopCommand }) };
}

function unnamed(integration: string, id: string, isCertain: boolean): string {
  return `${integration}: ${id} ${isCertain ? 'is' : 'may be'} still open`;
}
