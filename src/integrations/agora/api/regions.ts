import type { TransportError } from '../../../http/index.ts';

/** Agora's regions and the first labels of their API names, the preferred one first ("integration best practices"). */
const REGIONS = {
  us: { prefixes: ['api-us-west-1', 'api-us-east-1'], suffixes: ['agora.io', 'sd-rtn.com'] },
  eu: { prefixes: ['api-eu-west-1', 'api-eu-central-1'], suffixes: ['agora.io', 'sd-rtn.com'] },
  ap: { prefixes: ['api-ap-southeast-1', 'api-ap-northeast-1'], suffixes: ['agora.io', 'sd-rtn.com'] },
  cn: { prefixes: ['api-cn-east-1', 'api-cn-north-1'], suffixes: ['sd-rtn.com', 'agora.io'] },
} as const;

const EVERYWHERE = { prefixes: ['api'], suffixes: ['sd-rtn.com', 'agora.io'] } as const;

export const REGION_NAMES = Object.keys(REGIONS);

/** The names of one API, and the order in which to try them. */
export interface Domains {
  /** Whether there is more than one name. */
  readonly hasOthers: boolean;
  /** The origin to ask now. */
  readonly current: () => string;
  readonly succeeded: (origin: string) => void;
  /** Counts a failure to reach `origin`, and moves on to another name after the second one, or the first of an other suffix. */
  readonly failed: (origin: string, failure: Pick<TransportError, 'error'>) => void;
}

/** The address that the user set: there is no other. */
export function singleDomain(origin: string): Domains {
  return { hasOthers: false, current: () => origin, succeeded: () => undefined, failed: () => undefined };
}

/**
 * Agora's own order (zh `rest-availability.mdx`, steps 2 to 4): the same name again; the other suffix, once, if the name did not resolve; the
 * neighbouring region. `region` is one of `REGION_NAMES`; undefined are the names that work everywhere. The one that works stays.
 */
export function regionalDomains(region: string | undefined): Domains {
  const { prefixes, suffixes } = region === undefined ? EVERYWHERE : REGIONS[region as keyof typeof REGIONS];
  const hasNeighbour = prefixes.length > 1;
  let prefix = 0;
  let suffix = 0;
  let failures = 0;
  /** Whether the current name is there because the same region's other one did not resolve. */
  let isOther = false;
  const current = (): string => `https://${prefixes[prefix]}.${suffixes[suffix]}`;
  return {
    hasOthers: true,
    current,
    succeeded(origin) {
      if (origin !== current()) return;
      failures = 0;
      isOther = false;
    },
    failed(origin, { error }) {
      // A parallel call may have moved on already.
      if (origin !== current() || ++failures < (isOther && hasNeighbour ? 1 : 2)) return;
      failures = 0;
      const toOther = !hasNeighbour || (isUnresolved(error) && !isOther);
      prefix = toOther ? prefix : (prefix + 1) % prefixes.length;
      suffix = toOther ? 1 - suffix : 0;
      isOther = toOther;
    },
  };
}

function isUnresolved(error: unknown): boolean {
  return ['ENOTFOUND', 'EAI_AGAIN'].includes((error as { readonly code?: string }).code ?? '');
}
