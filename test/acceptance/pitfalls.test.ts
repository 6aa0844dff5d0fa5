import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answer, type RecordingServer, startRecordingServer } from '../helpers/recording-server.ts';
import { runLuaCli as lua } from '../helpers/run-cli.ts';

// What people trip over with Cloud Recording (reference: pitfalls), by its number there, and what kosmo says or does.

let server: RecordingServer;
let env: Record<string, string>;
beforeAll(async () => {
  server = await startRecordingServer();
  env = { AGORA_CUSTOMER_ID: 'cid', AGORA_CUSTOMER_SECRET: 'csec-S3CRET', AGORA_APP_ID: 'app1', AGORA_URL: server.url };
});
afterAll(() => server.close());
beforeEach(() => {
  server.seen.length = 0;
  // What the ledger remembers of a sid changes the hints.
  env = { ...env, KOSMO_HOME: mkdtempSync(path.join(tmpdir(), 'kosmo-pitfalls-')) };
});
afterEach(() => rmSync(env.KOSMO_HOME as string, { recursive: true }));

const STORAGE = 'storage_config = {vendor = 1, region = 0, bucket = "b", accessKey = "fake-access-key", secretKey = "fake-S3CRET-key"}';
const PARTY = 'cname = "room", uid = "1"';
const start = (more: string, mode = 'mix'): string =>
  `return app.integrations.agora.start_recording{resource_id = "R", mode = "${mode}", ${PARTY}, ${more}}`;
const mix = (more = ''): string => start(`recording_config = {channelType = 1}, ${STORAGE}, ${more}`);
const on = (name: string, more = ''): string =>
  `return app.integrations.agora.${name}({resource_id = "R", sid = "S", mode = "mix", ${more}}, {retry = false})`;

describe('an answer that says little gets a hint', () => {
  test.each<readonly [number, string, number, object, string]>([
    [1, on('query_recording'), 404, { code: 404, reason: 'failed to find worker' }, 'check token, channelType, storage keys'],
    [2, on('query_recording'), 404, { code: 404, reason: 'failed to find worker' }, 'maxIdleTime (30 s unless set)'],
    [3, mix(), 400, { code: 433 }, 'a resource_id is valid for five minutes'],
    [4, mix(), 400, { code: 432 }, 'cname, uid and app_id must be the same'],
    [4, on('query_recording'), 400, { code: 1003 }, 'must come from the same recording'],
    [5, mix(), 400, { code: 53, reason: 'task conflict' }, 'kosmo agora:recordings lists'],
    [22, on('query_recording'), 401, { message: 'Invalid authentication credentials' }, 'not from app id and app certificate'],
    [24, on('query_recording'), 429, { message: 'API rate limit exceeded' }, 'requests_per_second'],
  ])('%i', async (_number, code, status, body, hint) => {
    server.respond = answer(status, body);
    const { error_detail } = await lua(['--force', '-e', code], { env });
    expect(error_detail?.hint).toContain(hint);
  });
});

describe('a response that only looks like a failure succeeds, with a note', () => {
  test.each<readonly [number, string, number, object, string]>([
    [6, mix(), 201, { code: 7, reason: 'already started' }, 'did not say its sid'],
    [8, on('stop_recording', PARTY), 206, { code: 435, reason: 'no recorded data' }, 'no files'],
    [9, on('stop_recording', PARTY), 400, { code: 49, reason: 'invalid operation' }, 'stop'],
  ])('%i', async (_number, code, status, body, note) => {
    server.respond = answer(status, body);
    const { error, call_log } = await lua(['--force', '-e', code], { env });
    expect(error).toBeNull();
    expect(call_log[0]?.warnings?.join(' ')).toContain(note);
  });
});

describe('what cannot work is not sent', () => {
  test.each<readonly [number, string, string]>([
    [11, mix().replace('uid = "1"', 'uid = "0"'), 'uid must be from 1'],
    [11, mix().replace('uid = "1"', 'uid = "4294967296"'), 'uid must be from 1'],
    [15, mix('recording_file_config = {avFileType = {"mp4"}}'), 'write {"hls", "mp4"}'],
    [
      16,
      start(`recording_config = {transcodingConfig = {mixedVideoLayout = 3}}, ${STORAGE}`),
      '3 needs recording_config.transcodingConfig.layoutConfig',
    ],
    [25, mix('extension_service_config = {extensionServices = json.array()}'), 'extension_service_config is for mode web, not for mix'],
  ])('%i', async (_number, code, message) => {
    const { error } = await lua(['--force', '-e', code], { env });
    expect(error).toContain(message);
    expect(error).toContain('Nothing was sent.');
    expect(server.seen).toEqual([]);
  });
});

describe('what is doubtful is sent with a warning', () => {
  test.each<readonly [number, string, string]>([
    [14, mix().replace('bucket = "b"', 'bucket = "b", fileNamePrefix = {"a-b"}'), 'other characters than letters and digits'],
    [17, start(`recording_config = {channelType = 1}, ${STORAGE}`, 'individual'), 'subscribeUidGroup is required in individual mode'],
    [18, mix('recording_file_config = {avfileType = {"hls"}}'), 'Did you mean avFileType?'],
  ])('%i', async (_number, code, warning) => {
    server.respond = answer(200, { resourceId: 'R', sid: 'S' });
    expect((await lua(['--force', '-e', code], { env })).call_log[0]?.warnings?.join(' ')).toContain(warning);
    expect(server.seen).toHaveLength(1);
  });
});

describe('what languages get wrong is sent right', () => {
  beforeEach(() => {
    server.respond = answer(200, { resourceId: 'R', sid: 'S' });
  });
  const sent = async (code: string): Promise<Record<string, unknown>> => {
    expect((await lua(['--force', '-e', code], { env })).error).toBeNull();
    return JSON.parse(server.seen[0]?.body ?? '') as Record<string, unknown>;
  };

  test('10: a uid that is a number', async () => {
    expect((await sent(mix().replace('uid = "1"', 'uid = 527841'))).uid).toBe('527841');
  });

  test('18: webRecorderConfig, which Agora ignores', async () => {
    const { clientRequest } = await sent(
      on('update_recording', `${PARTY}, web_recorder_config = {onhold = true}`).replace('"mix"', '"web"'),
    );
    expect(clientRequest).toEqual({ webRecordingConfig: { onhold: true } });
  });

  test('19: an empty clientRequest', async () => {
    expect((await sent(on('stop_recording', `${PARTY}, client_request = {}`))).clientRequest).toEqual({});
  });

  test('27: large numbers', async () => {
    server.respond = answer(200, { serverResponse: { sliceStartTime: 1_619_172_632_080 } });
    const { result } = await lua(['-e', `${on('query_recording')}.serverResponse.sliceStartTime + 1`], { env });
    expect(result).toEqual([1_619_172_632_081]);
  });
});

// 7, 21 and 23 are the fault matrix, the ledger and record_channels; 20 is in check-request.
test.each([
  [12, 'agora', '4294967295, not used by a participant'],
  [13, 'agora', '| 1 Amazon S3 | 0 us-east-1,'],
  [13, 'notifications', 'wrong storage keys or region'],
  [26, 'agora', 'Empty until the first slice is written'],
  [27, 'agora', 'it is milliseconds'],
  [28, 'notifications', 'a server on the way changes the body'],
])('%i is told on the page %s', (_number, page, text) => {
  expect(readFileSync(path.join(import.meta.dirname, `../../lua-docs/${page}.md`), 'utf8')).toContain(text);
});
