import type { CallContext } from '../../catalog/index.ts';
import { isKosmoError } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { AgoraClient } from './client.ts';

type Arguments = Readonly<Record<string, JsonValue>>;

/** Sends a start that is written to the ledger before, and completed there after. */
export async function startLedgered(
  args: Arguments,
  { ledger, account, appId }: AgoraClient,
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
  const attempt = ledger?.starting({ account, appId, resourceId, mode, cname, uid });
  const write = (what: () => void): void => {
    try {
      what();
    } catch (thrown) {
      context.warn(`The ledger could not be written: ${(thrown as Error).message}.`);
    }
  };
  try {
    const answer = await send();
    const { sid } = answer as { readonly sid?: JsonValue };
    if (typeof sid === 'string' && sid !== '') {
      if (attempt !== undefined) write(() => ledger?.started(attempt, sid));
      const stop = { tool: 'stop_recording', args: { resource_id: resourceId, sid, mode, cname, uid } };
      context.closed?.(resourceId);
      context.opened?.({ id: sid, facts: { sid, ...facts }, stop });
    } else {
      // "Already started" (201, code 7) comes without it.
      context.warn(
        'The recording runs, and Agora did not say its sid. Without it nobody can query or stop it; it ends after maxIdleTime without streams.',
      );
      context.opened?.({ id: resourceId, facts: { sid: null, ...facts } });
    }
    return answer;
  } catch (thrown) {
    if (isKosmoError(thrown) && thrown.outcome === 'unknown') context.opened?.({ id: resourceId, facts: { sid: null, ...facts } });
    else if (attempt !== undefined) write(() => ledger?.notStarted(attempt));
    throw thrown;
  }
}

/** States of a recording that is over, or broke off (query, `serverResponse.status`). */
const OVER = [7, 8, 20];

/** Whether an answer of query says that the recording is over. */
export function hasEnded(answer: JsonValue): boolean {
  const { serverResponse } = answer as { readonly serverResponse?: { readonly status?: JsonValue } };
  return OVER.includes(Number(serverResponse?.status));
}

/** A recording was stopped, or is over. */
export function noteEnd({ sid }: Arguments, { ledger }: AgoraClient, context: CallContext): void {
  context.closed?.(String(sid));
  try {
    ledger?.ended(String(sid));
  } catch (thrown) {
    context.warn(`The ledger could not be written: ${(thrown as Error).message}.`);
  }
}
