import type { ErrorCode, Outcome } from '../../../errors/index.ts';
import type { RetryDelays } from '../../../http/index.ts';
import type { AgoraEndpoint } from './endpoints.ts';

/** One kind of response and its meaning. A member that a row leaves out matches anything; the first row that matches counts. */
export interface ResponseRow {
  readonly actions?: readonly AgoraEndpoint[];
  /** HTTP status, or the first and last of a range. */
  readonly status?: number | readonly [number, number];
  /** Agora's own code, in the body. */
  readonly code?: number;
  /** Part of the answer's text, in lower case. */
  readonly text?: string;
  readonly meaning: 'success' | ErrorCode;
  /** For a success: Agora documents the answer without the content that proves the others (`DOCUMENTED_CONTENT`). */
  readonly settled?: true;
  /** For a success: a sentence for the call's log entry. */
  readonly warning?: string;
  /** For a failure: the cause, and what to write or run. @default when the outcome is unknown: how to repeat the call */
  readonly hint?: string;
  /** @default of the error code; `unknown` never holds for a read, which changes nothing */
  readonly outcome?: Outcome;
  /** @default of the error code */
  readonly retryable?: boolean;
  /** The row holds only for a request that was sent again because the effect of the first one was not known. */
  readonly repeated?: true;
  /** For a failure: how often the same request is sent again, and when. @default never */
  readonly retryDelays?: RetryDelays;
}

const BACK_OFF: RetryDelays = [
  [0, 1],
  [0, 3],
  [0, 6],
];

/** "Again after 3 s, then 6 s": Agora's words for requests that it did not finish. */
const NOT_COMPLETED: RetryDelays = [
  [3, 4],
  [6, 7],
];

/** "50x: same parameters again after 3, 6, 9 s" (start). */
const AFTER_START: RetryDelays = [
  [3, 4],
  [6, 7],
  [9, 10],
];

/**
 * Requests that were not answered. Not sent at all, any may be sent again. Sent and not answered, each is safe to send again as it is:
 * an unused resource costs nothing, a second start of the same resource answers 201 with code 7, an update twice is the same as once,
 * a second stop answers 49 or 404, and the others change nothing.
 */
export const TRANSPORT_RETRIES: Readonly<Record<string, RetryDelays>> = {
  CONNECTION_FAILED: BACK_OFF,
  CONNECTION_LOST: BACK_OFF,
  DEADLINE_EXCEEDED: BACK_OFF,
  INVALID_RESPONSE: BACK_OFF,
} satisfies Partial<Record<ErrorCode, RetryDelays>>;

/** An address that the user set and that cannot be reached is more likely wrong than down for a moment. */
export const CUSTOM_URL_RETRIES: RetryDelays = [[0, 1]];

/** Seconds after which a request without a response counts as lost, so that time is left for another. A synchronous stop takes 20 s. */
export const ATTEMPT_TIMEOUT_SECONDS: Readonly<Record<AgoraEndpoint, number>> = {
  acquire: 10,
  start: 15,
  query: 10,
  update: 10,
  updateLayout: 10,
  stop: 30,
  ncsIp: 10,
};

const SESSION: readonly AgoraEndpoint[] = ['query', 'update', 'updateLayout', 'stop'];
const CHANGES: readonly AgoraEndpoint[] = ['start', 'update', 'updateLayout', 'stop'];

const ENABLE_RECORDING = 'check app_id, and enable Cloud Recording for that project in the Agora console';

/** How to repeat a call whose outcome is unknown. Agora documents each of these repeats as safe. */
export const REPEAT_HINTS: Readonly<Record<AgoraEndpoint, string>> = {
  acquire: 'repeat the call; a resource that is never started costs nothing',
  start:
    'repeat start_recording with the same resource_id: if the first one got through, the answer is code 7. Another resource_id could record and bill twice',
  query: 'repeat the call; it changes nothing',
  update: 'repeat the same update after 3 s, then 6 s; twice is the same as once',
  updateLayout: 'repeat the same update after 3 s, then 6 s; twice is the same as once',
  stop: 'repeat the stop; if the first one got through, the answer is code 49 or status 404',
  ncsIp: 'repeat the call; it changes nothing',
};

/**
 * Every answer that Agora documents (pages "status codes" and "common errors" of Cloud Recording, and its issue trackers), most
 * special first.
 */
export const RESPONSES: readonly ResponseRow[] = [
  // Successes with a catch, and failures that look like successes.
  {
    actions: ['stop'],
    status: [200, 299],
    code: 435,
    meaning: 'success',
    settled: true,
    warning: 'Agora recorded nothing: no participant sent audio or video in the channel, so there are no files.',
  },
  {
    actions: ['stop'],
    status: [200, 299],
    code: 50,
    meaning: 'success',
    settled: true,
    warning: 'The recording stopped, but its upload was not done within 20 s; query_recording tells when it is.',
  },
  { code: 65, meaning: 'OUTCOME_UNKNOWN', retryDelays: NOT_COMPLETED },
  {
    actions: ['start'],
    code: 15,
    meaning: 'REMOTE_ERROR',
    hint: 'Agora gives no reason with code 15; check storage_config (vendor, region, keys) and the token, then acquire a new resource',
  },
  {
    actions: ['stop'],
    status: 206,
    meaning: 'success',
    warning: "Some files may have gone to Agora's backup cloud, from where it uploads them later; see uploadingStatus.",
  },
  // A repeated start whose recording runs already: Agora says so without its sid.
  { actions: ['start'], status: 201, code: 7, meaning: 'success', settled: true },
  { status: [200, 299], meaning: 'success' },

  // The gateway.
  {
    status: 401,
    meaning: 'CREDENTIALS_REJECTED',
    hint: 'customer_id and customer_secret come from "RESTful API" in the Agora console, not from app id and app certificate, and must belong to the account of app_id',
  },
  { status: 403, meaning: 'CREDENTIALS_REJECTED', hint: ENABLE_RECORDING },
  {
    status: 429,
    meaning: 'RATE_LIMITED',
    hint: 'Agora allows 10 requests a second for each app id; set the account field requests_per_second below what other programs leave, and limit parallel.map',
    retryDelays: [
      [0, 1],
      [0, 2],
      [0, 4],
      [0, 8],
    ],
  },
  { status: 400, text: 'appid is invalid', meaning: 'CREDENTIALS_REJECTED', hint: ENABLE_RECORDING },
  {
    status: 404,
    text: 'no route matched',
    meaning: 'REMOTE_ERROR',
    hint: 'check the account field url: it must be the bare address of the API, without /v1',
  },
  {
    status: [300, 399],
    meaning: 'REMOTE_ERROR',
    hint: 'redirects are not followed with credentials; set the account field url to the final address',
  },

  // acquire
  { actions: ['acquire'], code: 400, meaning: 'CREDENTIALS_REJECTED', hint: ENABLE_RECORDING },
  { actions: ['acquire'], code: 62, meaning: 'CREDENTIALS_REJECTED', hint: ENABLE_RECORDING },
  { actions: ['acquire'], code: 401, meaning: 'REMOTE_ERROR', hint: 'use letters, digits and plain punctuation in cname, under 64 bytes' },
  { actions: ['acquire'], code: 405, meaning: 'REMOTE_ERROR', hint: 'the Agora account is suspended or overdue; see its console' },
  {
    actions: ['acquire'],
    code: 406,
    meaning: 'REMOTE_UNAVAILABLE',
    hint: 'too many recordings run at once; stop the recordings that you do not need, then repeat',
  },
  {
    actions: ['acquire'],
    status: [500, 599],
    meaning: 'REMOTE_UNAVAILABLE',
    hint: 'repeat the call after a few seconds; an unused resource costs nothing',
    retryDelays: BACK_OFF,
  },

  // start, and what it has in common with the later calls
  { code: 62, meaning: 'OUTCOME_UNKNOWN', retryDelays: NOT_COMPLETED },
  {
    actions: ['start'],
    code: 53,
    meaning: 'REMOTE_ERROR',
    hint: 'a recording with this cname and uid runs already: stop it (kosmo agora:recordings lists what was started from this machine), or acquire and start with another uid',
  },
  {
    actions: ['start'],
    code: 502,
    meaning: 'REMOTE_UNAVAILABLE',
    hint: 'Agora has no free recorder: acquire a new resource and start that',
    retryDelays: [[3, 4]],
  },

  // query, update, updateLayout, stop
  {
    actions: ['stop'],
    code: 49,
    meaning: 'success',
    settled: true,
    warning: 'The recording was stopping already, by an earlier stop or because the channel was idle.',
  },
  {
    actions: ['stop'],
    status: 404,
    repeated: true,
    meaning: 'success',
    settled: true,
    warning: 'The recording is gone: the stop that was not answered got through.',
  },
  {
    actions: ['stop'],
    code: 50,
    meaning: 'REMOTE_ERROR',
    hint: 'the recording stopped and its upload goes on; query_recording tells when it is done',
  },
  {
    actions: SESSION,
    code: 501,
    meaning: 'REMOTE_ERROR',
    hint: 'the recording is ending; its files are listed by the answer of stop_recording',
  },

  // Codes that mean the same everywhere.
  {
    code: 2,
    meaning: 'REMOTE_ERROR',
    hint: 'a field has a wrong name, type or value: names are case-sensitive, uid is a string of 1 to 4294967295, avFileType takes {"hls"} or {"hls", "mp4"}, individual mode needs subscribeUidGroup',
  },
  { code: 7, meaning: 'REMOTE_ERROR', hint: 'a recording with this resource_id runs already' },
  { code: 8, meaning: 'REMOTE_ERROR', hint: 'Agora could not read the request; check the account field url' },
  {
    code: 109,
    meaning: 'REMOTE_ERROR',
    hint: 'the RTC token has expired; make a new one for this cname and uid, it cannot be renewed while recording',
  },
  { code: 110, meaning: 'REMOTE_ERROR', hint: 'the RTC token is wrong; make one for exactly this app_id, cname and uid' },
  {
    code: 432,
    meaning: 'REMOTE_ERROR',
    hint: 'cname, uid and app_id must be the same as in acquire_recording_resource for this resource_id',
  },
  // The resource is gone: the recording of the first start may have run and ended.
  { actions: ['start'], code: 433, repeated: true, meaning: 'OUTCOME_UNKNOWN', hint: REPEAT_HINTS.start },
  {
    code: 433,
    meaning: 'REMOTE_ERROR',
    hint: 'a resource_id is valid for five minutes and for one recording; acquire a new one and start it within two seconds',
  },
  {
    code: 1001,
    meaning: 'REMOTE_ERROR',
    hint: 'pass resource_id exactly as acquire_recording_resource returned it (resourceId), not shortened',
  },
  { code: 1003, meaning: 'REMOTE_ERROR', hint: 'resource_id and sid must come from the same recording, and app_id from the same account' },
  { code: 1013, meaning: 'REMOTE_ERROR', hint: 'use letters, digits and plain punctuation in cname, under 64 bytes' },
  {
    code: 1028,
    meaning: 'REMOTE_ERROR',
    hint: 'check layout_config: each region needs x_axis, y_axis, width and height from 0 to 1; mixed_video_layout 3 goes with it',
  },

  // The rest.
  {
    actions: SESSION,
    status: 404,
    meaning: 'REMOTE_ERROR',
    retryable: true,
    hint: 'the recording never joined the channel (check token, channelType, storage keys, and that a participant is in it), ended by itself after maxIdleTime (30 s unless set) without streams, was stopped, or is moving to another server: query again for 90 s before believing that it is gone',
  },
  // It is not known whether the change was made.
  { actions: ['start'], status: [500, 599], meaning: 'REMOTE_UNAVAILABLE', outcome: 'unknown', retryDelays: AFTER_START },
  { actions: CHANGES, status: [500, 599], meaning: 'REMOTE_UNAVAILABLE', outcome: 'unknown', retryDelays: NOT_COMPLETED },
  { status: [500, 599], meaning: 'REMOTE_UNAVAILABLE', hint: 'repeat the call after a few seconds', retryDelays: BACK_OFF },
];
