import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { lua } from '../helpers/cli.ts';
import { answer, type RecordingServer, startRecordingServer } from '../helpers/recording-server.ts';

let server: RecordingServer;

beforeAll(async () => {
  server = await startRecordingServer();
});
afterAll(() => server.close());
beforeEach(() => {
  server.seen.length = 0;
});

const query = (options: string) =>
  lua(['-e', `return app.integrations.agora.query_recording({resource_id = "R", sid = "S", mode = "mix"}, ${options})`], {
    env: { AGORA_CUSTOMER_ID: 'cid', AGORA_CUSTOMER_SECRET: 'csec-S3CRET', AGORA_APP_ID: 'app1', AGORA_URL: server.url },
  });

test('timeout bounds a call, however often it would be repeated', async () => {
  server.respond = () => undefined;
  const report = await query('{timeout = 0.2}');
  expect(report.code).toBe(5);
  expect(report.error_detail).toMatchObject({ code: 'DEADLINE_EXCEEDED', message: expect.stringContaining('within 0.2 s') });
});

test('retry = false sends one request, and without it the log tells of the others', async () => {
  let requests = 0;
  server.respond = (...request) => (++requests % 2 === 1 ? answer(503, {}) : answer(200, {}, { 'x-request-id': 'r-2' }))(...request);
  expect((await query('{}')).call_log).toMatchObject([{ status: 'ok', attempts: 2, request_id: 'r-2' }]);
  expect((await query('{retry = false}')).call_log).toMatchObject([{ status: 'error', code: 'REMOTE_UNAVAILABLE' }]);
  expect(server.seen).toHaveLength(3);
});

test('options that are nil are none', async () => {
  server.respond = answer(200, { sid: 'S' });
  expect(await query('nil')).toMatchObject({ code: 0, result: [{ sid: 'S' }] });
});

test('every wrong option is named, and nothing is sent', async () => {
  const report = await query('{timout = 5, timeout = "soon", retry = 1}');
  expect(report.code).toBe(1);
  expect(report.error).toMatch(/options\.timout is no option of a call.*Did you mean timeout\?/);
  expect(report.error).toMatch(/options\.timeout must be seconds.*options\.retry must be true or false\. Nothing was sent\./);
  expect(server.seen).toEqual([]);
});
