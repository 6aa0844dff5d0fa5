import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectContract } from '../../../helpers/contract.ts';
import { type Bench, type Json, type Mode, openBench, PARTY, type Session, sample, samples } from './harness.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.emulator.close());

/** The start that a session has had before the sample's call; the others follow the plain start of their mode. */
const STARTED_WITH: Readonly<Record<string, string>> = { 'update-web-cdn': 'start-web-and-cdn-push' };
const PLAIN: Readonly<Record<Mode, string>> = { mix: 'start-mix-hls', individual: 'start-individual', web: 'start-web' };
const requests = samples.filter(({ kind }) => kind === 'request');

describe('every request sample is accepted', () => {
  test.each(requests)('$name', async ({ name, endpoint, mode, body }) => {
    const { clientRequest, ...party } = body;
    if (endpoint === 'acquire') return expect((await bench.acquire(clientRequest, party)).status).toBe(200);
    if (endpoint === 'start') return expect(await bench.record(mode ?? 'mix', name, party)).toHaveProperty('sid');
    const session = await bench.record(mode ?? 'mix', STARTED_WITH[name] ?? PLAIN[mode ?? 'mix'], party);
    const call = { update: bench.update, updateLayout: bench.updateLayout, stop: bench.stop }[endpoint];
    return expect((await call?.(session, clientRequest))?.status).toBe(200);
  });
});

// The names and kinds of values, whatever they are; a list is as its first element.
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, shapeOf(inner)]),
  );
}

// sample query-web lists a file while it records; pitfall 26 says that web files are listed at the end only, and is followed.
describe('answers have the shape of their samples', () => {
  const query = (session: Session) => bench.query(session);
  test.each<[string, Mode, string, number, (session: Session) => ReturnType<Bench['query']>]>([
    ['query-starting', 'mix', 'start-mix-hls', 2, query],
    ['query-mix-hls', 'mix', 'start-mix-hls', 60, query],
    ['query-mix-hls-mp4', 'mix', 'start-mix-hls-mp4-custom-layout', 60, query],
    ['query-individual', 'individual', 'start-individual', 60, query],
    ['query-individual-snapshot', 'individual', 'start-individual-snapshot-only', 60, query],
    ['query-web-cdn', 'web', 'start-web-and-cdn-push', 60, query],
    ['update-ok', 'mix', 'start-mix-hls', 60, (session) => bench.update(session)],
    ['stop-mix-uploaded', 'mix', 'start-mix-hls-mp4-custom-layout', 60, (session) => bench.stop(session)],
    ['stop-mix-hls-backuped', 'mix', 'start-mix-hls', 60, (session) => bench.stop(session)],
    ['stop-individual-unknown', 'individual', 'start-individual', 5, (session) => bench.stop(session, { async_stop: true })],
    ['stop-web', 'web', 'start-web', 60, (session) => bench.stop(session)],
  ])('%s', async (name, mode, request, seconds, call) => {
    const session = await bench.record(mode, request);
    bench.advance(seconds);
    expect(shapeOf((await call(session)).body)).toEqual(shapeOf(sample(name)));
  });

  test('acquire-ok, start-ok and ncs-ip', async () => {
    const acquired = await bench.acquire();
    expect(shapeOf(acquired.body)).toEqual(shapeOf(sample('acquire-ok')));
    const started = await bench.start(acquired.body.resourceId, 'mix', sample('start-mix-hls').clientRequest);
    expect(shapeOf(started.body)).toEqual(shapeOf(sample('start-ok')));
    expect(shapeOf((await bench.call('GET', '/v1/ncs/ip')).body)).toEqual(shapeOf(sample('ncs-ip')));
  });
});

describe('the check against the contract', () => {
  const QUERY = { method: 'GET', path: '/v1/apps/A/cloud_recording/resourceid/R/sid/S/mode/mix/query' };
  const STOP = { method: 'POST', path: '/v1/apps/A/cloud_recording/resourceid/R/sid/S/mode/mix/stop' };

  test('knows every sample', () => {
    for (const { kind, status, body, endpoint, mode } of samples) {
      const verb = endpoint === 'any' ? 'query' : endpoint;
      const session = `/v1/apps/A/cloud_recording/resourceid/R${verb === 'start' ? '' : '/sid/S'}/mode/${mode ?? 'mix'}/${verb}`;
      const path = { acquire: '/v1/apps/A/cloud_recording/acquire', ncsIp: '/v1/ncs/ip' }[verb] ?? session;
      const method = ['query', 'ncsIp'].includes(verb) ? 'GET' : 'POST';
      if (kind === 'request') expect(expectContract({ method, path, body }, { status: 500, body: {} })).toBe(verb);
      else expect(expectContract({ method, path }, { status: status ?? 200, body })).toBe(verb);
    }
  });

  test.each([
    ['a status that there is not', QUERY, { serverResponse: { status: 9 } }],
    ['a list of files that is a number', STOP, { serverResponse: { fileList: 5 } }],
    ['a field that Agora does not send', QUERY, { serverResponse: { status: 5, statusText: 'in progress' } }],
    ['a field in a file that Agora does not send', STOP, { serverResponse: { fileList: [{ fileName: 'a', size: 1 }] } }],
    ['a field outside of the serverResponse', QUERY, { code: 0 }],
  ])('notices %s', (_what, request, body) => {
    expect(() => expectContract(request, { status: 200, body })).toThrow();
  });

  test('notices a wrong request', () => {
    const path = '/v1/apps/A/cloud_recording/acquire';
    const body = { cname: 'c', uid: 5, clientRequest: {} };
    expect(() => expectContract({ method: 'POST', path, body }, { status: 400, body: {} })).toThrow();
    expect(expectContract({ method: 'POST', path: '/v1/nowhere' }, { status: 404, body: {} })).toBeUndefined();
  });
});

// Every path of an object, the empty one included.
function pathsOf(value: unknown, path: readonly string[] = []): readonly (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

function replaceAt(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  const copy = Array.isArray(value) ? [...value] : { ...(value as Json) };
  (copy as Json)[key] = replaceAt((value as Json)[key], rest, by);
  return copy;
}

describe('no value anywhere in a request breaks the emulator', () => {
  const JUNK = [null, true, 0, -1, 1.5, '', 'x', [], [null], [{}], {}, { extensionServices: {} }];
  const starts = requests.filter(({ endpoint }) => endpoint === 'start');

  test('a start is answered 200 or 400, and then queried and stopped', async () => {
    const broken = fc.constantFrom(...starts).chain(({ mode, body }) =>
      fc.record({
        mode: fc.constant(mode as Mode),
        request: fc.tuple(fc.constantFrom(...pathsOf(body.clientRequest)), fc.constantFrom(...JUNK)).map(([path, junk]) => {
          return replaceAt(body.clientRequest, path, junk);
        }),
      }),
    );
    let uid = 0;
    const play = async ({ mode, request }: { mode: Mode; request: unknown }) => {
      uid += 1;
      const party = { ...PARTY, uid: String(uid) };
      const resourceId = await bench.newResource(party);
      const started = await bench.start(resourceId, mode, request, party);
      expect([200, 400]).toContain(started.status);
      if (started.status === 400) {
        expect(started.body).toEqual({ code: 2, reason: expect.stringMatching(/\w{4}/) });
        return;
      }
      bench.advance(20);
      const session = { resourceId, sid: started.body.sid, mode, party };
      // A recorder that cannot write to its bucket or open its page has exited by now.
      const { failure } = bench.emulator.recordings().at(-1) ?? {};
      expect((await bench.query(session)).status).toBe(failure === undefined ? 200 : 404);
      expect((await bench.stop(session)).status).toBe(failure === undefined ? 200 : 404);
    };
    await fc.assert(fc.asyncProperty(broken, play), { numRuns: 400 });
  });

  test.each(['acquire', 'update', 'updateLayout', 'stop'] as const)('%s is answered 200 or 400', async (endpoint) => {
    for (const { mode, body } of requests.filter((each) => each.endpoint === endpoint)) {
      for (const path of pathsOf(body.clientRequest)) {
        for (const junk of JUNK) {
          const request = replaceAt(body.clientRequest, path, junk);
          if (endpoint === 'acquire') expect([200, 400]).toContain((await bench.acquire(request)).status);
          else {
            const session = await bench.record(mode ?? 'mix', mode === 'web' ? 'start-web-and-cdn-push' : PLAIN[mode ?? 'mix']);
            expect([200, 400]).toContain((await bench[endpoint](session, request)).status);
            await bench.stop(session);
          }
        }
      }
    }
  });
});
