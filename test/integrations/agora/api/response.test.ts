import type { AddressInfo } from 'node:net';
import { createServer, type Socket } from 'node:net';
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KosmoError, redactText } from '../../../../src/errors/index.ts';
import { type AgoraClient, createAgoraClient, type RequestOptions } from '../../../../src/integrations/agora/api/client.ts';
import type { AgoraEndpoint } from '../../../../src/integrations/agora/api/endpoints.ts';
import { transportError } from '../../../../src/integrations/agora/api/errors.ts';
import type { JsonValue } from '../../../../src/json/index.ts';
import {
  answer,
  CREDENTIALS,
  DOCUMENTED,
  type RecordingServer,
  type Responder,
  startRecordingServer,
} from '../../../helpers/recording-server.ts';

let server: RecordingServer;
let client: AgoraClient;

beforeEach(async () => {
  server = await startRecordingServer();
  client = createAgoraClient({ ...CREDENTIALS, url: server.url });
});
afterEach(async () => {
  await client.close();
  await server.close();
});

interface Sending extends Pick<RequestOptions, 'observe'> {
  readonly body?: JsonValue;
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly warn?: (message: string) => void;
  readonly through?: AgoraClient;
}

function send(
  action: AgoraEndpoint,
  { body = {}, through = client, signal = new AbortController().signal, warn = () => {}, ...rest }: Sending = {},
) {
  const isRead = action === 'query' || action === 'ncsIp';
  return through.request(isRead ? 'GET' : 'POST', '/v1/test', isRead ? undefined : body, { action, signal, warn, retry: false, ...rest });
}

async function failure(promise: Promise<unknown>): Promise<KosmoError> {
  const thrown = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(thrown).toBeInstanceOf(KosmoError);
  return thrown as KosmoError;
}

describe('an answer means', () => {
  test.each<[AgoraEndpoint, number, unknown, Partial<KosmoError>]>([
    [
      'query',
      401,
      { message: 'Unauthorized' },
      { code: 'CREDENTIALS_REJECTED', outcome: 'none', retryable: false, message: 'Agora API error (401): Unauthorized' },
    ],
    ['acquire', 400, { message: 'appid is invalid' }, { code: 'CREDENTIALS_REJECTED' }],
    [
      'acquire',
      400,
      { code: 400, reason: 'invalid_appid' },
      { code: 'CREDENTIALS_REJECTED', message: 'Agora API error (400): invalid_appid' },
    ],
    ['acquire', 400, { code: 401, reason: 'invalid_channel_name' }, { code: 'REMOTE_ERROR', outcome: 'done', retryable: false }],
    ['acquire', 400, { code: 406, reason: 'vendor_over_load' }, { code: 'REMOTE_UNAVAILABLE', outcome: 'done', retryable: true }],
    [
      'acquire',
      500,
      { code: 501, reason: 'no_worker_manager_available' },
      { code: 'REMOTE_UNAVAILABLE', outcome: 'done', retryable: true },
    ],
    ['start', 429, { message: 'API rate limit exceeded' }, { code: 'RATE_LIMITED', outcome: 'none', retryable: true }],
    ['start', 206, { code: 65, reason: 'request not completed' }, { code: 'OUTCOME_UNKNOWN', outcome: 'unknown', retryable: true }],
    ['stop', 206, { code: 65, reason: 'request not completed' }, { code: 'OUTCOME_UNKNOWN', outcome: 'unknown', retryable: true }],
    ['query', 206, { code: 65, reason: 'request not completed' }, { code: 'OUTCOME_UNKNOWN', outcome: 'none', retryable: true }],
    ['start', 500, { code: 62, reason: 'request timeout' }, { code: 'OUTCOME_UNKNOWN', outcome: 'unknown', retryable: true }],
    ['stop', 504, { code: 62, reason: 'request timeout' }, { code: 'OUTCOME_UNKNOWN', outcome: 'unknown', retryable: true }],
    ['start', 500, { code: 502, reason: 'Failed to allocate worker' }, { code: 'REMOTE_UNAVAILABLE', outcome: 'done', retryable: true }],
    ['start', 400, { code: 53, reason: 'task conflict' }, { code: 'REMOTE_ERROR', outcome: 'done', retryable: false }],
    ['start', 200, { resourceId: 'R', sid: '', code: 15 }, { code: 'REMOTE_ERROR', message: 'Agora API error (200): code 15' }],
    ['start', 400, { code: 433 }, { code: 'REMOTE_ERROR', message: 'Agora API error (400): code 433' }],
    [
      'query',
      404,
      { message: 'failed to find worker' },
      { code: 'REMOTE_ERROR', outcome: 'done', retryable: true, message: 'Agora API error (404): failed to find worker' },
    ],
    ['query', 404, { error: 'from error', reason: 'from reason' }, { message: 'Agora API error (404): from error' }],
    [
      'stop',
      404,
      { code: 404, serverResponse: { command: 'StopCloudRecorder', payload: { message: 'failed to find worker' } }, uid: '1' },
      { code: 'REMOTE_ERROR', message: 'Agora API error (404): failed to find worker' },
    ],
    [
      'start',
      502,
      '<html>\n<h1>Bad  Gateway</h1></html>',
      { code: 'REMOTE_UNAVAILABLE', outcome: 'unknown', message: 'Agora API error (502): <html> <h1>Bad Gateway</h1></html>' },
    ],
    ['query', 502, '', { code: 'REMOTE_UNAVAILABLE', outcome: 'done', retryable: true, message: 'Agora API error (502): empty answer' }],
    ['query', 404, { message: 'no Route matched with those values' }, { code: 'REMOTE_ERROR', retryable: false }],
    ['query', 302, '', { code: 'REMOTE_ERROR' }],
    ['query', 400, [1], { code: 'REMOTE_ERROR', message: 'Agora API error (400): [1]' }],
    ['start', 200, '<html>hello</html>', { code: 'INVALID_RESPONSE', outcome: 'unknown' }],
    ['query', 200, '{"a":', { code: 'INVALID_RESPONSE', outcome: 'none' }],
    ['query', 200, [1], { code: 'INVALID_RESPONSE' }],
    ['query', 200, '', { code: 'INVALID_RESPONSE' }],
    ['start', 200, `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`, { code: 'INVALID_RESPONSE', outcome: 'unknown' }],
  ])('%s %i %j', async (action, status, body, expected) => {
    server.respond = answer(status, body);
    expect(await failure(send(action))).toMatchObject(expected);
  });

  test('facts for machines are in the details', async () => {
    server.respond = answer(404, { code: 404, reason: 'failed to find worker' }, { 'x-request-id': 'req-1' });
    const { details, hint } = await failure(send('query'));
    expect(details).toEqual({ status: 404, agora_code: 404, reason: 'failed to find worker', request_id: 'req-1' });
    expect(hint).toMatch(/maxIdleTime/);
  });

  test.each([
    ['start', /same resource_id/],
    ['stop', /code 49/],
    ['query', /changes nothing/],
  ] as const)('how to repeat %s when its outcome is unknown', async (action, words) => {
    server.respond = answer(206, { code: 65, reason: 'request not completed' });
    expect((await failure(send(action))).hint).toMatch(words);
  });

  test('a byte order mark does not matter', async () => {
    server.respond = answer(200, `\ufeff${JSON.stringify(DOCUMENTED)}`);
    expect(await send('query')).toEqual(DOCUMENTED);
  });

  test('a long page is cut', async () => {
    server.respond = answer(500, 'x'.repeat(10_000));
    expect((await failure(send('query'))).message).toHaveLength('Agora API error (500): '.length + 301);
  });

  test('a body without words is shown as it is', async () => {
    server.respond = answer(400, { status: 'bad' });
    expect((await failure(send('query'))).message).toBe('Agora API error (400): {"status":"bad"}');
  });
});

describe('successes with a catch', () => {
  test.each<[AgoraEndpoint, number, Record<string, JsonValue>, number]>([
    ['start', 201, { code: 7, reason: 'already started', sid: 'S1' }, 0],
    ['stop', 206, { code: 435, reason: 'no recorded data' }, 1],
    ['stop', 400, { code: 49, reason: 'invalid operation' }, 1],
    ['stop', 200, { code: 50 }, 1],
    ['stop', 206, { serverResponse: { uploadingStatus: 'backuped' } }, 1],
    ['stop', 200, { serverResponse: { uploadingStatus: 'uploaded' } }, 0],
  ])('%s %i %j', async (action, status, body, warnings) => {
    const warned: string[] = [];
    server.respond = answer(status, body);
    expect(await send(action, { warn: (message) => warned.push(message) })).toEqual(body);
    expect(warned).toHaveLength(warnings);
  });
});

describe('without an answer', () => {
  test('a closed port is told at once, and nothing was sent', async () => {
    await server.close();
    const error = await failure(send('start'));
    expect(error).toMatchObject({
      code: 'CONNECTION_FAILED',
      outcome: 'none',
      retryable: true,
      message: `Failed to connect to Agora API at ${server.url}: connection refused`,
    });
    expect(error.hint).toMatch(/url.*emulator/);
  });

  test.each([
    ['ENOTFOUND', 'host name not found'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timed out'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'self-signed certificate'],
  ])('%s before sending is a failed connection', (code, reason) => {
    const error = Object.assign(new Error('self-signed certificate'), { code });
    const facts = { action: 'start', method: 'POST', origin: 'https://api.agora.io', timeoutMs: 30_000, repeated: false } as const;
    expect(transportError(facts, { error, wasSent: false, timedOut: false })).toMatchObject({
      code: 'CONNECTION_FAILED',
      outcome: 'none',
      message: `Failed to connect to Agora API at https://api.agora.io: ${reason}`,
    });
  });

  test.each([
    ['start', 'unknown'],
    ['query', 'none'],
  ] as const)('a connection that breaks after %s was sent leaves the outcome %s', async (action, outcome) => {
    server.respond = (request) => request.socket.resetAndDestroy();
    expect(await failure(send(action))).toMatchObject({ code: 'CONNECTION_LOST', outcome, retryable: true });
  });

  test('a body that ends early is a lost connection', async () => {
    server.respond = (request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"a"', () => request.socket.destroy());
    };
    expect(await failure(send('start'))).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' });
  });

  test.each([
    ['stop', 'unknown'],
    ['query', 'none'],
  ] as const)('%s that is not answered in time has the outcome %s', async (action, outcome) => {
    server.respond = () => {};
    const error = await failure(send(action, { timeoutMs: 500 }));
    expect(error).toMatchObject({ code: 'DEADLINE_EXCEEDED', outcome, retryable: true, message: 'no answer from Agora within 0.5 s' });
  });

  test('the deadline holds for the body, too', async () => {
    server.respond = (_request, response) => {
      response.writeHead(200);
      response.write('{');
    };
    expect(await failure(send('stop', { timeoutMs: 500 }))).toMatchObject({ code: 'DEADLINE_EXCEEDED', outcome: 'unknown' });
  });

  test('a deadline before the connection stands means that nothing was sent', async () => {
    // Accepts TCP and never answers the TLS handshake.
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const through = createAgoraClient({ ...CREDENTIALS, url: `https://127.0.0.1:${(silent.address() as AddressInfo).port}` });
    expect(await failure(send('start', { through, timeoutMs: 100 }))).toMatchObject({ code: 'DEADLINE_EXCEEDED', outcome: 'none' });
    await through.close();
    for (const socket of sockets) socket.destroy();
    silent.close();
  });

  test('an answer beyond 8 MiB is not read to its end', async () => {
    server.respond = answer(200, `{"a":"${'x'.repeat(9 * 1024 * 1024)}"}`);
    expect(await failure(send('query'))).toMatchObject({ code: 'INVALID_RESPONSE', message: 'the answer from Agora is larger than 8 MiB' });
  });

  test("an abort gives the signal's own error, and says that the result of the write is not known", async () => {
    const reason = new KosmoError('TIMEOUT', 'the script ran too long');
    const controller = new AbortController();
    server.respond = () => controller.abort(reason);
    expect(await failure(send('start', { signal: controller.signal }))).toMatchObject({
      code: 'TIMEOUT',
      message: reason.message,
      outcome: 'unknown',
    });
  });

  test('an abort without one is an interruption that knows whether something was sent', async () => {
    const controller = new AbortController();
    server.respond = () => controller.abort();
    expect(await failure(send('start', { signal: controller.signal }))).toMatchObject({ code: 'INTERRUPTED', outcome: 'unknown' });
    const before = server.seen.length;
    expect(await failure(send('start', { signal: controller.signal }))).toMatchObject({ code: 'INTERRUPTED', outcome: 'none' });
    expect(server.seen).toHaveLength(before);
  });
});

describe('secrets', () => {
  const STORAGE = { accessKey: 'AKIA-storage-access', secretKey: 'storage"secret/key', stsToken: 'sts-token-value' };
  const BODY = {
    clientRequest: { token: 'rtc-token-value', storageConfig: STORAGE, recordingConfig: { secret: 'stream-secret', salt: 'c2FsdHNhbHQ=' } },
  };
  const VALUES = [...Object.values(STORAGE), 'rtc-token-value', 'stream-secret', 'c2FsdHNhbHQ=', CREDENTIALS.customer_secret];

  test.each(['json', 'text'])('are not in an error whose answer repeats them as %s', async (form) => {
    server.respond = (request, response, body) => {
      const echo = `${request.headers.authorization} ${CREDENTIALS.customer_secret} ${body}`;
      response.writeHead(400).end(form === 'json' ? JSON.stringify({ reason: echo }) : echo);
    };
    const error = await failure(send('start', { body: BODY }));
    const shown = JSON.stringify(error);
    for (const value of VALUES) expect(shown).not.toContain(JSON.stringify(value).slice(1, -1));
    expect(shown).not.toContain(Buffer.from(`cid:${CREDENTIALS.customer_secret}`).toString('base64'));
  });

  test('are not in a success that repeats them, either', async () => {
    server.respond = (request, response, body) =>
      response.end(JSON.stringify({ sid: 'S', echo: `${request.headers.authorization} ${body}` }));
    const shown = JSON.stringify(await send('start', { body: BODY }));
    for (const value of VALUES) expect(shown).not.toContain(JSON.stringify(value).slice(1, -1));
  });

  test('are not in a success that repeats them with other escapes, as a name, or in a header', async () => {
    server.respond = (_request, response) => {
      const secret = JSON.stringify(STORAGE.secretKey).replaceAll('/', '\\/').replaceAll('s', '\\u0073');
      response.setHeader('x-request-id', STORAGE.stsToken).end(`{"sid": "S", "echo": ${secret}, ${JSON.stringify(STORAGE.accessKey)}: 1}`);
    };
    const facts: unknown[] = [];
    const data = await send('start', { body: BODY, observe: (fact) => void facts.push(fact) });
    expect({ data, facts }).toEqual({ data: { sid: 'S', echo: '[redacted]', '[redacted]': 1 }, facts: [{ request_id: '[redacted]' }] });
  });

  test('leave numbers and the names of fields alone', async () => {
    server.respond = answer(200, '{"sid": "S", "begin": 16234567890, "token": "of the answer", "path": "a\\\\b"}');
    const body = { clientRequest: { token: '234567' } };
    expect(await send('start', { body })).toEqual({ sid: 'S', begin: 16234567890, token: 'of the answer', path: 'a\\b' });
  });

  test('half of one does not survive the cut', async () => {
    server.respond = (_request, response) => response.writeHead(400).end(`${'x'.repeat(295)}${CREDENTIALS.customer_secret}`);
    expect((await failure(send('query'))).message).not.toContain('xcust');
  });

  test('of the account are known as soon as it is read', () => {
    createAgoraClient({ ...CREDENTIALS, customer_secret: 'another-secret-value' });
    expect(redactText('it is another-secret-value')).toBe('it is [redacted]');
  });
});

describe('a success has what its endpoint is documented to give, and is not believed without it', () => {
  test.each<[AgoraEndpoint, Record<string, JsonValue>, string]>([
    ['acquire', {}, 'resourceId'],
    ['acquire', { resourceId: '' }, 'resourceId'],
    ['start', { code: 2, reason: 'bad parameter' }, 'sid: code 2: bad parameter'],
    ['start', { sid: '' }, 'sid'],
    ['start', { sid: 12345 }, 'sid'],
    ['start', { code: 53, reason: 'task conflict' }, 'sid: code 53: task conflict'],
    ['query', { sid: 'S', resourceId: 'R' }, 'serverResponse'],
    ['update', {}, 'sid or resourceId'],
    ['updateLayout', { code: 2 }, 'sid or resourceId: code 2'],
    ['stop', { code: 2, reason: 'bad parameter' }, 'sid or serverResponse: code 2: bad parameter'],
    ['stop', {}, 'sid or serverResponse'],
    ['ncsIp', { data: { service: { hosts: 'none' } } }, 'list data.service.hosts'],
  ])('%s %j', async (action, body, missing) => {
    server.respond = answer(200, body);
    const error = await failure(send(action));
    const isRead = action === 'query' || action === 'ncsIp';
    expect(error).toMatchObject({ code: 'INVALID_RESPONSE', outcome: isRead ? 'none' : 'unknown' });
    expect(error.message).toContain(`the answer has no ${missing}`);
  });

  test.each<[AgoraEndpoint, number, Record<string, JsonValue>]>([
    ['start', 201, { code: 7, reason: 'already started' }],
    ['stop', 206, { code: 435 }],
    ['stop', 400, { code: 49 }],
    ['stop', 200, { code: 50 }],
    ['stop', 200, { serverResponse: {} }],
    ['update', 200, { resourceId: 'R' }],
  ])('%s %i %j is documented', async (action, status, body) => {
    server.respond = answer(status, body);
    expect(await send(action)).toEqual(body);
  });
});

describe('a compressed answer is read', () => {
  const JSON_TEXT = JSON.stringify(DOCUMENTED);
  const encoded = (encoding: string, body: Buffer | string): Responder => {
    return (_request, response) => response.writeHead(200, { 'content-encoding': encoding }).end(body);
  };
  test.each<[string, Buffer | string]>([
    ['gzip', gzipSync(JSON_TEXT)],
    ['x-gzip', gzipSync(JSON_TEXT)],
    ['br', brotliCompressSync(JSON_TEXT)],
    ['deflate', deflateSync(JSON_TEXT)],
    ['deflate', deflateRawSync(JSON_TEXT)],
    ['deflate, gzip', gzipSync(deflateSync(JSON_TEXT))],
    ['GZIP', gzipSync(JSON_TEXT)],
    ['identity', JSON_TEXT],
    ['gzip', JSON_TEXT],
    ['br', JSON_TEXT],
  ])('%s: %#', async (encoding, body) => {
    server.respond = encoded(encoding, body);
    expect(await send('start')).toEqual(DOCUMENTED);
    expect(server.seen[0]?.headers['accept-encoding']).toBe('gzip, deflate, br');
  });

  test.each<[string, Buffer, string]>([
    ['zstd', gzipSync(JSON_TEXT), 'the answer is encoded as zstd, which kosmo does not read'],
    ['gzip', gzipSync(JSON_TEXT).subarray(0, 20), 'the answer is not valid gzip, as which it is labelled'],
    ['br', Buffer.from([1, 2, 3, 255]), 'the answer is not valid br, as which it is labelled'],
  ])('one in %s that cannot be read has an unknown outcome, and its bytes are not shown', async (encoding, body, words) => {
    server.respond = encoded(encoding, body);
    const error = await failure(send('start'));
    expect(error).toMatchObject({ code: 'INVALID_RESPONSE', outcome: 'unknown' });
    expect(error.message).toBe(`Agora API error (200): ${words}`);
  });

  test.each([
    ['gzip', gzipSync(Buffer.alloc(200 * 1024 * 1024))],
    ['br', brotliCompressSync(Buffer.alloc(20 * 1024 * 1024), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
  ])('one in %s ends at the limit', async (encoding, body) => {
    server.respond = encoded(encoding, body);
    expect((await failure(send('start'))).message).toBe('the answer from Agora is larger than 8 MiB');
  });
});

test('RFC 9110, section 15.2: an answer 100 that was not asked for is skipped', async () => {
  server.respond = (_request, response) => {
    response.writeContinue();
    setImmediate(() => response.end(JSON.stringify(DOCUMENTED)));
  };
  expect(await send('start')).toEqual(DOCUMENTED);
  expect(await send('query')).toEqual(DOCUMENTED);
});
