import { isDeepStrictEqual } from 'node:util';
import { KosmoError } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { AgoraAction } from './actions.ts';

type JsonObject = Readonly<Record<string, JsonValue>>;

/** Agora takes a resource id for five minutes (service code 433). */
const VALID_SECONDS = 300;

/** The oldest is forgotten for the next one: a script that acquires without end must not fill the memory. */
const REMEMBERED = 10_000;

interface Resource {
  readonly cname: JsonValue | undefined;
  readonly uid: JsonValue | undefined;
  readonly startParameter: JsonValue | undefined;
  readonly acquiredAt: number;
  started: boolean;
}

/** What was said when resources were acquired, to find what does not go with it before Agora answers with a bare code. */
export interface Resources {
  /** Remembers an acquire: its body, and what came back. */
  readonly acquired: (body: JsonObject, answer: JsonValue) => void;
  /**
   * Looks at a call on a resource before it is sent. Throws `INVALID_ARGUMENTS` where Agora would refuse it: another cname or uid (codes
   * 432, 1003), or a start that comes too late (433). Warns of a start that differs from the `start_parameter` of the acquire.
   */
  readonly check: (action: AgoraAction, resourceId: JsonValue | undefined, body: JsonObject, warn: (message: string) => void) => void;
}

/** `now` gives milliseconds. */
export function createResources(now: () => number): Resources {
  const known = new Map<string, Resource>();
  return {
    acquired({ cname, uid, clientRequest }, answer) {
      const { resourceId } = answer as { readonly resourceId?: JsonValue };
      if (typeof resourceId !== 'string') return;
      const { startParameter } = clientRequest as { readonly startParameter?: JsonValue };
      known.set(resourceId, { cname, uid, startParameter, acquiredAt: now(), started: false });
      const [oldest] = known.keys();
      if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
    },
    check(action, resourceId, body, warn) {
      const resource = known.get(String(resourceId));
      if (resource === undefined) return;
      for (const name of ['cname', 'uid'] as const) {
        if (body[name] === resource[name]) continue;
        throw refusal(
          `${name} is "${body[name]}", and resource_id was acquired for "${resource[name]}".`,
          'give the cname and uid of the acquire in every later call',
        );
      }
      if (action !== 'start') return;
      const age = Math.floor((now() - resource.acquiredAt) / 1000);
      // A start that is repeated tells whether the first one got through.
      if (age >= VALID_SECONDS && !resource.started) {
        throw refusal(
          `resource_id was acquired ${age} s ago, and Agora takes it for ${VALID_SECONDS} s.`,
          'acquire another one and start it at once, or use agora.record, which does both',
        );
      }
      resource.started = true;
      const others = differences(resource.startParameter, body.clientRequest);
      if (others.length > 0) warn(`start_parameter of the acquire announced another ${others.join(', ')}.`);
    },
  };
}

function refusal(message: string, hint: string): KosmoError {
  return new KosmoError('INVALID_ARGUMENTS', `${message} Nothing was sent.`, { hint });
}

function differences(announced: JsonValue | undefined, request: JsonValue | undefined): string[] {
  const fields = Object.entries((announced ?? {}) as JsonObject);
  return fields.filter(([name, value]) => !isDeepStrictEqual(value, (request as JsonObject)[name])).map(([name]) => name);
}
