import { expect, test } from 'vitest';
import { answer, useRecordingServer } from '../helpers/recording-server.ts';
import { runLuaCli as lua } from '../helpers/run-cli.ts';

const agora = useRecordingServer();

const query = (options: string) =>
  lua(['-e', `return app.integrations.agora.query_recording({resource_id = "R", sid = "S", mode = "mix"}, ${options})`], {
    env: agora.env,
  });

test('timeout bounds a call, however often it would be repeated', async () => {
  agora.server.respond = () => undefined;
  const report = await query('{timeout = 0.2}');
  expect(report.code).toBe(5);
  expect(report.error_detail).toMatchObject({ code: 'DEADLINE_EXCEEDED', message: expect.stringContaining('within 0.2 s') });
});

test('retry = false sends one request, and without it the log tells of the others', async () => {
  let requests = 0;
  agora.server.respond = (...request) =>
    (++requests % 2 === 1 ? answer(503, {}) : answer(200, { serverResponse: {} }, { 'x-request-id': 'r-2' }))(...request);
  expect((await query('{}')).call_log).toMatchObject([{ status: 'ok', attempts: 2, request_id: 'r-2' }]);
  expect((await query('{retry = false}')).call_log).toMatchObject([{ status: 'error', code: 'REMOTE_UNAVAILABLE' }]);
  expect(agora.server.seen).toHaveLength(3);
});

test('options that are nil are none', async () => {
  agora.server.respond = answer(200, { sid: 'S', serverResponse: {} });
  expect(await query('nil')).toMatchObject({ code: 0, result: [{ sid: 'S' }] });
});

test('every wrong option is named, and nothing is sent', async () => {
  const report = await query('{timout = 5, timeout = "soon", retry = 1}');
  expect(report.code).toBe(1);
  expect(report.error).toMatch(/options\.timout is no option of a call.*Did you mean timeout\?/);
  expect(report.error).toMatch(/options\.timeout must be seconds.*options\.retry must be true or false\. Nothing was sent\./);
  expect(agora.server.seen).toEqual([]);
});
