import { readFileSync } from 'node:fs';
import { expect } from 'vitest';
import {
  createManualClock,
  DEFAULT_ACCOUNT,
  type Emulator,
  type EmulatorOptions,
  startEmulator,
} from '../../../../src/integrations/agora/emulator/index.ts';
import { expectContract } from '../../../helpers/contract.ts';

export type Json = Record<string, unknown>;
export type Mode = 'individual' | 'mix' | 'web';

export interface Sample {
  readonly name: string;
  readonly endpoint: string;
  readonly mode: Mode | null;
  readonly kind: 'request' | 'response';
  readonly status: number | null;
  readonly body: Json;
}

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: an answer is looked into by its samples' shape
  readonly body: any;
}

const FIXTURES = new URL('../../../fixtures/agora/', import.meta.url);
const readFixture = (name: string): string => readFileSync(new URL(name, FIXTURES), 'utf8');

/** Copies of the facts in reference/agora: a clone of the repository alone has no ../shared. */
export const samples: readonly Sample[] = JSON.parse(readFixture('samples.json'));

export function sample(name: string): Json {
  const found = samples.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no sample ${name}`);
  return structuredClone(found.body);
}

/** The clientRequest of a request sample. */
export const clientRequest = (name: string): Json => sample(name).clientRequest as Json;

export const AUTHORIZATION = `Basic ${btoa(`${DEFAULT_ACCOUNT.customerId}:${DEFAULT_ACCOUNT.customerSecret}`)}`;
export const PARTY = { cname: 'httpClient463224', uid: '527841' } as const;
export const APP = '/v1/apps/emulator-app/cloud_recording';

export interface Session {
  readonly resourceId: string;
  readonly sid: string;
  readonly mode: Mode;
  readonly party: Json;
}

export type Bench = Awaited<ReturnType<typeof openBench>>;

/** An emulator with a clock that stands still, and the calls that tests make. Every answer is held against the contract. */
export async function openBench(options: EmulatorOptions = {}) {
  const clock = createManualClock();
  const emulator: Emulator = await startEmulator({ clock, ratePerSecond: 0, ...options });

  async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const response = await fetch(emulator.url + path, {
      method,
      headers: { authorization: AUTHORIZATION, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const reply = { status: response.status, headers: response.headers, body: await response.json() };
    expect(reply.headers.get('content-type')).toBe('application/json');
    expectContract({ method, path }, reply);
    return reply;
  }

  const acquire = (request: unknown = {}, party: Json = PARTY) => call('POST', `${APP}/acquire`, { ...party, clientRequest: request });
  const newResource = async (party: Json = PARTY): Promise<string> => (await acquire({}, party)).body.resourceId;
  const start = (resourceId: string, mode: string, request: unknown, party: Json = PARTY) =>
    call('POST', `${APP}/resourceid/${resourceId}/mode/${mode}/start`, { ...party, clientRequest: request });

  /** Acquires and starts with the clientRequest of a sample, or with one given. */
  async function record(mode: Mode, request: string | Json, party: Json = PARTY, acquireRequest: Json = {}): Promise<Session> {
    const { resourceId } = (await acquire(acquireRequest, party)).body;
    const started = await start(resourceId, mode, typeof request === 'string' ? clientRequest(request) : request, party);
    expect(started.status, JSON.stringify(started.body)).toBe(200);
    return { resourceId, sid: started.body.sid, mode, party };
  }

  const path = ({ resourceId, sid, mode }: Session, verb: string) => `${APP}/resourceid/${resourceId}/sid/${sid}/mode/${mode}/${verb}`;
  const post =
    (verb: string) =>
    (session: Session, request: unknown = {}) =>
      call('POST', path(session, verb), { ...session.party, clientRequest: request });

  return {
    emulator,
    clock,
    call,
    acquire,
    newResource,
    start,
    record,
    query: (session: Session) => call('GET', path(session, 'query')),
    update: post('update'),
    updateLayout: post('updateLayout'),
    stop: post('stop'),
    advance: (seconds: number) => clock.advance(seconds * 1000),
  };
}

/** An answer as `[status, code]`. */
export const brief = ({ status, body }: Reply): [number, unknown] => [status, body.code];
