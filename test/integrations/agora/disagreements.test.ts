// Facts on which Agora's pages disagree: lua-docs/emulator.md says what kosmo does with each. One check for each row of that table.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type AgoraConnection, connectAgora } from '../../../src/integrations/agora/connection.ts';
import { type Notification, startReceiver } from '../../../src/integrations/agora/webhooks/receiver.ts';
import type { JsonValue } from '../../../src/json/index.ts';
import { answer, CREDENTIALS, findTool, type RecordingServer, startRecordingServer } from '../../helpers/recording-server.ts';

type Values = Record<string, JsonValue>;
type Verdict = 'sent' | 'warned' | 'refused';

const STORAGE = { vendor: 1, region: 0, bucket: 'b', accessKey: 'fake-access-key', secretKey: 'fake-secret-key' };
const MIX = { resource_id: 'R', mode: 'mix', cname: 'room', uid: '1', recording_config: { channelType: 1 }, storage_config: STORAGE };
const INDIVIDUAL = { ...MIX, mode: 'individual', recording_config: { channelType: 1, subscribeUidGroup: 0 } };
const PAGE = { url: 'https://example.com', audioProfile: 0, videoWidth: 1280, videoHeight: 720, maxRecordingHour: 1 };
const { recording_config: _ofChannels, ...WITHOUT_CHANNEL } = MIX;
const WEB = {
  ...WITHOUT_CHANNEL,
  mode: 'web',
  extension_service_config: { extensionServices: [{ serviceName: 'web_recorder_service', serviceParam: PAGE }] },
};

function judge(args: Values, tool = 'start_recording'): Verdict {
  const { problems = [], warnings = [] } = findTool(tool).validate?.(args) ?? {};
  return problems.length > 0 ? 'refused' : warnings.length > 0 ? 'warned' : 'sent';
}
const withStorage = (fields: Values): Values => ({ ...MIX, storage_config: { ...STORAGE, ...fields } });
const withConfig = (fields: Values, start: Values = MIX): Values => ({
  ...start,
  recording_config: { ...(start.recording_config as Values), ...fields },
});
const withoutRegion = (vendor: number): Values => {
  const { region: _region, ...storage } = STORAGE;
  return { ...MIX, storage_config: { ...storage, vendor } };
};
const acquire = (request: Values): Verdict => judge({ cname: 'room', uid: '1', client_request: request }, 'acquire_recording_resource');

let server: RecordingServer;
let connection: AgoraConnection;
beforeAll(async () => {
  server = await startRecordingServer();
  connection = connectAgora({ ...CREDENTIALS, url: server.url });
});
afterAll(async () => {
  await connection.client.close();
  await server.close();
});

const CALL = { resource_id: 'R', sid: 'S', mode: 'mix', cname: 'room', uid: '1' };
async function run(tool: string, args: Values = CALL): Promise<unknown> {
  return findTool(tool).run(args, connection, { signal: new AbortController().signal, warn: () => undefined });
}

/** Sends a notification to the listener, and returns what the listener forwards. */
async function receive(notification: Values): Promise<Notification | undefined> {
  let forwarded: Notification | undefined;
  const onNotification = async (received: Notification): Promise<boolean> => {
    forwarded = received;
    return true;
  };
  const receiver = await startReceiver({ host: '127.0.0.1', port: 0, secret: 'secret', onNotification, onRefused: () => undefined });
  const body = JSON.stringify({ noticeId: 'n', productId: 3, notifyMs: 1, ...notification });
  const sign = (algorithm: string): string => createHmac(algorithm, 'secret').update(body).digest('hex');
  const headers = { 'agora-signature': sign('sha1'), 'agora-signature-v2': sign('sha256') };
  await fetch(receiver.url, { method: 'POST', headers, body });
  await receiver.close();
  return forwarded;
}
async function expectForwarded(eventType: number, payload: Values): Promise<void> {
  expect(await receive({ eventType, payload })).toMatchObject({ eventType, payload });
}
async function expectAnswered(serverResponse: Values): Promise<void> {
  server.respond = answer(200, { resourceId: 'R', sid: 'S', serverResponse });
  expect(await run('query_recording')).toMatchObject({ serverResponse });
}

/** By the beginning of the first column. */
const CHECKS: Readonly<Record<string, () => void | Promise<void>>> = {
  async '`sliceStartTime` of listed files'() {
    for (const sliceStartTime of [1_700_000_000, 1_700_000_000_000])
      await expectAnswered({ fileList: [{ fileName: 'a', sliceStartTime }] });
  },
  async 'synchronous stop after 20 s'() {
    for (const [status, body] of [
      [200, { code: 50, reason: 'upload timeout' }],
      [206, { resourceId: 'R', sid: 'S', serverResponse: { uploadingStatus: 'unknown' } }],
    ] as const) {
      server.respond = answer(status, body);
      expect(await run('stop_recording')).toMatchObject({ serverResponse: { uploadingStatus: 'unknown' } });
    }
  },
  'when files arrive'() {
    expect(findTool('wait_for_upload').input.properties.timeout).toMatchObject({ maximum: 24 * 3600 });
  },
  '`cname` in web mode'() {
    const lengths = [128, 129, 1024, 1025].map((length) => judge({ ...WEB, cname: 'x'.repeat(length) }));
    expect(lengths).toEqual(['sent', 'warned', 'warned', 'refused']);
  },
  async 'file names in a query'() {
    await expectAnswered({ status: 5 });
    await expectAnswered({ status: 5, fileListMode: 'string', fileList: 'a.m3u8' });
  },
  '`captureInterval`'() {
    const verdicts = [0, 1, 4, 5, 3600, 3601].map((captureInterval) =>
      judge({ ...withConfig({ streamTypes: 1 }, INDIVIDUAL), snapshot_config: { captureInterval, fileType: ['jpg'] } }),
    );
    expect(verdicts).toEqual(['refused', 'warned', 'warned', 'sent', 'sent', 'refused']);
  },
  'S3 region 23'() {
    expect(judge(withStorage({ region: 23 }))).toBe('warned');
  },
  'Alibaba regions 26, 27'() {
    expect([26, 27].map((region) => judge(withStorage({ vendor: 2, region })))).toEqual(['sent', 'sent']);
  },
  '`region` of vendors 5, 6, 11'() {
    expect([5, 6].map((vendor) => judge(withoutRegion(vendor)))).toEqual(['warned', 'warned']);
  },
  '`sse` and `tag`'() {
    const extensionParams = [{ endpoint: 'x.example' }, { endpoint: 'x.example', sse: '', tag: '' }];
    expect(extensionParams.map((params) => judge(withStorage({ vendor: 11, extensionParams: params })))).toEqual(['sent', 'sent']);
  },
  '`subscribeUidGroup` in individual mode'() {
    expect(judge({ ...INDIVIDUAL, recording_config: { channelType: 1 } })).toBe('warned');
  },
  async 'notification addresses'() {
    server.seen.length = 0;
    server.respond = (request, ...rest) =>
      request.url === '/v1/ncs/ip'
        ? answer(404, { message: 'no Route matched with those values' })(request, ...rest)
        : answer(200, { data: { service: { hosts: [] } } })(request, ...rest);
    await run('get_notification_ips', {});
    expect(server.seen.map(({ url }) => url)).toEqual(['/v1/ncs/ip', '/v2/ncs/ip']);
  },
  async '`regionAffinity`, `serviceScene`'() {
    expect(acquire({ regionAffinity: 1 })).toBe('sent');
    await expectForwarded(40, { sid: 'S', sequence: 0, serviceScene: 'rtc_record' });
  },
  '`region` of acquire'() {
    expect(['CN', 'AP', 'EU', 'NA'].map((region) => acquire({ region }))).toEqual(['sent', 'sent', 'sent', 'sent']);
  },
  'prefix of North America'() {
    for (const path_region of ['us', 'na']) expect(() => connectAgora({ ...CREDENTIALS, path_region })).not.toThrow();
  },
  'lists of users not to record'() {
    const names = ['unsubscribeAudioUids', 'unSubscribeAudioUids'];
    expect(names.map((name) => judge(withConfig({ [name]: ['5'] })))).toEqual(['sent', 'sent']);
  },
  "`streamTypes` with the other kind's list"() {
    expect(judge(withConfig({ streamTypes: 0, subscribeVideoUids: ['5'] }))).toBe('warned');
  },
  async 'event 45'() {
    for (const serviceType of [1, 2]) await expectForwarded(45, { sid: 'S', sequence: 0, serviceType });
  },
  async 'event 3, `recordingMode`'() {
    for (const recordingMode of [0, 1]) await expectForwarded(3, { sid: 'S', sequence: 0, details: { recordingMode } });
  },
  async 'event 71, file names'() {
    for (const name of ['fileName', 'filename'])
      await expectForwarded(71, { sid: 'S', sequence: 0, details: { fileList: [{ [name]: 'a' }] } });
  },
  'vendors 0 and 4, mode `composite`'() {
    expect([0, 4].map((vendor) => judge(withStorage({ vendor })))).toEqual(['warned', 'warned']);
    expect(findTool('start_recording').input.properties.mode?.enum).not.toContain('composite');
  },
};

const page = readFileSync(path.join(import.meta.dirname, '../../../lua-docs/emulator.md'), 'utf8');
const [, section = ''] = page.split("## Where Agora's pages disagree\n");
const facts = section
  .split('\n## ', 1)[0]
  ?.split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| fact '))
  .map((line) => line.split(' | ', 1)[0]?.slice(2) ?? '');

describe('where Agora pages disagree, kosmo does what emulator.md says', () => {
  test('each row of the page is checked here', () => {
    const unchecked = facts?.filter((fact) => !Object.keys(CHECKS).some((name) => fact.startsWith(name)));
    expect({ rows: facts?.length, unchecked }).toEqual({ rows: Object.keys(CHECKS).length, unchecked: [] });
  });

  test.each(Object.entries(CHECKS))('%s', async (_fact, check) => {
    await check();
  });
});
