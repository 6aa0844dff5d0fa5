// What kosmo sends and what the emulator answers, both against contract.openapi.yaml.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { DEFAULT_ACCOUNT, type Emulator, startEmulator } from '../../src/integrations/agora/emulator/index.ts';
import { type ContractRequest, type ContractResponse, expectContract } from '../helpers/contract.ts';
import { type RecordingServer, startRecordingServer } from '../helpers/recording-server.ts';
import { runLuaCli as lua } from '../helpers/run-cli.ts';
import { SPEC_BLOCKS } from '../helpers/spec-blocks.ts';

let emulator: Emulator;
let relay: RecordingServer;
let env: Record<string, string>;
const exchanges: { readonly request: ContractRequest; readonly response: ContractResponse }[] = [];

beforeAll(async () => {
  emulator = await startEmulator({ ratePerSecond: 0, speed: 100 });
  relay = await startRecordingServer();
  relay.respond = async ({ method = '', url: path = '', headers }, response, body) => {
    const { authorization = '', 'content-type': type = '' } = headers;
    const answer = await fetch(emulator.url + path, {
      method,
      headers: { authorization, 'content-type': type },
      ...(body === '' ? {} : { body }),
    });
    const text = await answer.text();
    const request = { method, path, ...(body === '' ? {} : { body: JSON.parse(body) as unknown }) };
    exchanges.push({ request, response: { status: answer.status, body: JSON.parse(text) } });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(text);
  };
  const { customerId, customerSecret, appIds } = DEFAULT_ACCOUNT;
  env = { AGORA_CUSTOMER_ID: customerId, AGORA_CUSTOMER_SECRET: customerSecret, AGORA_APP_ID: appIds[0] ?? '', AGORA_URL: relay.url };
});
afterAll(async () => {
  await relay.close();
  await emulator.close();
});
beforeEach(() => {
  exchanges.length = 0;
});

const PUSH = '{ serviceName = "rtmp_publish_service", serviceParam = { outputs = { { rtmpUrl = "rtmp://example.com/live/key" } } } }';
const STORAGE = 'storage_config = { vendor = 1, region = 0, bucket = "b", accessKey = "fake-access-key", secretKey = "fake-secret-key" },';

/** Records, watches, changes and stops, with what else the start takes and the changes that the mode has. */
const life = (mode: string, start: string, changes: string, storage = STORAGE): string => `local agora = app.integrations.agora
  local session = agora.record{mode = "${mode}", cname = "${mode}-room", uid = 7, ${storage} ${start}}
  agora.wait_for_recording(session)
  local function with(fields)
    for name, value in pairs(session) do if fields[name] == nil then fields[name] = value end end
    return fields
  end
  ${changes}
  agora.query_recording{resource_id = session.resource_id, sid = session.sid, mode = session.mode}
  agora.stop_recording(with{async_stop = true})
  agora.query_recording{resource_id = session.resource_id, sid = session.sid, mode = session.mode}`;

const SESSION = ['acquire', 'start', 'query'];

test.each<[string, string, readonly string[]]>([
  ["the specification page's calls", SPEC_BLOCKS, ['acquire', 'start', 'query', 'update', 'updateLayout', 'stop', 'ncsIp']],
  [
    'a life in mode mix',
    life(
      'mix',
      'recording_config = { channelType = 1 }, recording_file_config = { avFileType = { "hls", "mp4" } }',
      `agora.update_recording(with{stream_subscribe = {audioUidList = {subscribeAudioUids = {"1"}}}})
       agora.update_recording_layout{resource_id = session.resource_id, sid = session.sid, cname = session.cname, uid = session.uid, mixed_video_layout = 1}`,
    ),
    [...SESSION, 'update', 'updateLayout', 'stop'],
  ],
  [
    'a life in mode individual',
    life(
      'individual',
      'recording_config = { channelType = 1, subscribeUidGroup = 0, streamTypes = 1 }, snapshot_config = { captureInterval = 5, fileType = { "jpg" } }',
      '',
    ),
    [...SESSION, 'stop'],
  ],
  [
    'a life in mode web',
    life(
      'web',
      `extension_service_config = { extensionServices = {
        { serviceName = "web_recorder_service", serviceParam = { url = "https://example.com", audioProfile = 1, videoWidth = 640, videoHeight = 480, maxRecordingHour = 1 } },
        ${PUSH} } }`,
      'agora.update_recording(with{web_recorder_config = {onhold = true}})',
    ),
    [...SESSION, 'update', 'stop'],
  ],
  [
    'a page that is only pushed, without storage',
    life('web', `extension_service_config = { extensionServices = { ${PUSH} } }`, '', ''),
    [...SESSION, 'stop'],
  ],
])('%s', async (_what, code, operations) => {
  const { error } = await lua(['--force', '-e', code], { env });
  expect(error).toBeNull();
  const seen = exchanges.map(({ request, response }) => expectContract(request, response));
  expect([...new Set(seen)]).toEqual(operations);
  expect(exchanges.every(({ response }) => response.status === 200)).toBe(true);
});
