import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AgoraConnection, connectAgora } from '../../../../src/integrations/agora/connection.ts';
import type { JsonValue } from '../../../../src/json/index.ts';
import { answer, CREDENTIALS, findTool, type RecordingServer, startRecordingServer } from '../../../helpers/recording-server.ts';

let server: RecordingServer;
let connection: AgoraConnection;
beforeAll(async () => {
  server = await startRecordingServer();
  connection = connectAgora({ ...CREDENTIALS, url: server.url }, { account: 'default' }, { pause: async () => undefined });
});
afterAll(async () => {
  await connection.client.close();
  await server.close();
});

const stop = (mode: string): Promise<JsonValue> =>
  findTool('stop_recording').run({ resource_id: 'R', sid: 'S', mode, cname: 'room', uid: '1' }, connection, {
    signal: new AbortController().signal,
    warn: () => undefined,
  });

test.each([
  [206, 435, 'mix', 'no participant sent audio or video'],
  [400, 49, 'individual', 'stopping already'],
  [200, 50, 'mix', 'the upload was not done within 20 s'],
])('a stop answered %i with code %i has an empty list of files, and says why', async (status, code, mode, words) => {
  server.respond = answer(status, { code, reason: 'any' });
  expect(await stop(mode)).toMatchObject({
    code,
    serverResponse: { fileList: [], uploadingStatus: 'unknown', message: expect.stringContaining(words) },
  });
});

test('a web page has an empty list of services as well', async () => {
  server.respond = answer(400, { code: 49, reason: 'invalid operation' });
  expect(await stop('web')).toMatchObject({ serverResponse: { extensionServiceState: [], message: expect.any(String) } });
});

test('a stop that was not answered, and is gone when it is repeated, is stopped', async () => {
  let requests = 0;
  server.respond = (request, response, body) =>
    requests++ === 0
      ? void request.socket.resetAndDestroy()
      : answer(404, { code: 404, reason: 'failed to find worker' })(request, response, body);
  expect(await stop('mix')).toMatchObject({ serverResponse: { fileList: [], message: expect.stringContaining('gone already') } });
});

test("Agora's own serverResponse is passed on as it is", async () => {
  const body = { sid: 'S', serverResponse: { fileListMode: 'string', fileList: 'a.m3u8', uploadingStatus: 'backuped' } };
  server.respond = answer(200, body);
  expect(await stop('mix')).toEqual(body);
});

test('addresses of notifications come from v2 where v1 has no route', async () => {
  server.seen.length = 0;
  const hosts = { data: { service: { hosts: [{ primaryIP: '192.0.2.1' }] } } };
  server.respond = (request, response, body) =>
    (request.url === '/v2/ncs/ip' ? answer(200, hosts) : answer(404, { message: 'no Route matched with those values' }))(
      request,
      response,
      body,
    );
  const context = { signal: new AbortController().signal, warn: () => undefined };
  expect(await findTool('get_notification_ips').run({}, connection, context)).toEqual(hosts);
  expect(server.seen.map(({ url }) => url)).toEqual(['/v1/ncs/ip', '/v2/ncs/ip']);
});
