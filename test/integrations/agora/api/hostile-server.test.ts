// Every endpoint against a server that misbehaves: what the script is told, what the ledger says, and the exit code.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodeOf, isKosmoError, type Outcome } from '../../../../src/errors/index.ts';
import { connectAgora } from '../../../../src/integrations/agora/connection.ts';
import type { JsonValue } from '../../../../src/json/index.ts';
import { CREDENTIALS, DOCUMENTED, findTool } from '../../../helpers/recording-server.ts';

const GOOD = JSON.stringify(DOCUMENTED);

function response(body: string | Buffer, { status = '200 OK', headers = '' } = {}): Buffer {
  const head = `HTTP/1.1 ${status}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n${headers}\r\n`;
  return Buffer.concat([Buffer.from(head), Buffer.from(body)]);
}
const json = (body: string | Buffer, headers = ''): Buffer => response(body, { headers: `content-type: application/json\r\n${headers}` });
const encoded = (encoding: string, body: Buffer): Buffer => json(body, `content-encoding: ${encoding}\r\n`);

interface Expected {
  readonly code: string;
  /** Of a write; a read leaves nothing unknown. */
  readonly outcome: Outcome;
  readonly exit: number;
}
const lost: Expected = { code: 'CONNECTION_LOST', outcome: 'unknown', exit: 5 };
const invalid: Expected = { code: 'INVALID_RESPONSE', outcome: 'unknown', exit: 5 };
const late: Expected = { code: 'DEADLINE_EXCEEDED', outcome: 'unknown', exit: 5 };
const refused: Expected = { code: 'REMOTE_ERROR', outcome: 'done', exit: 5 };

type Answer = Buffer | ((socket: Socket) => void);

/** What the server does, and what a call ends with; undefined is success. */
const SERVERS: Readonly<Record<string, readonly [Answer, Expected | undefined]>> = {
  'a reset': [(socket) => socket.resetAndDestroy(), lost],
  'half a body': [(socket) => socket.end(json(GOOD).subarray(0, -10)), lost],
  'half a chunked body': [(socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{"a":'), lost],
  garbage: [(socket) => socket.end('\x00\x01 nothing that is HTTP\r\n\r\n'), lost],
  '40 kB of headers': [json(GOOD, `x-long: ${'x'.repeat(40_000)}\r\n`), lost],
  'an HTML page with 200': [response('<html>hello</html>', { headers: 'content-type: text/html\r\n' }), invalid],
  'nothing with 200': [json(''), invalid],
  'null with 200': [json('null'), invalid],
  'a list with 200': [json('[]'), invalid],
  'truncated JSON': [json(GOOD.slice(0, -5)), invalid],
  'an empty object': [json('{}'), invalid],
  'wrong types': [json('{"resourceId":1,"sid":2,"serverResponse":"5","data":[]}'), invalid],
  'an error with 200': [json('{"code":2,"reason":"bad parameter"}'), invalid],
  '10 MB with 200': [json(`{"a":"${'x'.repeat(10 * 1024 * 1024)}"}`), invalid],
  '200 MB in gzip': [encoded('gzip', gzipSync(Buffer.alloc(200 * 1024 * 1024, 32))), invalid],
  'an unknown encoding': [encoded('zstd', Buffer.from([0x28, 0xb5, 0x2f, 0xfd])), invalid],
  'broken gzip': [encoded('gzip', gzipSync(GOOD).subarray(0, 15)), invalid],
  'a redirect': [response('', { status: '302 Found', headers: 'location: http://127.0.0.1:1/\r\n' }), refused],
  'a redirect that keeps the method': [response('', { status: '308 Permanent', headers: 'location: http://127.0.0.1:1/\r\n' }), refused],
  silence: [() => undefined, late],
  'a body that never ends': [(socket) => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{'), late],
  '401': [response('{"message":"Unauthorized"}', { status: '401 No' }), { code: 'CREDENTIALS_REJECTED', outcome: 'none', exit: 5 }],
  '429': [response('{"message":"API rate limit exceeded"}', { status: '429 No' }), { code: 'RATE_LIMITED', outcome: 'none', exit: 5 }],
  'gzip, br': [encoded('gzip, br', brotliCompressSync(gzipSync(GOOD))), undefined],
  'JSON that is only labelled gzip': [encoded('gzip', Buffer.from(GOOD)), undefined],
  'a wrong content type': [response(GOOD, { headers: 'content-type: text/plain\r\n' }), undefined],
  'a byte order mark': [json(`\ufeff${GOOD}`), undefined],
  'an unasked 100': [Buffer.concat([Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'), json(GOOD)]), undefined],
};

const WHO = { cname: 'room', uid: '1' };
const SESSION = { ...WHO, resource_id: 'R0', sid: 'S0', mode: 'mix' };
const STORAGE = { vendor: 1, region: 0, bucket: 'b', accessKey: 'fake-access-key', secretKey: 'fake-secret-key' };
const READS: readonly string[] = ['query_recording', 'get_notification_ips'];
const CALLS: Readonly<Record<string, Record<string, JsonValue>>> = {
  acquire_recording_resource: WHO,
  start_recording: { ...WHO, resource_id: 'R1', mode: 'mix', recording_config: { channelType: 0 }, storage_config: STORAGE },
  query_recording: { resource_id: 'R0', sid: 'S0', mode: 'mix' },
  update_recording: { ...SESSION, stream_subscribe: {} },
  update_recording_layout: { ...WHO, resource_id: 'R0', sid: 'S0', mixed_video_layout: 1 },
  stop_recording: SESSION,
  get_notification_ips: {},
};
const CELLS = Object.keys(CALLS).flatMap((name) => Object.keys(SERVERS).map((behaviour) => [name, behaviour] as const));

let server: Server;
let answer: Answer;
let url: string;
const sockets = new Set<Socket>();

beforeAll(async () => {
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    socket.on('data', () => (typeof answer === 'function' ? answer(socket) : socket.write(answer)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

/** The ledger that one recording is in before the call, as `sid resource`. */
async function runCell(name: string, behaviour: string): Promise<{ readonly result: unknown; readonly open: readonly string[] }> {
  const [does, expected] = SERVERS[behaviour] as readonly [Answer, Expected | undefined];
  answer = does;
  const stateFolder = mkdtempSync(path.join(tmpdir(), 'kosmo-hostile-'));
  const connection = connectAgora({ ...CREDENTIALS, url }, { account: 'default', stateFolder }, { pause: async () => undefined });
  const attempt = connection.ledger?.starting({ account: 'default', appId: 'app1', resourceId: 'R0', mode: 'mix', ...WHO }) ?? '';
  connection.ledger?.started(attempt, 'S0');
  const context = {
    signal: new AbortController().signal,
    warn: () => undefined,
    ...(expected === late ? { timeoutMs: 100 } : {}),
  };
  const result = await findTool(name)
    .run(CALLS[name] as Record<string, JsonValue>, connection, context)
    .then(
      () => 'success',
      (thrown: unknown) => {
        if (!isKosmoError(thrown)) throw thrown;
        return { code: thrown.code, outcome: thrown.outcome, exit: exitCodeOf(thrown) };
      },
    );
  const open = connection.ledger?.open().map(({ sid, resourceId }) => `${sid} ${resourceId}`) ?? [];
  await connection.client.close();
  rmSync(stateFolder, { recursive: true });
  return { result, open };
}

test('the table has at least 120 cells', () => {
  expect(CELLS.length).toBeGreaterThanOrEqual(120);
});

describe('a server that misbehaves for good', () => {
  test.each(CELLS)('%s, %s', async (name, behaviour) => {
    const expected = SERVERS[behaviour]?.[1];
    const { result, open } = await runCell(name, behaviour);
    const outcome = READS.includes(name) && expected?.outcome === 'unknown' ? 'none' : expected?.outcome;
    expect(result).toEqual(expected === undefined ? 'success' : { ...expected, outcome });
    const before = name === 'stop_recording' && expected === undefined ? [] : ['S0 R0'];
    const started = name !== 'start_recording' ? [] : expected === undefined ? ['S R1'] : expected.outcome === 'unknown' ? ['null R1'] : [];
    expect(open).toEqual([...before, ...started]);
  });
});
