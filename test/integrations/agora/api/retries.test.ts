import type { ServerResponse } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isKosmoError, KosmoError } from '../../../../src/errors/index.ts';
import type { CallContext, CallMetadata } from '../../../../src/integration/index.ts';
import { type AgoraClient, type ClientDependencies, createAgoraClient } from '../../../../src/integrations/agora/api/client.ts';
import type { AgoraEndpoint } from '../../../../src/integrations/agora/api/endpoints.ts';
import {
  answer,
  CREDENTIALS,
  DOCUMENTED,
  type RecordingServer,
  type Responder,
  startRecordingServer,
} from '../../../helpers/recording-server.ts';

let server: RecordingServer;
/** Milliseconds that the client wanted to wait, in order. */
let pauses: number[];
const clients: AgoraClient[] = [];

beforeEach(async () => {
  server = await startRecordingServer();
  pauses = [];
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  await server.close();
});

function connect(credentials: Record<string, string> = {}, parts: Partial<ClientDependencies> = {}): AgoraClient {
  const pause: ClientDependencies['pause'] = async (ms, signal) => {
    signal.throwIfAborted();
    pauses.push(Math.round(ms));
  };
  const client = createAgoraClient({ ...CREDENTIALS, url: server.url, ...credentials }, { pause, random: () => 1, ...parts });
  clients.push(client);
  return client;
}

interface Result {
  readonly body?: unknown;
  readonly error?: KosmoError;
  readonly warnings: string[];
  readonly facts: CallMetadata;
}

async function call(action: AgoraEndpoint, options: Partial<CallContext> = {}, client = connect()): Promise<Result> {
  const isRead = action === 'query' || action === 'ncsIp';
  const warnings: string[] = [];
  let facts: CallMetadata = {};
  const context = {
    action,
    signal: new AbortController().signal,
    warn: (message: string) => warnings.push(message),
    observe: (more: CallMetadata) => {
      facts = { ...facts, ...more };
    },
    ...options,
  };
  try {
    return {
      body: await client.request(isRead ? 'GET' : 'POST', '/v1/test', isRead ? undefined : {}, context),
      warnings,
      get facts() {
        return facts;
      },
    };
  } catch (error) {
    if (!isKosmoError(error)) throw error;
    return {
      error,
      warnings,
      get facts() {
        return facts;
      },
    };
  }
}

/** Answers one after the other; the last one stays. */
function inTurn(...responders: Responder[]): Responder {
  let next = 0;
  return (...request) => responders[Math.min(next++, responders.length - 1)]?.(...request);
}

const LOST: Responder = (request) => request.socket.resetAndDestroy();
const OK = answer(200, DOCUMENTED);

describe('a request is sent again', () => {
  test.each<[AgoraEndpoint, string, Responder, number[]]>([
    ['acquire', 'lost', LOST, [1000]],
    ['start', 'lost', LOST, [1000]],
    ['query', 'lost', LOST, [1000]],
    ['update', 'lost', LOST, [1000]],
    ['updateLayout', 'lost', LOST, [1000]],
    ['stop', 'lost', LOST, [1000]],
    ['ncsIp', 'lost', LOST, [1000]],
    ['acquire', '429', answer(429, { message: 'API rate limit exceeded' }), [1000]],
    ['acquire', '429 with Retry-After', answer(429, { message: 'API rate limit exceeded' }, { 'retry-after': '7' }), [7000]],
    ['acquire', '500/501', answer(500, { code: 501, reason: 'no_worker_manager_available' }), [1000]],
    ['start', '206/65', answer(206, { code: 65, reason: 'request not completed' }), [4000]],
    ['start', '500/62', answer(500, { code: 62, reason: 'request timeout' }), [4000]],
    ['start', '500/502', answer(500, { code: 502, reason: 'Failed to allocate worker' }), [4000]],
    ['start', '503', answer(503, {}), [4000]],
    ['start', 'HTML with 200', answer(200, '<html>'), [1000]],
    ['query', '503', answer(503, {}), [1000]],
    ['update', '504/62', answer(504, { code: 62 }), [4000]],
    ['stop', '504/62', answer(504, { code: 62 }), [4000]],
  ])('%s after %s', async (action, _what, first, expected) => {
    server.respond = inTurn(first, OK);
    const { body, facts } = await call(action);
    expect({ body, pauses, attempts: facts.attempts }).toEqual({ body: DOCUMENTED, pauses: expected, attempts: 2 });
    expect(server.seen[0]).toEqual(server.seen[1]);
  });

  test('three times and no more, with the time between chosen at random', async () => {
    server.respond = LOST;
    const { error } = await call('query', {}, connect({}, { random: () => 0.5 }));
    expect(error?.message).toMatch(/lost: .* \(request 4 of this call\)$/);
    expect(error?.details.attempts).toBe(4);
    expect(pauses).toEqual([500, 1500, 3000]);
  });
});

test('a call that passes its deadline in a later request says the deadline that it was given', async () => {
  server.respond = inTurn(LOST, () => undefined);
  const { error } = await call(
    'query',
    { timeoutMs: 400 },
    connect({}, { random: () => 0, now: () => (server.seen.length < 2 ? 0 : 500) }),
  );
  expect(error?.message).toBe('no answer from Agora within 0.4 s (2 requests)');
});

describe('a request is not sent again', () => {
  test.each<[AgoraEndpoint, string, Responder]>([
    ['acquire', '400/2', answer(400, { code: 2, reason: 'invalid' })],
    ['acquire', '406', answer(400, { code: 406, reason: 'vendor_over_load' })],
    ['start', '53', answer(400, { code: 53, reason: 'task conflict' })],
    ['start', '201/7, which is a success', answer(201, { code: 7, reason: 'already started' })],
    ['stop', '49, which is a success', answer(400, { code: 49, reason: 'invalid operation' })],
    ['query', '404', answer(404, { code: 404, reason: 'failed to find worker' })],
    ['query', '401', answer(401, { message: 'Unauthorized' })],
  ])('%s after %s', async (action, _what, responder) => {
    server.respond = responder;
    await call(action);
    expect(server.seen).toHaveLength(1);
  });

  test('when the script says retry = false', async () => {
    server.respond = LOST;
    expect((await call('query', { retry: false })).error?.code).toBe('CONNECTION_LOST');
    expect(server.seen).toHaveLength(1);
  });

  test('when the deadline would come first', async () => {
    server.respond = answer(429, {}, { 'retry-after': '31' });
    expect((await call('acquire')).error).toMatchObject({ code: 'RATE_LIMITED', outcome: 'none' });
    expect(server.seen).toHaveLength(1);
  });

  test('after an interruption while it waits', async () => {
    const controller = new AbortController();
    server.respond = LOST;
    const pause: ClientDependencies['pause'] = async () => {
      controller.abort(new KosmoError('TIMEOUT', 'too long'));
      throw controller.signal.reason;
    };
    const { error } = await call('start', { signal: controller.signal }, connect({}, { pause }));
    expect(error).toMatchObject({ code: 'TIMEOUT', outcome: 'unknown' });
    expect(server.seen).toHaveLength(1);
  });
});

describe('what is known after a repeat', () => {
  test('a stop that got through the first time is a success with a note', async () => {
    server.respond = inTurn(LOST, answer(404, { code: 404, reason: 'failed to find worker' }));
    const { body, warnings } = await call('stop');
    expect(body).toEqual({ code: 404, reason: 'failed to find worker' });
    expect(warnings).toEqual([
      expect.stringMatching(/^Sent again: connection to Agora API at .* lost/),
      'The recording is gone: the stop that was not answered got through.',
    ]);
  });

  test('a stop of something unknown stays a failure', async () => {
    server.respond = answer(404, { code: 404, reason: 'failed to find worker' });
    expect((await call('stop')).error).toMatchObject({ code: 'REMOTE_ERROR', details: { status: 404 } });
  });

  test("the service's own refusal settles it", async () => {
    server.respond = inTurn(LOST, answer(400, { code: 53, reason: 'task conflict' }));
    expect((await call('start')).error).toMatchObject({ code: 'REMOTE_ERROR', outcome: 'done' });
  });

  test('a later failure to connect does not make it known', async () => {
    server.respond = (request) => {
      void server.close();
      request.socket.resetAndDestroy();
    };
    expect((await call('start')).error).toMatchObject({ code: 'CONNECTION_FAILED', outcome: 'unknown', retryable: true });
    expect((await call('query')).error).toMatchObject({ code: 'CONNECTION_FAILED', outcome: 'none' });
  });

  test('the request id of the last answer is known', async () => {
    server.respond = inTurn(answer(429, {}, { 'x-request-id': 'first' }), answer(200, DOCUMENTED, { 'x-request-id': 'second' }));
    expect((await call('query')).facts).toEqual({ attempts: 2, request_id: 'second' });
  });
});

describe('the addresses of a region', () => {
  /** Which origins were asked for, with the failures that some of them have. */
  function world(fails: (origin: string) => string | undefined): { asked: string[]; parts: Partial<ClientDependencies> } {
    const asked: string[] = [];
    const resolve = (origin: string): string => {
      asked.push(origin.slice('https://'.length));
      const code = fails(origin);
      if (code !== undefined) throw Object.assign(new Error(code), { code });
      return server.url;
    };
    return { asked, parts: { resolve } };
  }

  test.each([
    ['us', 'ENOTFOUND', ['api-us-west-1.agora.io', 'api-us-west-1.agora.io', 'api-us-west-1.sd-rtn.com', 'api-us-east-1.agora.io']],
    ['eu', 'ECONNREFUSED', ['api-eu-west-1.agora.io', 'api-eu-west-1.agora.io', 'api-eu-central-1.agora.io', 'api-eu-central-1.agora.io']],
    ['cn', 'ENOTFOUND', ['api-cn-east-1.sd-rtn.com', 'api-cn-east-1.sd-rtn.com', 'api-cn-east-1.agora.io', 'api-cn-north-1.sd-rtn.com']],
    ['', 'ENOTFOUND', ['api.sd-rtn.com', 'api.sd-rtn.com', 'api.agora.io', 'api.agora.io']],
  ])('region %j, %s: the same again, then the next in order', async (region, code, expected) => {
    const { asked, parts } = world(() => code);
    const { error } = await call('query', {}, connect({ region, url: '' }, parts));
    expect(error).toMatchObject({ code: 'CONNECTION_FAILED', outcome: 'none' });
    expect(asked).toEqual(expected);
  });

  test.each([
    ['cn', 'api-cn-north-1', 4],
    ['us', 'api-us-east-1', 4],
    ['eu', 'api-eu-central-1', 4],
    ['ap', 'api-ap-northeast-1', 4],
  ])(
    'zh rest-availability.mdx: one call of region %s reaches the neighbour when both names do not resolve',
    async (region, up, requests) => {
      const { asked, parts } = world((origin) => (origin.includes(up) ? undefined : 'ENOTFOUND'));
      server.respond = OK;
      const client = connect({ region, url: '' }, parts);
      expect((await call('start', {}, client)).body).toEqual(DOCUMENTED);
      expect(asked).toHaveLength(requests);
      expect((await call('query', {}, client)).facts.attempts).toBeUndefined();
    },
  );

  test('a deadline that is shorter than the waits still reaches the neighbour', async () => {
    const { parts } = world((origin) => (origin.includes('north') ? undefined : 'ENOTFOUND'));
    server.respond = OK;
    const client = connect({ region: 'cn', url: '' }, parts);
    expect((await call('query', { timeoutMs: 2500 }, client)).body).toEqual(DOCUMENTED);
  });

  test.each([
    ['cn', 'api-cn-north-1'],
    ['us', 'api-us-east-1'],
    ['eu', 'api-eu-central-1'],
    ['ap', 'api-ap-northeast-1'],
  ])('a region %s whose servers accept no connection leaves time for the neighbour', async (region, up) => {
    // Accepts TCP and never answers the TLS handshake.
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const asked: string[] = [];
    const resolve = (origin: string): string => {
      asked.push(origin.slice('https://'.length).split('.', 1)[0] ?? '');
      return origin.includes(up) ? server.url : `https://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    };
    server.respond = OK;
    const { body } = await call('start', { timeoutMs: 1600 }, connect({ region, url: '' }, { resolve }));
    for (const socket of sockets) socket.destroy();
    silent.close();
    expect({ body, last: asked.at(-1), seen: server.seen.length }).toEqual({ body: DOCUMENTED, last: up, seen: 1 });
  });

  test('a deadline that is shorter than the first wait still reaches the neighbour', async () => {
    const { parts } = world((origin) => (origin.includes('north') ? undefined : 'ENOTFOUND'));
    server.respond = OK;
    const client = connect({ region: 'cn', url: '' }, parts);
    expect((await call('query', { timeoutMs: 800 }, client)).body).toEqual(DOCUMENTED);
  });

  test('a name that worked is asked again when it fails, before another', async () => {
    let down: readonly string[] = ['api-cn-east-1.sd-rtn.com'];
    const { asked, parts } = world((origin) => (down.some((name) => origin.endsWith(name)) ? 'ENOTFOUND' : undefined));
    server.respond = OK;
    const client = connect({ region: 'cn', url: '' }, parts);
    await call('query', {}, client);
    await client.close();
    down = ['api-cn-east-1.agora.io'];
    expect(asked).toEqual(['api-cn-east-1.sd-rtn.com', 'api-cn-east-1.sd-rtn.com', 'api-cn-east-1.agora.io']);
  });

  test('the path of cross-region acceleration goes before every path', async () => {
    const { parts } = world(() => undefined);
    server.respond = OK;
    await call('query', {}, connect({ region: 'ap', url: '', path_region: 'ap' }, parts));
    expect(server.seen[0]?.url).toBe('/ap/v1/test');
    expect(() => connect({ path_region: 'mars' })).toThrow('Agora account field path_region must be one of cn, eu, ap, us, na.');
  });

  test('the one that works stays', async () => {
    const { asked, parts } = world((origin) => (origin.includes('us-west') ? 'ECONNREFUSED' : undefined));
    const client = connect({ region: 'us', url: '' }, parts);
    server.respond = OK;
    expect((await call('start', {}, client)).body).toEqual(DOCUMENTED);
    expect((await call('query', {}, client)).body).toEqual(DOCUMENTED);
    expect(asked).toEqual(['api-us-west-1.agora.io', 'api-us-west-1.agora.io', 'api-us-east-1.agora.io']);
    expect(server.seen).toHaveLength(2);
  });

  test('a URL of the user has no other name: it is tried once more, soon', async () => {
    const { asked, parts } = world(() => 'ECONNREFUSED');
    await call('query', {}, connect({ region: 'us', url: 'https://recordings.example.com' }, parts));
    expect(asked).toEqual(['recordings.example.com', 'recordings.example.com']);
    expect(pauses).toEqual([1000]);
  });
});

describe('the rate', () => {
  test('calls beyond it wait their turn, however many are made at once', async () => {
    server.respond = OK;
    const client = connect({ requests_per_second: '4' });
    const results = await Promise.all(Array.from({ length: 8 }, () => call('query', {}, client)));
    expect(results.every(({ body }) => body !== undefined)).toBe(true);
    // Four at once, then one every 250 ms.
    expect(pauses.map((ms) => Math.round(ms / 250))).toEqual([1, 2, 3, 4]);
  });

  test('waiting for it does not count towards the deadline', async () => {
    const waiting: ServerResponse[] = [];
    server.respond = (_request, response) => waiting.push(response);
    const client = connect({ requests_per_second: '0.001' });
    server.respond = OK;
    await call('query', {}, client);
    expect((await call('query', { timeoutMs: 10_000 }, client)).body).toEqual(DOCUMENTED);
    // A request of the first call may have been sent again on a busy machine, with a pause of its own.
    expect(Math.max(...pauses)).toBeGreaterThan(10_000);
  });

  test('is ten a second against Agora, and none against a loopback address', async () => {
    server.respond = OK;
    const client = connect({ url: '' }, { resolve: () => server.url });
    await Promise.all(Array.from({ length: 12 }, () => call('query', {}, client)));
    expect(pauses).toHaveLength(2);
    pauses = [];
    const local = connect();
    await Promise.all(Array.from({ length: 12 }, () => call('query', {}, local)));
    expect(pauses).toEqual([]);
  });

  test.each(['0', '-1', 'many', 'NaN'])('%j is refused', (requests_per_second) => {
    expect(() => connect({ requests_per_second })).toThrow('Agora account field requests_per_second must be a number above 0.');
  });
});

test('an unknown region is refused', () => {
  expect(() => connect({ region: 'mars' })).toThrow('Agora account field region must be one of us, eu, ap, cn.');
});
