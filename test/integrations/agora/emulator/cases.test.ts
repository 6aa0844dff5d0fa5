// What Agora takes and refuses, case by case; beside each its source. EN and zh are Agora's reference in both languages.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Bench, brief, clientRequest, type Json, type Mode, openBench, PARTY } from './harness.ts';

let bench: Bench;
let uid = 0;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.emulator.close());

const newParty = (): Json => {
  uid += 1;
  return { ...PARTY, uid: String(uid) };
};
async function start(mode: Mode, request: Json, acquireRequest: Json = {}) {
  const party = newParty();
  const acquired = await bench.acquire(acquireRequest, party);
  expect(acquired.status).toBe(200);
  return bench.start(acquired.body.resourceId, mode, request, party);
}

const S3 = { vendor: 1, region: 1, bucket: 'b', accessKey: 'k', secretKey: 's' };
const CHANNEL = { recordingConfig: { channelType: 1 }, storageConfig: S3 };
const stored = (fields: Json): Json => ({ ...CHANNEL, storageConfig: { ...S3, ...fields } });
const recorded = (fields: Json, more: Json = {}): Json => ({ ...CHANNEL, recordingConfig: { channelType: 1, ...fields }, ...more });
const mixed = (fields: Json): Json => recorded({ transcodingConfig: fields });
const service = (serviceParam: Json, serviceName = 'web_recorder_service', more: Json = {}): Json => ({
  serviceName,
  serviceParam,
  ...more,
});
const PAGE = { url: 'https://example.com', audioProfile: 0, videoWidth: 1280, videoHeight: 720, maxRecordingHour: 1 };
const shown = (services: readonly Json[], more: Json = {}): Json => ({
  storageConfig: S3,
  extensionServiceConfig: { extensionServices: services },
  ...more,
});
const page = (fields: Json): Json => shown([service({ ...PAGE, ...fields })]);
const pushed = (outputs?: readonly Json[]): Json => shown([service(PAGE), service({ outputs }, 'rtmp_publish_service')]);
const REGION = { x_axis: 0, y_axis: 0, width: 0.5, height: 1 };
const JPG = { snapshotConfig: { fileType: ['jpg'] } };

describe('a start is taken', () => {
  test.each<[string, Mode, Json]>([
    ['web with a token (EN webpage-mode, zh examples)', 'web', { ...page({}), token: 'x' }],
    ['web with an empty token', 'web', { ...page({}), token: '' }],
    ['web with a recordingConfig (a public script)', 'web', { ...page({}), recordingConfig: { channelType: 1, maxIdleTime: 120 } }],
    ['web with a recordingConfig without channelType: it is not read', 'web', { ...page({}), recordingConfig: { maxIdleTime: 120 } }],
    ['mix with streamMode default (a public script)', 'mix', recorded({ streamMode: 'default' })],
    ['mix with streamMode standard, which has no effect', 'mix', recorded({ streamMode: 'standard' })],
    ['mix with streamMode original, which has no effect', 'mix', recorded({ streamMode: 'original' })],
    ['individual original with both streams: takes no effect (EN, zh)', 'individual', recorded({ streamMode: 'original', streamTypes: 2 })],
    ['individual with audioProfile', 'individual', recorded({ audioProfile: 1 })],
    ['individual with an empty transcodingConfig', 'individual', recorded({ transcodingConfig: {} })],
    ['individual with a transcodingConfig', 'individual', recorded({ transcodingConfig: { width: 360, height: 640 } })],
    ['S3 region 23 (release notes 2021-07-30)', 'mix', stored({ region: 23 })],
    ['a region that is in no table', 'mix', stored({ region: 17 })],
    ...[5, 6, 11].map((vendor): [string, Mode, Json] => [
      `vendor ${vendor} without region (zh api-reference)`,
      'mix',
      stored({ vendor, region: undefined, extensionParams: { endpoint: 'x.example' } }),
    ]),
    [
      'empty sse and tag with an endpoint (Go)',
      'mix',
      stored({ vendor: 11, extensionParams: { sse: '', tag: '', endpoint: 'x.example' } }),
    ],
    ['empty sse and tag (Go)', 'mix', stored({ extensionParams: { sse: '', tag: '' } })],
    ['an empty errorHandlePolicy (Go)', 'web', shown([service(PAGE, undefined, { errorHandlePolicy: '' })])],
    ['individual without subscribeUidGroup (Go)', 'individual', CHANNEL],
    ['individual without recordingConfig (Python)', 'individual', { storageConfig: S3 }],
    [
      'regions of thirds (EN, zh: six decimals)',
      'mix',
      mixed({ mixedVideoLayout: 3, layoutConfig: [{ ...REGION, x_axis: 0.333334, width: 0.666667 }] }),
    ],
    ...[1, 4].map((captureInterval): [string, Mode, Json] => [
      `captureInterval ${captureInterval} (release notes 2021)`,
      'individual',
      { ...CHANNEL, snapshotConfig: { captureInterval, fileType: ['jpg'] } },
    ]),
    ['one filled and one empty list', 'mix', recorded({ subscribeAudioUids: [], unSubscribeAudioUids: ['5'] })],
    ['layout 1 with regions, which are ignored', 'mix', mixed({ mixedVideoLayout: 1, layoutConfig: [REGION] })],
    ...[0, 4].map((vendor): [string, Mode, Json] => [`vendor ${vendor} (EN rest-quickstart)`, 'mix', stored({ vendor })]),
    ['a region for the next user (absent uid)', 'mix', mixed({ mixedVideoLayout: 3, layoutConfig: [REGION] })],
    ['a region for the next user (empty uid, Go)', 'mix', mixed({ mixedVideoLayout: 3, layoutConfig: [{ ...REGION, uid: '' }] })],
    ['all streams by name', 'mix', recorded({ subscribeAudioUids: ['#allstream#'] })],
    ['a salt of 32 bytes', 'mix', recorded({ decryptionMode: 8, secret: 's', salt: Buffer.alloc(32, 7).toString('base64') })],
    ['streamTypes 1 with a video list', 'mix', recorded({ streamTypes: 1, subscribeVideoUids: ['5'] })],
    ['streamTypes 0 with an empty video list', 'mix', recorded({ streamTypes: 0, subscribeVideoUids: [] })],
    ['one stream that is pushed', 'web', pushed([{ rtmpUrl: 'rtmps://example.com/live/key' }])],
    ['a page of the smallest size', 'web', page({ videoWidth: 240, videoHeight: 240 })],
    ['a page that is upright', 'web', page({ videoWidth: 1080, videoHeight: 1920 })],
    [
      'postponed transcoding (zh)',
      'individual',
      {
        ...CHANNEL,
        appsCollection: { combinationPolicy: 'postpone_transcoding' },
        transcodeOptions: { transConfig: { transMode: 'audioMix' } },
      },
    ],
  ])('%s', async (_what, mode, request) => {
    const reply = await start(mode, request);
    expect([reply.status, reply.body.reason]).toEqual([200, undefined]);
  });

  test.each([1.5, 1, 720])('after an acquire with resourceExpiredHour %d (a number in both documents)', async (resourceExpiredHour) => {
    expect((await start('mix', CHANNEL, { resourceExpiredHour })).status).toBe(200);
  });

  test('with the startParameter of the acquire, its fields in another order', async () => {
    const startParameter = { storageConfig: Object.fromEntries(Object.entries(S3).reverse()), recordingConfig: { channelType: 1 } };
    expect((await start('mix', CHANNEL, { startParameter, regionAffinity: 4, excludeResourceIds: ['R'] })).status).toBe(200);
  });
});

const LISTS = ['subscribeAudioUids', 'subscribeVideoUids', 'unsubscribeAudioUids', 'unsubscribeVideoUids', 'unSubscribeAudioUids'];

describe('a start is refused with code 2, and the reason names the field', () => {
  test.each<[string, Mode, Json, string]>([
    // react-native-agora issue 755
    ...[...LISTS, 'unSubscribeVideoUids'].flatMap((list) =>
      ['host-abc', '', '4294967296', '-1', '1.5'].map((item): [string, Mode, Json, string] => [
        `${list} with ${JSON.stringify(item)}`,
        'mix',
        recorded({ [list]: ['5', item] }),
        `recordingConfig.${list}: uid inside the List can't be convert to uint32_t`,
      ]),
    ),
    ['a region for a name', 'mix', mixed({ mixedVideoLayout: 3, layoutConfig: [{ ...REGION, uid: 'alice' }] }), 'layoutConfig[0]'],
    [
      'a background for a name',
      'mix',
      mixed({ backgroundConfig: [{ uid: 'alice', image_url: 'https://x.example' }] }),
      'backgroundConfig[0]',
    ],
    ...['0', '', '4294967296', 'alice'].map((maxResolutionUid): [string, Mode, Json, string] => [
      `maxResolutionUid ${JSON.stringify(maxResolutionUid)}`,
      'mix',
      mixed({ maxResolutionUid }),
      'maxResolutionUid',
    ]),
    ['an empty part of the prefix', 'mix', stored({ fileNamePrefix: ['a', ''] }), 'fileNamePrefix'],
    ['a page above 1920 x 1080 (EN, zh)', 'web', page({ videoWidth: 1920, videoHeight: 1440 }), 'videoWidth'],
    ['a page of 100 x 100 (zh; release note 2022-05-20)', 'web', page({ videoWidth: 100, videoHeight: 100 }), 'videoWidth'],
    ['a page with a side above 1920', 'web', page({ videoWidth: 240, videoHeight: 1921 }), 'videoHeight'],
    ['a picture of 3000 x 100 (zh)', 'mix', mixed({ width: 3000, height: 100 }), 'width'],
    ['snapshots of audio (EN, zh snapshotConfig)', 'individual', recorded({ subscribeAudioUids: ['5'] }, JPG), 'subscribeVideoUids'],
    ['a video list with streamTypes 0 (zh)', 'mix', recorded({ streamTypes: 0, subscribeVideoUids: ['5'] }), 'subscribeVideoUids'],
    ['an audio list with streamTypes 1 (zh)', 'mix', recorded({ streamTypes: 1, unSubscribeAudioUids: ['5'] }), 'unSubscribeAudioUids'],
    ['a push without outputs (zh)', 'web', pushed(), 'outputs'],
    ['a push with empty outputs', 'web', pushed([]), 'outputs'],
    ['two outputs (EN, zh)', 'web', pushed([{ rtmpUrl: 'rtmp://a.example/x' }, { rtmpUrl: 'rtmp://b.example/x' }]), 'outputs'],
    ['a push to https (EN, zh)', 'web', pushed([{ rtmpUrl: 'https://a.example/x' }]), 'rtmpUrl'],
    ['a salt that is not 32 bytes (EN, zh)', 'mix', recorded({ decryptionMode: 7, secret: 's', salt: 'abc' }), 'salt'],
    [
      'a region beyond the edge (EN layout)',
      'mix',
      mixed({ mixedVideoLayout: 3, layoutConfig: [{ ...REGION, x_axis: 0.6 }] }),
      'layoutConfig[0]',
    ],
    ['no channelType', 'mix', { ...CHANNEL, recordingConfig: { streamTypes: 2 } }, 'channelType'],
    ['streamTypes 3', 'mix', recorded({ streamTypes: 3 }), 'streamTypes'],
    ['mp4 alone', 'mix', { ...CHANNEL, recordingFileConfig: { avFileType: ['mp4'] } }, 'avFileType'],
    ['S3 without region', 'mix', stored({ region: undefined }), 'region'],
    ['an empty bucket', 'mix', stored({ bucket: '' }), 'bucket'],
    ['S3-compatible storage without endpoint', 'mix', stored({ vendor: 11 }), 'extensionParams'],
    ['S3-compatible storage with an empty endpoint', 'mix', stored({ vendor: 11, extensionParams: { endpoint: '' } }), 'endpoint'],
    ['two filled lists', 'mix', recorded({ subscribeAudioUids: ['1'], unSubscribeAudioUids: ['5'] }), 'subscribeAudioUids'],
    ['web without services', 'web', { storageConfig: S3 }, 'extensionServiceConfig'],
    ['services in mode mix', 'mix', { ...CHANNEL, extensionServiceConfig: { extensionServices: [] } }, 'extensionServiceConfig'],
    ['snapshots in mode mix', 'mix', { ...CHANNEL, ...JPG }, 'snapshotConfig'],
    ['an unknown combinationPolicy', 'individual', { ...CHANNEL, appsCollection: { combinationPolicy: 'postpone' } }, 'combinationPolicy'],
    ['transcodeOptions without transMode', 'individual', { ...CHANNEL, transcodeOptions: { transConfig: {} } }, 'transMode'],
  ])('%s', async (_what, mode, request, named) => {
    const reply = await start(mode, request);
    expect(brief(reply)).toEqual([400, 2]);
    expect(reply.body.reason).toContain(named);
  });

  test.each<[string, Json]>([
    ['another startParameter', recorded({ maxIdleTime: 60 })],
    ['a startParameter with fewer fields', { storageConfig: S3 }],
    ['a startParameter with more fields', { ...CHANNEL, token: 't' }],
    ['an invalid startParameter', recorded({ streamTypes: 7 })],
    ['an empty startParameter', {}],
  ])('after an acquire with %s (EN, zh)', async (_what, startParameter) => {
    const reply = await start('mix', CHANNEL, { startParameter });
    expect(brief(reply)).toEqual([400, 2]);
    expect(reply.body.reason).toContain('startParameter');
  });
});

describe('an acquire is refused with code 2', () => {
  test.each<[Json, string]>([
    [{ regionAffinity: 9 }, 'regionAffinity'],
    [{ regionAffinity: '1' }, 'regionAffinity'],
    [{ excludeResourceIds: [''] }, 'excludeResourceIds'],
  ])('%j', async (request, named) => {
    const reply = await bench.acquire(request, newParty());
    expect([...brief(reply), reply.body.reason]).toEqual([400, 2, expect.stringContaining(named)]);
  });

  test.each([0, 0.5, 720.5, 721])('resourceExpiredHour %d', async (resourceExpiredHour) => {
    expect(brief(await bench.acquire({ resourceExpiredHour }, newParty()))).toEqual([400, 2]);
  });
});

describe('an update is refused', () => {
  test.each<[string, Mode, Json, string]>([
    ['a page in mode mix (EN, zh)', 'mix', { webRecordingConfig: { onhold: true } }, 'webRecordingConfig'],
    ['a push in mode mix (EN, zh)', 'mix', { rtmpPublishConfig: { outputs: [] } }, 'rtmpPublishConfig'],
    ['a subscription in mode web (EN, zh)', 'web', { streamSubscribe: {} }, 'streamSubscribe'],
    ['a name in a list', 'mix', { streamSubscribe: { audioUidList: { subscribeAudioUids: ['bob'] } } }, 'subscribeAudioUids'],
    ['a push to https', 'web', { rtmpPublishConfig: { outputs: [{ rtmpUrl: 'https://a.example/x' }] } }, 'rtmpUrl'],
  ])('%s', async (_what, mode, request, named) => {
    const session = await bench.record(mode, mode === 'web' ? 'start-web-and-cdn-push' : CHANNEL, newParty());
    const reply = await bench.update(session, request);
    expect([...brief(reply), reply.body.reason]).toEqual([400, 2, expect.stringContaining(named)]);
  });

  test.each<[string, Json]>([
    ['a region beyond the edge', { mixedVideoLayout: 3, layoutConfig: [{ ...REGION, y_axis: 0.6 }] }],
    ['a region for a name', { mixedVideoLayout: 3, layoutConfig: [{ ...REGION, uid: 'bob' }] }],
    ['maxResolutionUid 0', { mixedVideoLayout: 2, maxResolutionUid: '0' }],
  ])('of a layout with code 1028: %s', async (_what, request) => {
    expect(brief(await bench.updateLayout(await bench.record('mix', CHANNEL, newParty()), request))).toEqual([400, 1028]);
  });
});

describe('a recorder that cannot work exits after a start that is answered 200', () => {
  const request = clientRequest('start-mix-hls');
  const inStorage = (fields: Json): Json => ({ ...request, storageConfig: { ...(request.storageConfig as Json), ...fields } });
  test.each<[string, Mode, Json]>([
    ...['s3://my-bucket', 'arn:aws:s3:::b', 'b/folder', 'https://b.s3.amazonaws.com', 'b ', 'my bucket', 'denied-bucket'].map(
      (bucket): [string, Mode, Json] => [`bucket ${JSON.stringify(bucket)}`, 'mix', inStorage({ bucket })],
    ),
    ['a key with a line end', 'mix', inStorage({ accessKey: 'abc\n' })],
    ['a key with a blank before it', 'mix', inStorage({ secretKey: ' AKIA' })],
    ['a token with a line end', 'mix', inStorage({ stsToken: 'abc\r\n' })],
    ...[
      'example.com/room',
      'file:///tmp/x.html',
      'about:blank',
      'http://localhost:3000',
      'http://192.168.1.5',
      'http://[::1]/',
      'http://intranet/',
      'http://LOCALHOST./',
      'http://0x7f000001/',
      'https://gone.example.com',
    ].map((url): [string, Mode, Json] => [`page ${url}`, 'web', page({ url })]),
  ])('%s', async (_what, mode, broken) => {
    const session = await bench.record(mode, broken, newParty());
    expect((await bench.query(session)).status).toBe(200);
    bench.advance(5);
    expect(brief(await bench.query(session))).toEqual([404, 404]);
    expect(brief(await bench.stop(session))).toEqual([400, 49]);
    bench.advance(60);
    expect(brief(await bench.stop(session))).toEqual([404, 404]);
    expect(bench.emulator.files(session.sid)).toEqual([]);
  });

  test('has no files when it is stopped before that', async () => {
    const session = await bench.record('mix', inStorage({ bucket: 'b/c' }), newParty());
    expect((await bench.stop(session)).body.serverResponse).toEqual({ fileListMode: 'string', fileList: '', uploadingStatus: 'unknown' });
  });

  test.each(['My_Bucket', 'bucket.with.dots', 'b', '$web'])('but not in bucket %s', async (bucket) => {
    const session = await bench.record('mix', inStorage({ bucket }), newParty());
    bench.advance(60);
    expect((await bench.query(session)).status).toBe(200);
  });

  test.each(['https://93.184.215.14/', 'https://172.32.0.1/', 'https://example.com:8443/x', 'https://[2001:db9::1]/'])(
    'but not for page %s',
    async (url) => {
      const session = await bench.record('web', page({ url }), newParty());
      bench.advance(60);
      expect((await bench.query(session)).status).toBe(200);
    },
  );
});

describe('every documented path', () => {
  test.each(['', '/cn', '/eu', '/ap', '/us', '/na'])('works with the prefix %j (zh rest-availability; na: Python)', async (prefix) => {
    for (const version of ['v1', 'v2']) {
      const { status, body } = await bench.call('GET', `${prefix}/${version}/ncs/ip`);
      expect([status, body.data.service.hosts.length]).toEqual([200, 3]);
    }
    const acquired = await bench.call('POST', `${prefix}/v1/apps/emulator-app/cloud_recording/acquire`, {
      ...newParty(),
      clientRequest: {},
    });
    expect(acquired.status).toBe(200);
  });

  test.each(['/sa/v1/ncs/ip', '/AP/v1/ncs/ip', '/ap/eu/v1/ncs/ip', '/v3/ncs/ip', '/ap'])('%s is not one', async (path) => {
    expect((await bench.call('GET', path)).body).toEqual({ message: 'no Route matched with those values' });
  });
});
