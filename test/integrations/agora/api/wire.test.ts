import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AgoraConnection } from '../../../../src/integrations/agora/connection.ts';
import { agora } from '../../../../src/integrations/agora/index.ts';
import type { JsonValue } from '../../../../src/json/index.ts';
import { checkArguments } from '../../../../src/schema/index.ts';
import {
  answer,
  CREDENTIALS,
  DOCUMENTED,
  findTool,
  type RecordingServer,
  type SeenRequest,
  startRecordingServer,
} from '../../../helpers/recording-server.ts';

let server: RecordingServer;
let client: AgoraConnection;

beforeAll(async () => {
  server = await startRecordingServer();
  client = agora.connect({ ...CREDENTIALS, url: server.url }, { account: 'default' }) as AgoraConnection;
});
afterAll(async () => {
  await agora.disconnect(client);
  await server.close();
});
beforeEach(() => {
  server.seen.length = 0;
  server.respond = answer(200, DOCUMENTED);
});

const ajv = new Ajv2020({ allErrors: true, strict: false });

// As the runtime calls a tool: checked, then run.
async function call(name: string, args: Record<string, JsonValue>, connection = client): Promise<JsonValue> {
  const tool = findTool(name);
  const checked = checkArguments(tool.input, ajv.compile(tool.input), [args]);
  if (!checked.ok) throw new Error(checked.problems.map(({ message }) => message).join(' '));
  return tool.run(checked.args, connection, { signal: new AbortController().signal, warn: () => {} });
}

async function sent(name: string, args: Record<string, JsonValue>): Promise<SeenRequest> {
  await call(name, args);
  expect(server.seen).toHaveLength(1);
  return server.seen[0] as SeenRequest;
}

const SESSION = { resource_id: 'R1', sid: 'S1', mode: 'mix' };
const WHO = { cname: 'team-standup', uid: '527841' };
const RECORDING = '/v1/apps/app1/cloud_recording';

describe('each tool sends', () => {
  test.each<[string, Record<string, JsonValue>, string, string]>([
    [
      'acquire_recording_resource',
      { ...WHO, scene: 0, resource_expired_hour: 24, start_parameter: { token: 't' } },
      `POST ${RECORDING}/acquire`,
      '{"cname":"team-standup","uid":"527841","clientRequest":{"scene":0,"resourceExpiredHour":24,"startParameter":{"token":"t"}}}',
    ],
    [
      'acquire_recording_resource',
      { cname: 'c', uid: 4294967295 },
      `POST ${RECORDING}/acquire`,
      '{"cname":"c","uid":"4294967295","clientRequest":{}}',
    ],
    [
      'start_recording',
      {
        resource_id: 'R1',
        mode: 'mix',
        ...WHO,
        recording_config: { channelType: 1 },
        recording_file_config: { avFileType: ['hls'] },
        storage_config: { vendor: 1, secretKey: 'fake-secret-key' },
        snapshot_config: { fileType: ['jpg'] },
        extension_service_config: { extensionServices: [] },
        token: 'the-token',
      },
      `POST ${RECORDING}/resourceid/R1/mode/mix/start`,
      '{"cname":"team-standup","uid":"527841","clientRequest":{"token":"the-token","recordingConfig":{"channelType":1},"recordingFileConfig":{"avFileType":["hls"]},"storageConfig":{"vendor":1,"secretKey":"fake-secret-key"},"snapshotConfig":{"fileType":["jpg"]},"extensionServiceConfig":{"extensionServices":[]}}}',
    ],
    ['query_recording', SESSION, `GET ${RECORDING}/resourceid/R1/sid/S1/mode/mix/query`, ''],
    [
      'update_recording',
      {
        ...SESSION,
        ...WHO,
        mode: 'web',
        stream_subscribe: { a: 1 },
        web_recorder_config: { onhold: true },
        rtmp_publish_config: { outputs: [] },
      },
      `POST ${RECORDING}/resourceid/R1/sid/S1/mode/web/update`,
      '{"cname":"team-standup","uid":"527841","clientRequest":{"streamSubscribe":{"a":1},"webRecordingConfig":{"onhold":true},"rtmpPublishConfig":{"outputs":[]}}}',
    ],
    [
      'update_recording_layout',
      {
        resource_id: 'R1',
        sid: 'S1',
        ...WHO,
        mixed_video_layout: 3,
        background_color: '#000000',
        layout_config: [{ uid: '123', x_axis: 0.5 }],
        background_config: {},
        default_user_background_image: 'https://example.com/a.png',
      },
      `POST ${RECORDING}/resourceid/R1/sid/S1/mode/mix/updateLayout`,
      '{"cname":"team-standup","uid":"527841","clientRequest":{"mixedVideoLayout":3,"backgroundColor":"#000000","layoutConfig":[{"uid":"123","x_axis":0.5}],"backgroundConfig":[],"defaultUserBackgroundImage":"https://example.com/a.png"}}',
    ],
    [
      'stop_recording',
      { ...SESSION, ...WHO, async_stop: false },
      `POST ${RECORDING}/resourceid/R1/sid/S1/mode/mix/stop`,
      '{"cname":"team-standup","uid":"527841","clientRequest":{"async_stop":false}}',
    ],
    ['get_notification_ips', {}, 'GET /v1/ncs/ip', ''],
  ])('%s', async (name, args, line, body) => {
    const request = await sent(name, args);
    expect(`${request.method} ${request.url}`).toBe(line);
    expect(request.body).toBe(body);
  });
});

test('the headers are those that Agora asks for', async () => {
  const post = await sent('acquire_recording_resource', WHO);
  expect(post.headers).toMatchObject({
    authorization: `Basic ${Buffer.from('cid:customer-secret-value').toString('base64')}`,
    accept: 'application/json',
    'accept-encoding': 'gzip, deflate, br',
    'content-type': 'application/json;charset=utf-8',
    'user-agent': expect.stringMatching(/^kosmo\/\S+ node\/\d+$/),
    'content-length': String(Buffer.byteLength(post.body)),
  });
  server.seen.length = 0;
  const get = await sent('query_recording', SESSION);
  expect(get.headers).not.toHaveProperty('content-type');
});

test('credentials are sent as UTF-8', async () => {
  const other = agora.connect(
    { ...CREDENTIALS, customer_id: 'kündin', customer_secret: 'gehëim-1', url: server.url },
    { account: 'default' },
  ) as AgoraConnection;
  await call('get_notification_ips', {}, other);
  expect(server.seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('kündin:gehëim-1', 'utf8').toString('base64')}`);
  await other.client.close();
});

test('parameters win over client_request, whose other fields pass', async () => {
  const { body } = await sent('stop_recording', {
    ...SESSION,
    ...WHO,
    async_stop: true,
    client_request: '{"async_stop":false,"new_field":{}}',
  });
  expect(JSON.parse(body).clientRequest).toEqual({ async_stop: true, new_field: {} });
});

test('a field named __proto__ is sent as it is', async () => {
  const { body } = await sent('stop_recording', { ...SESSION, ...WHO, client_request: JSON.parse('{"__proto__":{"a":1}}') });
  expect(body).toContain('"clientRequest":{"__proto__":{"a":1}}');
});

test.each([
  ['INDIVIDUAL', 'individual'],
  ['composite', 'mix'],
  ['WebPage', 'web'],
  ['web_page', 'web'],
])('mode %s is %s', async (given, wire) => {
  expect((await sent('query_recording', { ...SESSION, mode: given })).url).toContain(`/mode/${wire}/`);
});

test('parts of the path are percent-encoded, and dot segments refused', async () => {
  const request = await sent('query_recording', { ...SESSION, resource_id: 'a/b?c#d é%', sid: '../x' });
  expect(request.url).toBe(`${RECORDING}/resourceid/a%2Fb%3Fc%23d%20%C3%A9%25/sid/..%2Fx/mode/mix/query`);
  for (const sid of ['..', '.', '\ud800']) {
    await expect((async () => call('query_recording', { ...SESSION, sid }))()).rejects.toMatchObject({
      code: 'INVALID_ARGUMENTS',
      outcome: 'none',
    });
  }
});

test('the path of the url is kept and its last slash dropped', async () => {
  const other = agora.connect({ ...CREDENTIALS, url: `${server.url}/proxy/agora/` }, { account: 'default' }) as AgoraConnection;
  await call('get_notification_ips', {}, other);
  expect(server.seen[0]?.url).toBe('/proxy/agora/v1/ncs/ip');
  await other.client.close();
});

test('numbers that a number cannot hold arrive as strings', async () => {
  server.respond = answer(200, '{"serverResponse":{"sliceStartTime":1623283582000,"big":12345678901234567890}}');
  expect(await call('query_recording', SESSION)).toEqual({
    serverResponse: { sliceStartTime: 1623283582000, big: '12345678901234567890' },
  });
});

test('the tools are those of the specification', () => {
  const rows = agora.tools
    .filter(({ usesTools: composed }) => composed === undefined)
    .map(({ name, slug, operation, input }) => {
      expect(slug).toBe(`agora_${name}`);
      const parameters = Object.entries(input.properties).map(
        ([key, { type }]) => `${key}:${type}${input.required.includes(key) ? '!' : ''}`,
      );
      return `${operation} ${name} ${parameters.join(' ')}`.trim();
    });
  expect(rows).toEqual([
    'write acquire_recording_resource cname:string! uid:string! scene:integer resource_expired_hour:number start_parameter:object client_request:object',
    'read get_notification_ips',
    'read query_recording resource_id:string! sid:string! mode:string!',
    'write start_recording resource_id:string! mode:string! cname:string! uid:string! token:string recording_config:object recording_file_config:object storage_config:object snapshot_config:object extension_service_config:object client_request:object',
    'write stop_recording resource_id:string! sid:string! mode:string! cname:string! uid:string! async_stop:boolean client_request:object',
    'write update_recording resource_id:string! sid:string! mode:string! cname:string! uid:string! stream_subscribe:object web_recorder_config:object rtmp_publish_config:object client_request:object',
    'write update_recording_layout resource_id:string! sid:string! cname:string! uid:string! mixed_video_layout:integer background_color:string layout_config:array background_config:array default_user_background_image:string client_request:object',
  ]);
});

test("the specification's one-liner is refused before anything is sent", async () => {
  const args = {
    cname: 'example_cname',
    uid: 'example_uid',
    scene: 1,
    resource_expired_hour: 1,
    start_parameter: 'example',
    client_request: 'example',
  };
  await expect(call('acquire_recording_resource', args)).rejects.toThrow(
    'start_parameter must be an object or valid JSON object. client_request must be an object or valid JSON object.',
  );
  expect(server.seen).toEqual([]);
});

test('calls one after the other share a connection', async () => {
  const connections = new Set<number | undefined>();
  server.respond = (request, response, body) => {
    connections.add(request.socket.remotePort);
    answer(200, DOCUMENTED)(request, response, body);
  };
  for (let round = 0; round < 5; round++) await call('query_recording', SESSION);
  expect(connections.size).toBe(1);
});
