/**
 * The emulator's times, in emulated milliseconds. Agora documents the first group; it gives no figures for the second, so those
 * are short enough for tests and long enough that a client has to cope with every state.
 */

/** A resource id that no start has used is valid for five minutes (contract: acquire-response; code 433). */
export const RESOURCE_ID_MS: number = 5 * 60_000;

/** Until then a query lists no files (client-behaviour: the list is meaningful 15 s or 60 s after the start). */
export const FIRST_SLICE_MS = { mix: 15_000, individual: 60_000 } as const;

/** `maxIdleTime` where the start names none (contract: recordingConfig). */
export const IDLE_SECONDS = 30;

/** `resourceExpiredHour` where the acquire names none (contract: acquire-request). */
export const RESOURCE_HOURS = 72;

export const SECOND_MS = 1000;
export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;

/** From then on a recording is in progress. */
export const READY_MS = 4000;

/** Time after the start from which a recording has the status, latest first (statuses: contract, query-response). */
export const STATES: readonly { readonly after: number; readonly status: number }[] = [
  { after: READY_MS, status: 5 }, // in progress
  { after: 3000, status: 4 }, // ready
  { after: 2000, status: 3 }, // partly ready
  { after: 1000, status: 2 }, // starting
  { after: 0, status: 1 }, // initialised
];

/** The status from which a query tells more than itself (sample query-starting has nothing else at 3). */
export const IN_PROGRESS = 5;

/** When a recorder exits that cannot write to its storage, or cannot open its page. */
export const FAILING_MS = { storage: 2000, page: READY_MS } as const;

/** When a page shows that it is too much for the recorder, or silent. Agora gives no figure. */
export const PAGE_TROUBLE_MS = 10_000;

/** How long an ended recording still answers a stop with "invalid operation"; then it is gone. */
export const EXITING_MS = 5000;

/** How long the upload of the last slices takes after a stop; of a bucket that is called slow, longer than Agora waits (code 50). */
export const UPLOAD_MS = { usual: 5000, slow: 30_000 } as const;

/** The longest upload that a synchronous stop waits for (contract: stop-request). */
export const MAX_UPLOAD_MS = 20_000;

/** How long a query still finds a recording after its upload, as "stopped" and then as "exited". */
export const STOPPED_MS = 30_000;
export const EXITED_MS = 30_000;

/** A slice ends after 15 s (storage-and-files). */
export const SLICE_MS = 15_000;

/** A mixed recording's MP4 ends "at about 2-3 h" (storage-and-files); a web page's after its maxVideoDuration. */
export const MP4_MS: number = 2 * HOUR_MS;
export const MP4_MINUTES = 120;

/** `captureInterval` where the start names none (contract: snapshotConfig). */
export const CAPTURE_SECONDS = 10;

/** How long a recording is not found that moves to another server: 30 s for a process, 60 s for a server (status-codes, 404). */
export const FAILOVER_SECONDS = 30;
