import { isKosmoError, KosmoError } from '../../../errors/index.ts';
import type { CallContext } from '../../../integration/index.ts';
import type { JsonValue } from '../../../json/index.ts';
import { fileReason } from '../../../platform/file-errors.ts';
import type { AgoraConnection } from '../connection.ts';

type Arguments = Readonly<Record<string, JsonValue>>;

/** Lists and stops the recordings of this machine. */
const STOP_COMMAND = 'kosmo agora:recordings';

/** Sends a start. Writes the attempt to the ledger before, and its result after. */
export async function startWithLedger(
  args: Arguments,
  { ledger, account, client: { appId } }: AgoraConnection,
  context: CallContext,
  send: () => Promise<JsonValue>,
): Promise<JsonValue> {
  const [resourceId, mode, cname, uid] = [args.resource_id, args.mode, args.cname, args.uid].map(String) as [
    string,
    string,
    string,
    string,
  ];
  const facts = { resource_id: resourceId, mode, cname, uid, account };
  const label = `a recording of ${cname}, whose sid is not known,`;
  const withoutSid = { id: resourceId, noun: 'recording', label, stopCommand: STOP_COMMAND, facts: { sid: null, ...facts } };
  const attempt = ledger?.starting({ account, appId, resourceId, mode, cname, uid });
  const write = (what: () => void, lost: string): void => {
    try {
      what();
    } catch (thrown) {
      context.warn(`The ledger could not be written: ${fileReason(thrown)}. ${lost}`);
    }
  };
  try {
    const answer = await send();
    const { sid } = answer as { readonly sid?: JsonValue };
    if (typeof sid === 'string' && sid !== '') {
      if (attempt !== undefined) {
        const lost =
          `The recording of ${cname} runs with the sid ${sid}, and kosmo agora:recordings does not know it: stop it with stop_recording, ` +
          `resource_id ${resourceId}, mode ${mode}, uid ${uid}.`;
        write(() => ledger?.started(attempt, sid), lost);
      }
      const stop = { tool: 'stop_recording', args: { resource_id: resourceId, sid, mode, cname, uid } };
      context.releaseOpenResource?.(resourceId);
      context.trackOpenResource?.({
        id: sid,
        noun: 'recording',
        label: `the recording ${sid} of ${cname}`,
        stopCommand: STOP_COMMAND,
        facts: { sid, ...facts },
        stop,
      });
    } else {
      // "Already started" (201, code 7) comes without it.
      context.warn(
        'The recording runs, and Agora did not say its sid. Without its sid it cannot be queried or stopped; it ends after maxIdleTime seconds without streams.',
      );
      context.trackOpenResource?.(withoutSid);
    }
    return answer;
  } catch (thrown) {
    if (isKosmoError(thrown) && thrown.outcome === 'unknown') context.trackOpenResource?.({ ...withoutSid, isCertain: false });
    else if (attempt !== undefined)
      write(() => ledger?.notStarted(attempt), `kosmo agora:recordings lists the start in ${cname} as unknown, and nothing runs.`);
    throw thrown;
  }
}

/** Ended recordings that a connection remembers. */
const MAX_REMEMBERED = 10_000;

/** Adds `recording_ended` and a hint to the 404 of a query, if this machine knows that the recording is over. */
export function withEndedDetail(error: KosmoError, { sid }: Arguments, { ledger, endedRecordings: ends }: AgoraConnection): KosmoError {
  const wasEmpty = ends.get(String(sid));
  if (wasEmpty === undefined && ledger?.hasEnded(String(sid)) !== true) return error;
  return new KosmoError(error.code, error.message, {
    details: { ...error.details, recording_ended: true },
    hint:
      wasEmpty === true
        ? 'the recording was stopped, and Agora recorded nothing: no participant sent audio or video in the channel, so there are no files'
        : 'the recording is over, and Agora has forgotten it: look into the bucket, or receive notifications (number 31 reports the upload)',
    cause: error,
  });
}

/** States of a recording that is over, or broke off (query, `serverResponse.status`). */
const OVER = [7, 8, 20];

/** Whether an answer of query says that the recording is over. */
export function hasEnded(answer: JsonValue): boolean {
  const { serverResponse } = answer as { readonly serverResponse?: { readonly status?: JsonValue } };
  return OVER.includes(Number(serverResponse?.status));
}

/** The code of a stop without files: no participant sent audio or video. */
const NOTHING_RECORDED = 435;

/** Notes that a recording was stopped, or is over. */
export function markEnded(
  { sid }: Arguments,
  { ledger, endedRecordings: ends }: AgoraConnection,
  context: CallContext,
  answer?: JsonValue,
): void {
  context.releaseOpenResource?.(String(sid));
  const { code } = (answer ?? {}) as { readonly code?: JsonValue };
  ends.set(String(sid), code === NOTHING_RECORDED);
  const [oldest] = ends.keys();
  if (ends.size > MAX_REMEMBERED && oldest !== undefined) ends.delete(oldest);
  try {
    ledger?.ended(String(sid));
  } catch (thrown) {
    context.warn(
      `The ledger could not be written: ${fileReason(thrown)}. kosmo agora:recordings lists ${String(sid)}, which is over, as running.`,
    );
  }
}
