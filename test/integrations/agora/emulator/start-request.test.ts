import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, brief, clientRequest, type Json, type Mode, openBench, PARTY } from './harness.ts';

let bench: Bench;
let uid = 0;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.emulator.close());

const BASES: Readonly<Record<Mode, string>> = { mix: 'start-mix-hls', individual: 'start-individual', web: 'start-web-and-cdn-push' };

// A uid each, so that no start conflicts with another test's.
async function start(mode: string, request: unknown) {
  uid += 1;
  const party = { ...PARTY, uid: String(uid) };
  return bench.start(await bench.newResource(party), mode, request, party);
}

// A sample of the mode with one field set; undefined takes it out.
function withField(mode: Mode, path: string, value: unknown): Json {
  const request = clientRequest(BASES[mode]);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let parent = request;
  for (const key of keys) {
    parent[key] ??= {};
    parent = parent[key] as Json;
  }
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return request;
}

const REGION = { x_axis: 0, y_axis: 0, width: 0.5, height: 1 };
const SALT = Buffer.alloc(32, 'salt').toString('base64');
const RECORDER = 'extensionServiceConfig.extensionServices.0';
const uids = (count: number) => Array.from({ length: count }, (_, index) => String(index + 1));

describe('a start is refused with code 2, naming the field', () => {
  test.each<[Mode, string, unknown, string?]>([
    // storage
    ['mix', 'storageConfig', undefined],
    ['individual', 'storageConfig', undefined],
    ['web', 'storageConfig', undefined],
    ['mix', 'storageConfig', []],
    ['mix', 'storageConfig.vendor', 9],
    ['mix', 'storageConfig.vendor', '1'],
    ['mix', 'storageConfig.vendor', undefined],
    ['mix', 'storageConfig.region', -1],
    ['mix', 'storageConfig.region', 'us-east-1'],
    ['mix', 'storageConfig.bucket', undefined],
    ['mix', 'storageConfig.accessKey', ''],
    ['mix', 'storageConfig.secretKey', 5],
    ['mix', 'storageConfig.fileNamePrefix', 'agora'],
    ['mix', 'storageConfig.fileNamePrefix', [1]],
    ['mix', 'storageConfig.fileNamePrefix', ['x'.repeat(129)]],
    ['mix', 'storageConfig.vendor', 11, 'extensionParams'],
    ['mix', 'storageConfig.extensionParams', { sse: 'rot13' }, 'sse'],
    // channel
    ['mix', 'recordingConfig', []],
    ['mix', 'recordingConfig.channelType', 2],
    ['mix', 'recordingConfig.channelType', undefined],
    ['mix', 'recordingConfig.streamTypes', 3],
    ['mix', 'recordingConfig.maxIdleTime', 4],
    ['mix', 'recordingConfig.maxIdleTime', 2_592_001],
    ['mix', 'recordingConfig.maxIdleTime', 30.5],
    ['mix', 'recordingConfig.audioProfile', 3],
    ['mix', 'recordingConfig.decryptionMode', 9],
    ['mix', 'recordingConfig.decryptionMode', 1, 'secret'],
    ['mix', 'recordingConfig.subscribeAudioUids', [123]],
    ['mix', 'recordingConfig.subscribeVideoUids', uids(33)],
    ['mix', 'recordingConfig.unSubscribeVideoUids', ['1']],
    ['mix', 'token', 5],
    ['individual', 'recordingConfig.subscribeUidGroup', 6],
    ['individual', 'recordingConfig.streamMode', 'raw'],
    // picture
    ['mix', 'recordingConfig.transcodingConfig.width', '360'],
    ['mix', 'recordingConfig.transcodingConfig.width', 3840],
    ['mix', 'recordingConfig.transcodingConfig.mixedVideoLayout', 4],
    ['mix', 'recordingConfig.transcodingConfig.mixedVideoLayout', 3, 'layoutConfig'],
    ['mix', 'recordingConfig.transcodingConfig.backgroundColor', 'red'],
    ['mix', 'recordingConfig.transcodingConfig.layoutConfig', [{ ...REGION, width: 1.1 }]],
    ['mix', 'recordingConfig.transcodingConfig.layoutConfig', [{ x_axis: 0 }]],
    ['mix', 'recordingConfig.transcodingConfig.layoutConfig', uids(18).map((each) => ({ ...REGION, uid: each }))],
    ['mix', 'recordingConfig.transcodingConfig.backgroundConfig', [{ uid: '1' }]],
    // files
    ['mix', 'recordingFileConfig.avFileType', ['mp4']],
    ['mix', 'recordingFileConfig.avFileType', ['hls', 'webm']],
    ['mix', 'recordingFileConfig.avFileType', 'hls'],
    ['individual', 'snapshotConfig', { captureInterval: 5 }],
    ['individual', 'snapshotConfig', { fileType: ['png'] }],
    ['individual', 'snapshotConfig', { fileType: ['jpg'], captureInterval: 0 }, 'captureInterval'],
    ['individual', 'snapshotConfig', { fileType: ['jpg'], captureInterval: 3601 }, 'captureInterval'],
    // sections of another mode
    ['mix', 'extensionServiceConfig', { extensionServices: [] }],
    ['individual', 'extensionServiceConfig', { extensionServices: [] }],
    ['mix', 'snapshotConfig', { fileType: ['jpg'] }],
    ['web', 'snapshotConfig', { fileType: ['jpg'] }],
    // web pages
    ['web', 'extensionServiceConfig', undefined],
    ['web', 'extensionServiceConfig.extensionServices', []],
    ['web', `${RECORDER}.serviceName`, 'recorder'],
    ['web', `${RECORDER}.errorHandlePolicy`, 'error_retry'],
    ['web', `${RECORDER}.serviceParam`, undefined],
    ['web', `${RECORDER}.serviceParam.url`, undefined],
    ['web', `${RECORDER}.serviceParam.audioProfile`, undefined],
    ['web', `${RECORDER}.serviceParam.videoWidth`, undefined],
    ['web', `${RECORDER}.serviceParam.videoHeight`, 0],
    ['web', `${RECORDER}.serviceParam.maxRecordingHour`, 721],
    ['web', `${RECORDER}.serviceParam.maxVideoDuration`, 29],
    ['web', `${RECORDER}.serviceParam.videoFps`, 61],
    ['web', `${RECORDER}.serviceParam.readyTimeout`, 61],
    ['web', `${RECORDER}.serviceParam.onhold`, 'no'],
    ['web', 'extensionServiceConfig.extensionServices.1.serviceParam.outputs', [{}], 'rtmpUrl'],
  ])('%s: %s = %j', async (mode, path, value, named = path.split('.').at(-1) ?? '') => {
    const reply = await start(mode, withField(mode, path, value));
    expect(brief(reply)).toEqual([400, 2]);
    expect(reply.body.reason).toContain(named);
  });

  test.each(['composite', 'MIX', 'webpage'])('mode %s', async (mode) => {
    const reply = await start(mode, clientRequest('start-mix-hls'));
    expect([...brief(reply), reply.body.reason]).toEqual([400, 2, expect.stringContaining('mode')]);
  });

  test('a uid that is a number', async () => {
    const resourceId = await bench.newResource();
    expect(brief(await bench.start(resourceId, 'mix', clientRequest('start-mix-hls'), { ...PARTY, uid: 527841 }))).toEqual([400, 2]);
  });

  test.each([[[]], [null], ['{}']])('a clientRequest that is %j', async (request) => {
    const reply = await start('mix', request);
    expect([...brief(reply), reply.body.reason]).toEqual([400, 2, expect.stringContaining('clientRequest')]);
  });
});

describe('a start is accepted', () => {
  test.each<[string, Mode, string, unknown]>([
    ['with an unknown field', 'mix', 'recordingConfig.avfileType', ['mp4']],
    ['with an unknown section', 'mix', 'webRecorderConfig', { onhold: 'x' }],
    ['in a region that its vendor has not', 'mix', 'storageConfig.region', 17],
    ['with another character in the prefix', 'mix', 'storageConfig.fileNamePrefix', ['team-standup']],
    ['for S3-compatible storage with its endpoint', 'mix', 'storageConfig.extensionParams', { endpoint: 's3.example.com' }],
    ['without a recordingConfig in mix mode', 'mix', 'recordingConfig', undefined],
    ['with a secret for its encryption', 'mix', 'recordingConfig', { channelType: 0, decryptionMode: 7, secret: 's', salt: SALT }],
    ['with an expiry beyond 32 bits', 'mix', 'storageConfig.stsExpiration', 4_102_444_800],
    ['in full HD', 'mix', 'recordingConfig.transcodingConfig', { width: 1920, height: 1080 }],
  ])('%s', async (_what, mode, path, value) => {
    expect((await start(mode, withField(mode, path, value))).body).toHaveProperty('sid');
  });

  test('without storage, for a page that is only pushed to a CDN', async () => {
    const request = withField('web', 'storageConfig', undefined);
    const services = (request.extensionServiceConfig as { extensionServices: Json[] }).extensionServices;
    services.shift();
    expect((await start('web', request)).body).toHaveProperty('sid', expect.stringMatching(/^[0-9a-f]{32}$/));
  });
});
