import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAgoraClient } from '../../../src/integrations/agora/client.ts';
import type { JsonValue } from '../../../src/json/index.ts';
import { answer, CREDENTIALS, findTool, type RecordingServer, startRecordingServer } from '../../helpers/recording-server.ts';

let server: RecordingServer;
beforeAll(async () => {
  server = await startRecordingServer();
});
afterAll(() => server.close());

let time = 0;
let client: ReturnType<typeof createAgoraClient>;
let warnings: string[];
const call = (name: string, args: Record<string, JsonValue>): Promise<JsonValue> =>
  findTool(name).run(args, client, { signal: new AbortController().signal, warn: (message) => warnings.push(message) });

const PARTY = { cname: 'room', uid: '1' };
const SESSION = { ...PARTY, resource_id: 'R', sid: 'S', mode: 'mix' };
const CONFIG = { channelType: 1, maxIdleTime: 60 };

beforeEach(async () => {
  time = 0;
  warnings = [];
  client = createAgoraClient({ ...CREDENTIALS, url: server.url }, { account: 'default' }, { now: () => time });
  server.respond = answer(200, { resourceId: 'R', sid: 'S' });
  await call('acquire_recording_resource', { ...PARTY, start_parameter: { recordingConfig: CONFIG, token: 't' } });
  server.seen.length = 0;
});

const WRITES = ['start_recording', 'update_recording', 'update_recording_layout', 'stop_recording'];

test.each(WRITES)('%s with another cname or uid than the acquire is not sent', async (name) => {
  await expect(call(name, { ...SESSION, uid: '2' })).rejects.toMatchObject({
    code: 'INVALID_ARGUMENTS',
    message: 'uid is "2", and resource_id was acquired for "1". Nothing was sent.',
  });
  await expect(call(name, { ...SESSION, cname: 'hall' })).rejects.toMatchObject({ message: expect.stringContaining('cname is "hall"') });
  expect(server.seen).toEqual([]);
});

test.each(WRITES)('%s with the same, or with a resource that somebody else acquired, is sent', async (name) => {
  await call(name, SESSION);
  await call(name, { ...SESSION, resource_id: 'other', uid: '2' });
  expect(server.seen).toHaveLength(2);
});

test('a start five minutes after the acquire is not sent; a repeated one, a query and a stop are', async () => {
  time = 299_000;
  await call('start_recording', SESSION);
  time = 400_000;
  for (const name of ['start_recording', 'query_recording', 'stop_recording']) await call(name, SESSION);
  expect(server.seen).toHaveLength(4);
  await call('acquire_recording_resource', PARTY);
  time += 301_000;
  await expect(call('start_recording', SESSION)).rejects.toMatchObject({
    message: 'resource_id was acquired 301 s ago, and Agora takes it for 300 s. Nothing was sent.',
    hint: expect.stringContaining('agora.record'),
  });
});

test.each<readonly [string, Record<string, JsonValue>, readonly string[]]>([
  ['as announced', { recording_config: { maxIdleTime: 60, channelType: 1 }, token: 't' }, []],
  ['with something more', { recording_config: CONFIG, token: 't', client_request: { extra: 1 } }, []],
  [
    'otherwise',
    { recording_config: { ...CONFIG, maxIdleTime: 30 } },
    ['start_parameter of the acquire announced another recordingConfig, token.'],
  ],
])('a start %s: what the start_parameter of the acquire said', async (_what, args, expected) => {
  await call('start_recording', { ...SESSION, ...args });
  expect(warnings).toEqual(expected);
});
