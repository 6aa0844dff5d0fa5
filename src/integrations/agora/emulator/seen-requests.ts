import type { RequestLogEntry } from './options.ts';

/** A request with when its response was sent: real milliseconds since 1970. */
export type SeenRequest = RequestLogEntry & { readonly at: number };

const MAX_SEEN = 100;

/** The last requests to the API, the oldest first. Those of the control endpoints and of the page do not count. */
export interface SeenRequests {
  add(entry: RequestLogEntry): void;
  list(): readonly SeenRequest[];
}

export function createSeenRequests(): SeenRequests {
  const seen: SeenRequest[] = [];
  return {
    add(entry) {
      seen.push({ ...entry, at: Date.now() });
      if (seen.length > MAX_SEEN) seen.shift();
    },
    list: () => seen,
  };
}
