import { isDeepStrictEqual } from 'node:util';
import { KosmoError } from '../../../errors/index.ts';
import type { JsonValue } from '../../../json/index.ts';
import type { AgoraEndpoint } from '../api/endpoints.ts';
import { misfits } from '../request/resource-misfits.ts';

export type JsonObject = Readonly<Record<string, JsonValue>>;

/** Agora takes a resource id for five minutes (service code 433). */
const VALID_SECONDS = 300;

/** The oldest is forgotten for the next one: a script that acquires without end must not fill the memory. */
const MAX_REMEMBERED = 10_000;

interface Resource {
  readonly cname: JsonValue | undefined;
  readonly uid: JsonValue | undefined;
  /** `clientRequest` of the acquire. */
  readonly request: JsonObject;
  readonly acquiredAt: number;
  /** `clientRequest` of the start that was sent. */
  started?: JsonObject;
}

/** A call on a resource, before it is sent. */
export interface ResourceCall {
  readonly action: AgoraEndpoint;
  readonly args: JsonObject;
  readonly body: JsonObject;
}

/** The acquired resources. They show contradictions of later calls before Agora answers with a bare code. */
export interface AcquiredResources {
  /** Remembers an acquire: its body, and what came back. */
  readonly acquired: (body: JsonObject, answer: JsonValue) => void;
  /**
   * Checks a call on a resource before it is sent. Throws `INVALID_ARGUMENTS` where Agora refuses it: another cname or uid (codes
   * 432, 1003), a start that comes too late (433), or one that is not the `start_parameter` of the acquire (2). Other misfits are warnings.
   */
  readonly check: (call: ResourceCall, warn: (message: string) => void) => void;
}

/** `now` gives milliseconds. */
export function createAcquiredResources(now: () => number): AcquiredResources {
  const known = new Map<string, Resource>();
  return {
    acquired({ cname, uid, clientRequest }, answer) {
      const { resourceId } = answer as { readonly resourceId?: JsonValue };
      if (typeof resourceId !== 'string') return;
      known.set(resourceId, { cname, uid, request: clientRequest as JsonObject, acquiredAt: now() });
      const [oldest] = known.keys();
      if (known.size > MAX_REMEMBERED && oldest !== undefined) known.delete(oldest);
    },
    check({ action, args, body }, warn) {
      const resource = known.get(String(args.resource_id));
      if (resource === undefined) return;
      checkIdentity(resource, body);
      const request = body.clientRequest as JsonObject;
      if (action === 'start') {
        checkStart(resource, request, Math.floor((now() - resource.acquiredAt) / 1000));
        resource.started = request;
      }
      for (const message of misfits(action, args.mode, { acquire: resource.request, start: resource.started, request })) warn(message);
    },
  };
}

function checkIdentity(resource: Resource, body: JsonObject): void {
  for (const name of ['cname', 'uid'] as const) {
    if (body[name] === resource[name]) continue;
    throw refusal(
      `${name} is "${body[name]}", and resource_id was acquired for "${resource[name]}".`,
      'give the cname and uid of the acquire in every later call',
    );
  }
}

function checkStart({ request: { startParameter }, started }: Resource, request: JsonObject, age: number): void {
  // A start that is repeated tells whether the first one got through.
  if (age >= VALID_SECONDS && started === undefined) {
    throw refusal(
      `resource_id was acquired ${age} s ago, and Agora takes it for ${VALID_SECONDS} s.`,
      'acquire another one and start it at once, or use agora.record, which does both',
    );
  }
  const others = startParameter === undefined || startParameter === null ? [] : differences(startParameter as JsonObject, request);
  if (others.length === 0) return;
  throw refusal(
    `start_parameter of the acquire announced another ${others.join(', ')}, and Agora refuses such a start.`,
    'pass the same fields to both calls, or acquire without start_parameter',
  );
}

function refusal(message: string, hint: string): KosmoError {
  return new KosmoError('INVALID_ARGUMENTS', `${message} Nothing was sent.`, { hint });
}

function differences(announced: JsonObject, request: JsonObject): string[] {
  const names = new Set([...Object.keys(announced), ...Object.keys(request)]);
  return [...names].filter((name) => !isDeepStrictEqual(announced[name] ?? null, request[name] ?? null));
}
