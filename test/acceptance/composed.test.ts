import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { answer, type RecordingServer, type Responder, startRecordingServer } from '../helpers/recording-server.ts';
import { runCli as kosmo, runLuaCli as lua } from '../helpers/run-cli.ts';

const STORAGE = '{ vendor = 1, region = 0, bucket = "b", accessKey = "fake-access-key", secretKey = "fake-S3CRET-key" }';
const RECORD = `app.integrations.agora.record{mode = "mix", cname = "room", uid = 7, recording_config = {channelType = 1}, storage_config = ${STORAGE}}`;

let server: RecordingServer;
let env: Record<string, string>;
beforeAll(async () => {
  server = await startRecordingServer();
  env = { AGORA_CUSTOMER_ID: 'cid', AGORA_CUSTOMER_SECRET: 'csec-S3CRET', AGORA_APP_ID: 'app1', AGORA_URL: server.url };
});
afterAll(() => server.close());
// The ledger of another test may say that a recording has ended.
beforeEach(() => {
  server.seen.length = 0;
  env.KOSMO_HOME = mkdtempSync(path.join(tmpdir(), 'kosmo-composed-'));
});
afterEach(() => rmSync(env.KOSMO_HOME as string, { recursive: true, force: true }));

/** Answers by the last part of the path, each list in its order; its last answer stays. */
function answers(byAction: Record<string, readonly Responder[]>): Responder {
  const next: Record<string, number> = {};
  return (request, response, body) => {
    const action = request.url?.split('/').at(-1) ?? '';
    const list = byAction[action] ?? [];
    const index = Math.min(next[action] ?? 0, list.length - 1);
    next[action] = index + 1;
    (list[index] ?? answer(404, {}))(request, response, body);
  };
}
const asked = (): string[] => server.seen.map(({ url }) => url?.split('/').at(-1) ?? '');
const ok = (body: unknown): Responder => answer(200, body);
const query = (status: number): Responder => ok({ serverResponse: { status } });
const NOT_FOUND = answer(404, { code: 404, reason: 'failed to find worker' });

describe('record', () => {
  test('is refused, before anything is sent, where the start would be', async () => {
    const { error, call_log } = await lua(['--force', '-e', RECORD.replace('channelType = 1', 'channelType = 9')], { env });
    expect(error).toBe('app.integrations.agora.record: recording_config.channelType must be one of 0, 1. Nothing was sent.');
    expect(call_log).toMatchObject([{ name: 'record', code: 'INVALID_ARGUMENTS' }]);
    expect(server.seen).toEqual([]);
  });

  test('acquires and starts with the same channel and uid, and returns what the later calls take', async () => {
    server.respond = answers({ acquire: [ok({ resourceId: 'R1' })], start: [ok({ sid: 'S1' })], stop: [ok({ serverResponse: {} })] });
    const { result, call_log } = await lua(['--force', '-e', `local s = ${RECORD} app.integrations.agora.stop_recording(s) return s`], {
      env,
    });
    expect(result).toEqual([{ resource_id: 'R1', sid: 'S1', mode: 'mix', cname: 'room', uid: '7' }]);
    expect(call_log.map(({ name }) => name)).toEqual(['acquire_recording_resource', 'start_recording', 'stop_recording']);
    expect(server.seen.map(({ body }) => (JSON.parse(body) as { cname: string; uid: string }).uid)).toEqual(['7', '7', '7']);
    expect(JSON.parse(server.seen[0]?.body ?? '')).toEqual({ cname: 'room', uid: '7', clientRequest: { scene: 0 } });
  });

  test.each([
    ['the resource is too old', answer(400, { code: 433, reason: 'resource expired' }), ['acquire', 'start', 'acquire', 'start']],
    // The client itself repeats it once with the same resource.
    [
      'no recorder is free',
      answer(500, { code: 502, reason: 'Failed to allocate worker' }),
      ['acquire', 'start', 'start', 'acquire', 'start'],
    ],
  ])('acquires again when %s', async (_what, failed, expected) => {
    const starts = [
      ...expected
        .filter((action) => action === 'start')
        .slice(1)
        .map(() => failed),
      ok({ sid: 'S2' }),
    ];
    server.respond = answers({ acquire: [ok({ resourceId: 'R1' }), ok({ resourceId: 'R2' })], start: starts });
    const { result } = await lua(['--force', '-e', `return ${RECORD}.resource_id`], { env });
    expect(result).toEqual(['R2']);
    expect(asked()).toEqual(expected);
  });

  test('says so when the start got through and its sid is lost', async () => {
    server.respond = answers({
      acquire: [ok({ resourceId: 'R1' })],
      start: [(request) => request.socket.resetAndDestroy(), answer(201, { code: 7, reason: 'already started' })],
    });
    const { error_detail, open_recordings, call_log } = await lua(['--force', '-e', `return ${RECORD}`], { env });
    expect(error_detail).toMatchObject({ code: 'OUTCOME_UNKNOWN', message: expect.stringContaining('did not say its sid') });
    expect(open_recordings).toMatchObject([{ sid: null, resource_id: 'R1' }]);
    expect(call_log.at(-1)?.warnings?.at(-1)).toMatch(/^The recording runs, and Agora did not say its sid/);
  });

  test('never acquires again when the start may have got through', async () => {
    server.respond = answers({ acquire: [ok({ resourceId: 'R1' })], start: [(request) => request.socket.resetAndDestroy()] });
    const { error_detail, open_recordings } = await lua(['--force', '-e', `return ${RECORD}`], { env });
    expect(error_detail).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' });
    expect(asked().filter((action) => action === 'acquire')).toHaveLength(1);
    expect(open_recordings).toMatchObject([{ sid: null, resource_id: 'R1' }]);
  });

  test('is refused where its parts are: nothing is sent without approval, and wrong arguments are named', async () => {
    expect((await lua(['-e', `return ${RECORD}`], { env })).error_detail).toMatchObject({ code: 'APPROVAL_REQUIRED' });
    const { error } = await lua(['--force', '-e', 'app.integrations.agora.record{cname = "room", uid = 7, storage = 1}'], { env });
    expect(error).toMatch(/mode is required.*storage.*Nothing was sent\./);
    expect(server.seen).toEqual([]);
  });
});

describe('wait_for_recording', () => {
  const wait = (more = '') =>
    lua(
      ['-e', `return app.integrations.agora.wait_for_recording{resource_id = "R", sid = "S", mode = "mix"${more}}.serverResponse.status`],
      { env },
    );

  test('queries until the recording records, and rides out a 404', async () => {
    server.respond = answers({ query: [NOT_FOUND, query(2), query(5)] });
    const { result, call_log } = await wait();
    expect(result).toEqual([5]);
    expect(call_log.map(({ name, status }) => [name, status])).toEqual([
      ['query_recording', 'error'],
      ['query_recording', 'ok'],
      ['query_recording', 'ok'],
    ]);
  });

  test('fails when the recording has ended', async () => {
    server.respond = answers({ query: [query(20)] });
    expect((await wait()).error_detail).toMatchObject({ code: 'REMOTE_ERROR', recording_status: 20 });
  });

  test('ends after its timeout', async () => {
    server.respond = answers({ query: [NOT_FOUND] });
    const { error_detail } = await wait(', timeout = 1');
    expect(error_detail).toMatchObject({ code: 'DEADLINE_EXCEEDED', hint: expect.stringContaining('404') });
  });
});

describe('wait_for_upload', () => {
  const uploading = (status: number, more: object): Responder => ok({ serverResponse: { status, ...more } });
  const web = (uploadingStatus: string) => ({ extensionServiceState: [{ serviceName: 'upload_service', payload: { uploadingStatus } }] });
  const wait = (more = '') =>
    lua(['-e', `return app.integrations.agora.wait_for_upload{resource_id = "R", sid = "S", mode = "mix"${more}}.serverResponse.status`], {
      env,
    });

  test.each([
    ['uploaded', [uploading(6, { uploadingStatus: 'unknown' }), uploading(7, { uploadingStatus: 'uploaded' })], 7],
    ["in Agora's backup cloud", [uploading(7, { uploadingStatus: 'backuped' })], 7],
    ['uploaded, of a web page', [uploading(6, web('unknown')), uploading(8, web('uploaded'))], 8],
  ])('queries until the files are %s', async (_what, answers_, status) => {
    server.respond = answers({ query: answers_ });
    expect((await wait()).result).toEqual([status]);
  });

  test('fails when the recording failed', async () => {
    server.respond = answers({ query: [query(20)] });
    expect((await wait()).error_detail).toMatchObject({ code: 'REMOTE_ERROR', recording_status: 20 });
  });

  test.each([
    ['nothing was recorded', { code: 435, reason: 'no recorded data' }, 'Agora recorded nothing'],
    ['it is forgotten', { serverResponse: {} }, 'look into the bucket'],
  ])('does not wait out the 404 of a recording that was stopped before: %s', async (_what, stopped, hint) => {
    server.respond = answers({ stop: [answer(206, stopped)], query: [NOT_FOUND] });
    const code = `local s = {resource_id = "R", sid = "S", mode = "mix", cname = "room", uid = 1}
      app.integrations.agora.stop_recording(s) app.integrations.agora.wait_for_upload(s)`;
    const { error, error_detail } = await lua(['--force', '-e', code], { env });
    expect(error).toMatch(/^app\.integrations\.agora\.wait_for_upload: Agora no longer knows the recording S \(404\)/);
    expect(error_detail).toMatchObject({ code: 'REMOTE_ERROR', status: 404, hint: expect.stringContaining(hint) });
    expect(error_detail?.function_name).toBe('app.integrations.agora.wait_for_upload');
    expect(asked()).toEqual(['stop', 'query']);
  });

  test('ends after its timeout, with the status that the recording had', async () => {
    server.respond = answers({ query: [query(5)] });
    expect((await wait(', timeout = 1')).error_detail).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      hint: expect.stringContaining('its status was 5'),
    });
  });
});

test('their pages are like those of the others', async () => {
  const { stdout } = await kosmo([
    'integrations:lua',
    '-e',
    'print(docs.read("agora.record")) print(docs.read("agora.wait_for_recording"))',
  ]);
  expect(stdout).toContain('agora.record\n\nAcquire a resource and start recording with it, in one call.');
  expect(stdout).toContain('timeout                  number    optional');
});
