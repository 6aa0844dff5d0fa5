import { setTimeout as delay } from 'node:timers/promises';
import { isKosmoError, KosmoError } from '../../../errors/index.ts';
import type { CallContext } from '../../../integration/index.ts';
import type { JsonValue } from '../../../json/index.ts';
import { monotonicNow } from '../../../platform/clock.ts';
import type { ObjectSchema } from '../../../schema/index.ts';
import { MODE, RESOURCE_ID, SID, UNNEEDED_IDENTITY } from './parameters.ts';

/** Returns the function with which a composed tool calls others. */
export function requireCall({ call }: CallContext): NonNullable<CallContext['call']> {
  if (call === undefined) throw new Error('a composed tool needs a way to call others');
  return call;
}

/** The parameters of a wait: those that name a recording, and `timeout`. */
export function waitInput(seconds: number): ObjectSchema {
  return {
    type: 'object',
    properties: {
      resource_id: RESOURCE_ID,
      sid: SID,
      mode: MODE,
      timeout: { type: 'number', description: `Seconds to wait at most (default ${seconds}).`, minimum: 1, maximum: 86_400 },
      ...UNNEEDED_IDENTITY,
    },
    required: ['resource_id', 'sid', 'mode'],
    additionalProperties: false,
  };
}

/** Seconds between queries; the last one repeats. Shorter than any usual `maxIdleTime`. */
const PAUSES = [1, 2, 3, 5];

/** Agora answers 404 before a recording has joined, and for up to 90 s while it moves one to another server. */
const NOT_FOUND_FOR_SECONDS = 90;

/** What a tool waits for. */
export interface QueryGoal {
  /** Seconds to wait at most. */
  readonly timeout: number;
  /** What did not happen in time, for the error: `was not uploaded`. */
  readonly missed: string;
  /** The result, once an answer shows it. */
  readonly read: (answer: Record<string, JsonValue>) => JsonValue | undefined;
}

/**
 * Queries again and again until an answer shows the goal. Believes a 404 after 90 s. Throws `DEADLINE_EXCEEDED` after the timeout, and
 * every other error of a query that is not safe to repeat.
 */
export async function queryUntil(
  args: Readonly<Record<string, JsonValue>>,
  context: CallContext,
  { timeout, missed, read }: QueryGoal,
): Promise<JsonValue> {
  const call = requireCall(context);
  const { resource_id, sid, mode } = args as Record<string, JsonValue>;
  const started = monotonicNow();
  const seconds = (): number => (monotonicNow() - started) / 1000;
  let missingSince: number | undefined;
  let status: JsonValue | undefined;
  for (let tries = 0; ; tries++) {
    try {
      const answer = (await call('query_recording', { resource_id, sid, mode } as Record<string, JsonValue>)) as Record<string, JsonValue>;
      missingSince = undefined;
      status = (answer.serverResponse as { readonly status?: JsonValue } | undefined)?.status;
      const result = read(answer);
      if (result !== undefined) return result;
    } catch (thrown) {
      if (!isKosmoError(thrown) || thrown.details.status !== 404) throw thrown;
      // This machine stopped it, so it is not moving to another server.
      if (thrown.details.recording_ended === true) throw thrown;
      missingSince ??= seconds();
      if (seconds() - missingSince >= NOT_FOUND_FOR_SECONDS) throw thrown;
    }
    const pause = PAUSES[Math.min(tries, PAUSES.length - 1)] as number;
    if (seconds() + pause > timeout) {
      throw new KosmoError('DEADLINE_EXCEEDED', `the recording ${sid} ${missed} within ${timeout} s`, {
        outcome: 'done',
        hint:
          missingSince === undefined
            ? `its status was ${status ?? 'not told'}; give more timeout, or look at agora.query_recording`
            : 'Agora does not know the recording (404): check token, channelType and storage keys',
      });
    }
    await delay(pause * 1000, undefined, { signal: context.signal });
  }
}
