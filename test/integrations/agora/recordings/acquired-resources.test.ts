import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AgoraConnection, connectAgora } from '../../../../src/integrations/agora/connection.ts';
import type { JsonValue } from '../../../../src/json/index.ts';
import {
  answer,
  CREDENTIALS,
  DOCUMENTED,
  findTool,
  type RecordingServer,
  startRecordingServer,
} from '../../../helpers/recording-server.ts';

let server: RecordingServer;
beforeAll(async () => {
  server = await startRecordingServer();
});
afterAll(() => server.close());

let time = 0;
let connection: AgoraConnection;
let warnings: string[];
const call = (name: string, args: Record<string, JsonValue>): Promise<JsonValue> =>
  findTool(name).run(args, connection, { signal: new AbortController().signal, warn: (message) => warnings.push(message) });

const PARTY = { cname: 'room', uid: '1' };
const SESSION = { ...PARTY, resource_id: 'R', sid: 'S', mode: 'mix' };
const CONFIG = { channelType: 1, maxIdleTime: 60 };

beforeEach(async () => {
  time = 0;
  warnings = [];
  connection = connectAgora({ ...CREDENTIALS, url: server.url }, { account: 'default' }, { now: () => time });
  server.respond = answer(200, DOCUMENTED);
  await call('acquire_recording_resource', PARTY);
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

test.each(WRITES)('%s with the same, or with a resource of another process, is sent', async (name) => {
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

describe('a start whose acquire announced start_parameter', () => {
  const announce = () => call('acquire_recording_resource', { ...PARTY, start_parameter: { recordingConfig: CONFIG, token: 't' } });
  const sent = (): number => server.seen.length;

  test('is sent if it is the same', async () => {
    await announce();
    await call('start_recording', { ...SESSION, recording_config: { maxIdleTime: 60, channelType: 1 }, token: 't' });
    expect([sent(), warnings]).toEqual([2, []]);
  });

  // EN and zh OpenAPI: "must be the same as the clientRequest of the start", else that start returns an error.
  test.each<[string, Record<string, JsonValue>, string]>([
    ['another field', { recording_config: { ...CONFIG, maxIdleTime: 30 }, token: 't' }, 'recordingConfig'],
    ['a field that was not announced', { recording_config: CONFIG, token: 't', client_request: { extra: 1 } }, 'extra'],
    ['no token', { recording_config: CONFIG }, 'token'],
  ])('is refused with %s', async (_what, args, name) => {
    await announce();
    await expect(call('start_recording', { ...SESSION, ...args })).rejects.toMatchObject({
      code: 'INVALID_ARGUMENTS',
      message: `start_parameter of the acquire announced another ${name}, and Agora refuses such a start. Nothing was sent.`,
    });
    expect(sent()).toBe(1);
  });
});

describe('calls of one recording that do not fit each other are a warning', () => {
  const POSTPONED = { appsCollection: { combinationPolicy: 'postpone_transcoding' } };
  const storage = (vendor: number, region: number) => ({ storageConfig: { vendor, region } });
  const page = (maxRecordingHour: number) => ({
    extensionServiceConfig: { extensionServices: [{ serviceName: 'web_recorder_service', serviceParam: { maxRecordingHour } }] },
  });
  test.each<[string, Record<string, JsonValue>, string, Record<string, JsonValue>, string]>([
    ['EN webpage-mode.mdx: scene 0, mode web', { scene: 0 }, 'web', {}, 'mode web needs scene 1 in the acquire, which had 0'],
    ['no scene, mode web', {}, 'web', {}, 'mode web needs scene 1'],
    ['scene 1, mode mix', { scene: 1 }, 'mix', {}, 'mode mix does not go with scene 1'],
    ['scene 2 without appsCollection', { scene: 2 }, 'individual', {}, 'scene 2 of the acquire is for postponed'],
    ['appsCollection without scene 2', { scene: 0 }, 'individual', POSTPONED, 'needs scene 2 in the acquire, not 0'],
    ['zh release note of 2023-11-30', { scene: 2, region: 'EU' }, 'individual', POSTPONED, 'region of the acquire must be left out'],
    ['EN: region against storage', { region: 'CN' }, 'mix', storage(1, 4), 'must match the region of the storage, which lies in EU'],
    ['EN: region against Tencent in China', { region: 'AP' }, 'mix', storage(3, 2), 'which lies in CN'],
    ['zh: more hours than the resource has', { scene: 1, resourceExpiredHour: 2 }, 'web', page(3), 'maxRecordingHour 3 is more than'],
  ])('%s', async (_source, acquire, mode, start, expected) => {
    await call('acquire_recording_resource', { ...PARTY, client_request: acquire });
    await call('start_recording', { ...SESSION, mode, client_request: start });
    expect(warnings).toEqual([expect.stringContaining(expected)]);
  });

  test.each<[Record<string, JsonValue>, string, Record<string, JsonValue>]>([
    [{ scene: 1, resourceExpiredHour: 3 }, 'web', page(3)],
    [{ scene: 2 }, 'individual', POSTPONED],
    [{ region: 'AP' }, 'mix', storage(2, 10)],
    [{ region: 'NA' }, 'mix', storage(6, 0)],
  ])('%j fits mode %s with %j', async (acquire, mode, start) => {
    await call('acquire_recording_resource', { ...PARTY, client_request: acquire });
    await call('start_recording', { ...SESSION, mode, client_request: start });
    expect(warnings).toEqual([]);
  });

  test('a stream to push to, of a recording that pushes none', async () => {
    await call('acquire_recording_resource', { ...PARTY, scene: 1 });
    await call('start_recording', { ...SESSION, mode: 'web', client_request: page(1) });
    await call('update_recording', { ...SESSION, mode: 'web', rtmp_publish_config: { outputs: [] } });
    expect(warnings).toEqual([expect.stringContaining('without rtmp_publish_service')]);
  });
});
