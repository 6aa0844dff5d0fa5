// The rule of the client: refused is what Agora documents as refused, or what certainly loses the recording; what is ignored, unusual or
// contradictory is sent with a warning that names its source. EN and zh are the two languages of Agora's documentation.
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import type { ValidationResult } from '../../../../src/integration/index.ts';
import { buildBody } from '../../../../src/integrations/agora/request/body.ts';
import { START_REQUEST } from '../../../../src/integrations/agora/request/schema.ts';
import type { JsonValue } from '../../../../src/json/index.ts';
import { checkArguments } from '../../../../src/schema/index.ts';
import { findTool } from '../../../helpers/recording-server.ts';

type JsonObject = Readonly<Record<string, JsonValue>>;
type Mode = 'individual' | 'mix' | 'web';

const ajv = new Ajv2020({ strict: false, allErrors: true });

const STORAGE = { vendor: 1, region: 1, bucket: 'b', accessKey: 'k', secretKey: 's' };
const WHO = { cname: 'room', uid: '9' };
const SESSION = { ...WHO, resource_id: 'R', sid: 'S' };
const CHANNEL = { channelType: 1, subscribeUidGroup: 0 };
const PAGE = { url: 'https://example.com', audioProfile: 0, videoWidth: 1280, videoHeight: 720, maxRecordingHour: 1 };
const recorder = (more: JsonObject = {}, service: JsonObject = {}): JsonObject => ({
  extensionServices: [{ serviceName: 'web_recorder_service', ...service, serviceParam: { ...PAGE, ...more } }],
});
const pushing = (serviceParam: JsonObject): JsonObject => ({
  extensionServices: [{ serviceName: 'rtmp_publish_service', serviceParam }],
});
const REQUESTS: Readonly<Record<Mode, JsonObject>> = {
  mix: { recordingConfig: { channelType: 1 }, storageConfig: STORAGE },
  individual: { recordingConfig: CHANNEL, storageConfig: STORAGE },
  web: { extensionServiceConfig: recorder(), storageConfig: STORAGE },
};

const check = (name: string, args: JsonObject): ValidationResult => findTool(name).validate?.(args) ?? { problems: [], warnings: [] };

/** Checks the start of a mode in which some fields of `clientRequest` are others; null leaves one out. */
function start(mode: Mode, more: JsonObject): ValidationResult {
  const fields = Object.entries({ ...REQUESTS[mode], ...more }).filter(([, value]) => value !== null);
  return check('start_recording', { ...WHO, resource_id: 'R', mode, client_request: Object.fromEntries(fields) });
}

type Verdict = 'sent' | { readonly warning: string } | { readonly refused: string };
const warning = (text: string): Verdict => ({ warning: text });
const refused = (text: string): Verdict => ({ refused: text });

function expectVerdict({ problems, warnings }: ValidationResult, verdict: Verdict): void {
  const found = { problems: problems.map(({ message }) => message), warnings };
  if (verdict === 'sent') expect(found).toEqual({ problems: [], warnings: [] });
  else if ('refused' in verdict) expect(found.problems.join('\n')).toContain(verdict.refused);
  else {
    expect(found.problems).toEqual([]);
    expect(found.warnings).toHaveLength(1);
    expect(found.warnings[0]).toContain(verdict.warning);
  }
}

const storage = (more: JsonObject): JsonObject => ({ storageConfig: { ...STORAGE, ...more } });
const config = (more: JsonObject): JsonObject => ({ recordingConfig: { ...CHANNEL, ...more } });
const withoutRegion = ({ region: _region, ...rest }: JsonObject): JsonObject => rest;

describe("starts that Agora's samples and official clients send are sent", () => {
  test.each<[string, Mode, JsonObject, Verdict]>([
    ['EN webpage-mode.mdx: a token in web mode', 'web', { token: 'x' }, 'sent'],
    ['zh OpenAPI: an empty token in web mode', 'web', { token: '' }, 'sent'],
    [
      'a public script: recordingConfig in web mode',
      'web',
      { recordingConfig: { channelType: 1, maxIdleTime: 120 } },
      warning('recordingConfig is for mode individual and mix; Agora ignores it in mode web'),
    ],
    ['a production script: streamMode default in a mix', 'mix', config({ streamMode: 'default' }), 'sent'],
    ['EN, zh: streamMode standard in a mix', 'mix', config({ streamMode: 'standard' }), warning('streamMode is for mode individual')],
    ['EN, zh: streamMode original in a mix', 'mix', config({ streamMode: 'original' }), warning('streamMode is for mode individual')],
    [
      'EN, zh: original streams with video',
      'individual',
      config({ streamMode: 'original', streamTypes: 2 }),
      warning('streamMode original takes effect with'),
    ],
    ['EN, zh: audioProfile of single files', 'individual', config({ audioProfile: 1 }), warning('audioProfile is for mode mix')],
    ['the default audioProfile of single files', 'individual', config({ audioProfile: 0 }), 'sent'],
    [
      'EN, zh: transcoding of single files, empty',
      'individual',
      config({ transcodingConfig: {} }),
      warning('transcodingConfig is for mode mix'),
    ],
    [
      'EN, zh: transcoding of single files',
      'individual',
      config({ transcodingConfig: { width: 640, height: 360, fps: 15, bitrate: 500, mixedVideoLayout: 3 } }),
      warning('transcodingConfig is for mode mix'),
    ],
    ['release notes of 2021-07-30: S3 region 23', 'mix', storage({ region: 23 }), warning('region 23 is not a region of Amazon S3')],
    ['S3 region 17', 'mix', storage({ region: 17 }), warning('the nearest number is 16, cn-northwest-1')],
    ...[5, 6].map((vendor): [string, Mode, JsonObject, Verdict] => [
      `zh api-reference.mdx: vendor ${vendor} without region`,
      'mix',
      { storageConfig: withoutRegion({ ...STORAGE, vendor }) },
      warning('region is missing'),
    ]),
    [
      'zh api-reference.mdx: vendor 11 without region',
      'mix',
      { storageConfig: withoutRegion({ ...STORAGE, vendor: 11, extensionParams: { endpoint: 's3.example.com' } }) },
      warning('region is missing'),
    ],
    [
      'the Go client: empty sse and tag',
      'mix',
      storage({ vendor: 11, region: 0, extensionParams: { sse: '', tag: '', endpoint: 'x.example' } }),
      'sent',
    ],
    ['the Go client: empty sse and tag alone', 'mix', storage({ extensionParams: { sse: '', tag: '' } }), 'sent'],
    ['the Go client: an empty errorHandlePolicy', 'web', { extensionServiceConfig: recorder({}, { errorHandlePolicy: '' }) }, 'sent'],
    [
      'the Go client: no subscribeUidGroup',
      'individual',
      { recordingConfig: { channelType: 1 } },
      warning('subscribeUidGroup is required in individual mode'),
    ],
    [
      "the Python client's example: no recordingConfig",
      'individual',
      { recordingConfig: null },
      warning('subscribeUidGroup is required in individual mode'),
    ],
    [
      'EN, zh: six decimals, and thirds need more',
      'mix',
      config({
        transcodingConfig: { mixedVideoLayout: 3, layoutConfig: [{ x_axis: 0.333334, y_axis: 0, width: 0.666667, height: 1 }] },
      }),
      'sent',
    ],
    ...[1, 2, 3, 4].map((captureInterval): [string, Mode, JsonObject, Verdict] => [
      `release notes of 2021: captureInterval ${captureInterval}`,
      'individual',
      { snapshotConfig: { captureInterval, fileType: ['jpg'] } },
      warning(`captureInterval is ${captureInterval}; Agora's pages disagree`),
    ]),
    [
      'zh: an empty list beside a filled one',
      'mix',
      config({ subscribeAudioUids: [], unSubscribeAudioUids: ['5'] }),
      warning('subscribeAudioUids is empty beside the other list'),
    ],
    [
      'EN layout.mdx: regions with layout 1',
      'mix',
      config({ transcodingConfig: { mixedVideoLayout: 1, layoutConfig: [{ x_axis: 0, y_axis: 0, width: 1, height: 1 }] } }),
      warning('layoutConfig needs client_request.recordingConfig.transcodingConfig.mixedVideoLayout 3, not 1'),
    ],
    ...[0, 4].map((vendor): [string, Mode, JsonObject, Verdict] => [
      `EN REST quickstart: vendor ${vendor}`,
      'mix',
      storage({ vendor }),
      warning('vendor is not one of the values'),
    ]),
  ])('%s', (_source, mode, request, verdict) => {
    expectVerdict(start(mode, request), verdict);
  });

  test('the same as parameters, and announced in start_parameter', () => {
    const web = { ...WHO, resource_id: 'R', mode: 'web', extension_service_config: recorder(), storage_config: STORAGE };
    expectVerdict(check('start_recording', { ...web, token: '' }), 'sent');
    expectVerdict(check('record', { ...web, token: 'x', recording_config: { channelType: 1 } }), warning('recording_config is for mode'));
    const announced = { ...REQUESTS.mix, storageConfig: { ...STORAGE, region: 17 } };
    expectVerdict(
      check('acquire_recording_resource', { ...WHO, start_parameter: announced }),
      warning('start_parameter.storageConfig.region 17 is not a region'),
    );
  });

  test.each([1.5, 1, 720])('EN, zh: resourceExpiredHour is a number, such as %d', (hours) => {
    expectVerdict(check('acquire_recording_resource', { ...WHO, client_request: { resourceExpiredHour: hours } }), 'sent');
  });
});

describe('what loses the recording, or a part that it asks for, stays refused', () => {
  test.each<[string, Mode, JsonObject, string]>([
    ['a web recording without a page', 'web', { extensionServiceConfig: null }, 'extension_service_config is required in web mode'],
    ['a page in a mix', 'mix', { extensionServiceConfig: recorder() }, 'extensionServiceConfig is for mode web, not for mix.'],
    ['pictures of a mix', 'mix', { snapshotConfig: { fileType: ['jpg'] } }, 'snapshotConfig is for mode individual, not for mix.'],
    ['streamTypes 3', 'mix', config({ streamTypes: 3 }), 'streamTypes must be one of 0, 1, 2.'],
    ['["mp4"]', 'mix', { recordingFileConfig: { avFileType: ['mp4'] } }, 'cannot be {"mp4"} alone'],
    ['vendor 11 without endpoint', 'mix', storage({ vendor: 11 }), 'endpoint is required with vendor 11'],
    ['vendor 11, empty endpoint', 'mix', storage({ vendor: 11, extensionParams: { endpoint: '' } }), 'endpoint is required with vendor 11'],
    ['two filled lists', 'mix', config({ subscribeVideoUids: ['1'], unsubscribeVideoUids: ['2'] }), 'excludes'],
    ['vendor 1 without region', 'mix', { storageConfig: withoutRegion(STORAGE) }, 'storageConfig.region is required.'],
    ['captureInterval 0', 'individual', { snapshotConfig: { captureInterval: 0, fileType: ['jpg'] } }, 'must be at least 1.'],
  ])('%s', (_what, mode, request, message) => {
    expectVerdict(start(mode, request), refused(message));
  });

  test.each([0, 0.5, 720.5, 721])('resourceExpiredHour %d', (hours) => {
    expect(check('acquire_recording_resource', { ...WHO, client_request: { resourceExpiredHour: hours } }).problems).toHaveLength(1);
  });
});

describe('a field that counts only together with another is a warning when that one is left out', () => {
  const region = { x_axis: 0, y_axis: 0, width: 1, height: 1 };
  const picture = (transcodingConfig: JsonObject): JsonObject => config({ transcodingConfig });
  test.each<[string, Mode, JsonObject, Verdict]>([
    [
      'regions without a layout (0 in both documents)',
      'mix',
      picture({ layoutConfig: [region] }),
      warning('which is 0 where it is left out'),
    ],
    [
      'an empty list of regions with layout 3',
      'mix',
      picture({ mixedVideoLayout: 3, layoutConfig: [] }),
      refused('the picture stays black'),
    ],
    ['maxResolutionUid without layout 2', 'mix', picture({ maxResolutionUid: '5' }), warning('mixedVideoLayout 2 only')],
    ['layout 2 without maxResolutionUid', 'mix', picture({ mixedVideoLayout: 2 }), warning('maxResolutionUid is missing')],
    ['a secret without decryptionMode', 'mix', config({ secret: 'abc' }), warning('the stream is not decrypted')],
    ['a salt with decryptionMode 0', 'mix', config({ salt: 'abc', decryptionMode: 0 }), warning('the stream is not decrypted')],
    ['stsToken without stsExpiration', 'mix', storage({ stsToken: 't' }), warning('stsExpiration is missing')],
    ['endpoint with another vendor', 'mix', storage({ extensionParams: { endpoint: 's3.example.com' } }), warning('with vendor 11 only')],
    ['sse with another vendor', 'mix', storage({ vendor: 2, extensionParams: { sse: 'kms' } }), warning('with vendor 1 only')],
    [
      'transcodeOptions without appsCollection',
      'individual',
      { transcodeOptions: { transConfig: { transMode: 'audioMix' } } },
      warning('transcodeOptions needs appsCollection'),
    ],
    [
      'maxVideoDuration without mp4',
      'web',
      { extensionServiceConfig: recorder({ maxVideoDuration: 60 }) },
      warning('avFileType has no "mp4"'),
    ],
  ])('%s', (_what, mode, request, verdict) => {
    expectVerdict(start(mode, request), verdict);
  });

  test('in a new layout', () => {
    const args = { ...SESSION, client_request: { layoutConfig: [region], backgroundColor: '#102030' } };
    expectVerdict(check('update_recording_layout', args), warning('layoutConfig needs mixed_video_layout 3'));
  });

  test('in an announced start', () => {
    const startParameter = { ...REQUESTS.mix, recordingConfig: { channelType: 1, secret: 'abc' } };
    const { warnings } = check('acquire_recording_resource', { ...WHO, start_parameter: startParameter });
    expect(warnings).toEqual([expect.stringContaining('start_parameter.recordingConfig.secret needs')]);
  });
});

describe('storage values and addresses that cannot work are refused', () => {
  const bucket = refused('storageConfig.bucket must be the name of the bucket alone');
  const url = (value: string): JsonObject => ({ extensionServiceConfig: recorder({ url: value }) });
  const rows: [string, Mode, JsonObject, Verdict][] = [
    ...['s3://my-bucket', 'arn:aws:s3:::b', 'b/folder', 'https://b.s3.amazonaws.com', 'b ', ''].map(
      (name): [string, Mode, JsonObject, Verdict] => [`the bucket "${name}"`, 'mix', storage({ bucket: name }), bucket],
    ),
    ['the address of a bucket', 'mix', storage({ bucket: 'b.s3.amazonaws.com' }), warning('looks like the address of a bucket')],
    ['a key with a line end', 'mix', storage({ accessKey: 'abc\n' }), refused('accessKey has a line end')],
    ['a key with a blank', 'mix', storage({ secretKey: ' AKIA1' }), refused('secretKey begins or ends with a blank')],
    ['an empty key', 'mix', storage({ secretKey: '' }), refused('secretKey is empty.')],
    ['an empty stsToken', 'mix', storage({ stsToken: '', stsExpiration: 4102444800 }), refused('stsToken is empty.')],
    ...['YOUR_ACCESS_KEY', 'xxxxx', '<your key>'].map((key): [string, Mode, JsonObject, Verdict] => [
      `the placeholder ${key}`,
      'mix',
      storage({ accessKey: key }),
      warning('looks like the placeholder of an example'),
    ]),
    [
      'an endpoint with a scheme',
      'mix',
      storage({ vendor: 11, region: 0, extensionParams: { endpoint: 'https://x.example/b' } }),
      warning('endpoint is not a domain alone'),
    ],
    ...['example.com/room', 'file:///tmp/x.html', 'about:blank', ''].map((page): [string, Mode, JsonObject, Verdict] => [
      `the page "${page}"`,
      'web',
      url(page),
      refused('url must be an http or https address'),
    ]),
    ...[
      'http://localhost:3000',
      'http://192.168.1.5',
      'http://[::1]/',
      'http://intranet/',
      'http://10.0.0.1',
      'http://[fd00::1]/',
      'http://printer.local/',
    ].map((page): [string, Mode, JsonObject, Verdict] => [
      `the page ${page}`,
      'web',
      url(page),
      warning("Agora's browser most likely cannot reach"),
    ]),
    [
      'a pushed stream over https',
      'web',
      { extensionServiceConfig: pushing({ outputs: [{ rtmpUrl: 'https://a/x' }] }) },
      refused('rtmp or rtmps'),
    ],
    ['an image by path', 'mix', config({ transcodingConfig: { backgroundImage: '/tmp/a.png' } }), warning('not an http or https URL')],
    [
      'an image on this machine',
      'mix',
      config({ transcodingConfig: { backgroundConfig: [{ uid: '1', image_url: 'http://127.0.0.1/a.png' }] } }),
      warning('cannot reach'),
    ],
  ];
  test.each(rows)('%s', (_what, mode, request, verdict) => {
    expectVerdict(start(mode, request), verdict);
  });

  test('the stream of an update', () => {
    const outputs = [{ rtmpUrl: 'https://a/x' }];
    expectVerdict(check('update_recording', { ...SESSION, mode: 'web', rtmp_publish_config: { outputs } }), refused('rtmp or rtmps'));
  });

  test('no message shows a key', () => {
    const { problems, warnings } = start('mix', storage({ accessKey: 'VISIBLE\n', secretKey: 'YOUR_VISIBLE' }));
    expect(JSON.stringify([problems, warnings])).not.toContain('VISIBLE');
  });
});

describe('the items of lists have their documented format', () => {
  const LISTS = [
    'subscribeAudioUids',
    'unsubscribeAudioUids',
    'unSubscribeAudioUids',
    'subscribeVideoUids',
    'unsubscribeVideoUids',
    'unSubscribeVideoUids',
  ];
  const items: [string, string][] = LISTS.flatMap((list) => ['host-abc', '', '4294967296'].map((uid): [string, string] => [list, uid]));
  test.each(items)('react-native-agora issue 755: %s with "%s"', (list, uid) => {
    expectVerdict(start('mix', config({ [list]: [uid] })), refused(`${list}[1] must be a uid of 32 bits`));
    const kind = list.includes('Audio') ? 'audioUidList' : 'videoUidList';
    const update = { ...SESSION, mode: 'mix', stream_subscribe: { [kind]: { [list]: [uid] } } };
    expectVerdict(check('update_recording', update), refused(`${list}[1] must be a uid of 32 bits`));
    const announced = { ...REQUESTS.mix, recordingConfig: { channelType: 1, [list]: [uid] } };
    expectVerdict(check('acquire_recording_resource', { ...WHO, start_parameter: announced }), refused(`${list}[1] must be a uid`));
  });

  test.each(LISTS)('%s takes all streams, 0 and the largest uid', (list) => {
    expectVerdict(start('mix', config({ [list]: ['#allstream#', '0', '4294967295'] })), 'sent');
  });

  const region = { x_axis: 0, y_axis: 0, width: 1, height: 1 };
  const layout = (more: JsonObject): ValidationResult => check('update_recording_layout', { ...SESSION, ...more });
  test.each<[string, () => ValidationResult, Verdict]>([
    ['an empty uid of a region', () => layout({ mixed_video_layout: 3, layout_config: [{ ...region, uid: '' }] }), 'sent'],
    ['no uid of a region', () => layout({ mixed_video_layout: 3, layout_config: [region] }), 'sent'],
    ['a name of a region', () => layout({ mixed_video_layout: 3, layout_config: [{ ...region, uid: 'a' }] }), refused('uid must be a uid')],
    [
      'a large uid of a background',
      () => layout({ background_config: [{ uid: '4294967296', image_url: 'https://example.com/a.png' }] }),
      refused('uid must be a uid'),
    ],
    ['maxResolutionUid 0', () => layout({ mixed_video_layout: 2, client_request: { maxResolutionUid: '0' } }), refused('a uid from "1"')],
    [
      'an empty resource id',
      () => check('acquire_recording_resource', { ...WHO, client_request: { excludeResourceIds: [''] } }),
      refused('not empty'),
    ],
    ['an empty part of a prefix', () => start('mix', storage({ fileNamePrefix: ['a', ''] })), refused('fileNamePrefix[2] must be text')],
  ])('%s', (_what, found, verdict) => {
    expectVerdict(found(), verdict);
  });
});

describe('requests that Agora documents as refused are refused, and a warning where only one of its pages says so', () => {
  const size = (videoWidth: number, videoHeight: number): JsonObject => ({ extensionServiceConfig: recorder({ videoWidth, videoHeight }) });
  const SALT = Buffer.alloc(32, 1).toString('base64');
  const output = { rtmpUrl: 'rtmp://example.com/live/key' };
  test.each<[string, Mode, JsonObject, Verdict]>([
    ['EN, zh: a page of 1920 × 1440', 'web', size(1920, 1440), refused('1920 × 1440 is more than 1920 × 1080.')],
    ['zh, release note of 2022-05-20: a page of 100 × 100', 'web', size(100, 100), refused('videoWidth must be at least 240.')],
    ['zh: a page wider than 1920', 'web', size(1921, 300), refused('videoWidth must be at most 1920.')],
    ['zh: a picture of 3000 × 100', 'mix', config({ transcodingConfig: { width: 3000, height: 100 } }), warning('at most 1920 in')],
    [
      'EN, zh: pictures with audio users and no video users',
      'individual',
      { ...config({ subscribeAudioUids: ['1'] }), snapshotConfig: { fileType: ['jpg'] } },
      refused('snapshotConfig with'),
    ],
    ['zh: a video list of an audio recording', 'mix', config({ streamTypes: 0, subscribeVideoUids: ['1'] }), warning('streamTypes 0')],
    ['zh: an audio list of a video recording', 'mix', config({ streamTypes: 1, unsubscribeAudioUids: ['1'] }), warning('streamTypes 1')],
    ['zh: a push without outputs', 'web', { extensionServiceConfig: pushing({}) }, refused('outputs is required')],
    [
      'EN, zh: a push of two streams',
      'web',
      { extensionServiceConfig: pushing({ outputs: [output, output] }) },
      warning('Agora takes one'),
    ],
    [
      'EN, zh: a salt that is not 32 bytes',
      'mix',
      config({ decryptionMode: 7, secret: 's', salt: 'abc' }),
      refused('salt must be 32 bytes'),
    ],
    ['EN, zh: a salt of 32 bytes', 'mix', config({ decryptionMode: 7, secret: 's', salt: SALT }), 'sent'],
    [
      'EN layout.mdx: a region outside the picture',
      'mix',
      config({ transcodingConfig: { mixedVideoLayout: 3, layoutConfig: [{ x_axis: 0.6, y_axis: 0, width: 0.6, height: 1 }] } }),
      refused('with x_axis ends at 1.2, outside'),
    ],
    ['zh: no channelType', 'mix', { recordingConfig: { maxIdleTime: 30 } }, warning('channelType is missing')],
  ])('%s', (_source, mode, request, verdict) => {
    expectVerdict(start(mode, request), verdict);
  });

  test('zh: regionAffinity 9', () => {
    const found = check('acquire_recording_resource', { ...WHO, client_request: { regionAffinity: 9 } });
    expectVerdict(found, warning('regionAffinity is not one of the values that Agora documents: 0, 1, 2, 3, 4'));
  });

  test('EN, zh: webRecordingConfig of a mix', () => {
    const found = check('update_recording', { ...SESSION, mode: 'mix', web_recorder_config: { onhold: true } });
    expectVerdict(found, refused('web_recorder_config is for mode web, not for mix.'));
  });

  test.each([
    [128, 'sent'],
    [129, warning("cname has 129 bytes; Agora's pages disagree")],
    [1024, warning('cname has 1024 bytes')],
    [1025, refused('cname must be at most 1024 bytes.')],
  ] as const)('EN and zh disagree on the length of cname of a web page: %i', (length, verdict) => {
    expectVerdict(check('stop_recording', { ...SESSION, mode: 'web', cname: 'x'.repeat(length) }), verdict);
  });
});

describe("numbers and names outside Agora's tables are sent with a warning that names the nearest one", () => {
  test.each([
    [1, 26, 'the nearest number is 25, eu-south-1'],
    [2, 99, 'the nearest number is 27, cn-southeast-7'],
    [3, 20, 'the nearest number is 19, eu-moscow'],
    [7, 16, 'the nearest number is 15, sa-chile-1'],
    [8, 0, 'the nearest number is 1, cn-baoding'],
    [6, 7, 'has no effect with vendor 6'],
  ])('vendor %i, region %i', (vendor, region, message) => {
    expectVerdict(start('mix', storage({ vendor, region })), warning(message));
    const update = { ...SESSION, mode: 'mix', client_request: storage({ vendor, region }) };
    expectVerdict(check('update_recording', update), warning(message));
  });

  test.each<[string, Mode, JsonObject, string]>([
    [
      'a field in the wrong case',
      'individual',
      { appsCollection: { combinationpolicy: 'postpone_transcoding' } },
      'Did you mean combinationPolicy?',
    ],
    ['a policy', 'individual', { appsCollection: { combinationPolicy: 'postpone_transcode' } }, 'Did you mean postpone_transcoding?'],
    [
      'no transMode',
      'individual',
      { appsCollection: { combinationPolicy: 'postpone_transcoding' }, transcodeOptions: { transConfig: {} } },
      'transMode is missing',
    ],
    [
      'a number that is text at Agora',
      'individual',
      {
        appsCollection: { combinationPolicy: 'postpone_transcoding' },
        transcodeOptions: { transConfig: { transMode: 'audioMix' }, audio: { sampleRate: 48000 } },
      },
      'sampleRate is text',
    ],
    ['a field of the container', 'web', { extensionServiceConfig: recorder({ container: { fromat: 'mp4' } }) }, 'Did you mean format?'],
  ])('%s', (_what, mode, request, message) => {
    expectVerdict(start(mode, request), warning(message));
  });
});

describe('a message says what to write', () => {
  test.each<[JsonObject, string]>([
    [{ recordingFileConfig: { avFileType: 'hls' } }, 'avFileType must be a list; write {"hls"}.'],
    [storage({ fileNamePrefix: 'x' }), 'fileNamePrefix must be a list; write {"x"}.'],
    [config({ subscribeAudioUids: '123' }), 'subscribeAudioUids must be a list; write {"123"}.'],
    [config({ subscribeAudioUids: 123 }), 'subscribeAudioUids must be a list; write {"123"}.'],
    [
      config({ transcodingConfig: { mixedVideoLayout: 3, layoutConfig: { x_axis: 0, y_axis: 0, width: 1, height: 1 } } }),
      'layoutConfig must be a list of tables; write {{…}} for one.',
    ],
    [config({ maxIdleTime: '30' }), 'maxIdleTime must be an integer; write 30 without quotes.'],
    [config({ subscribeAudioUids: [2 ** 60] }), 'subscribeAudioUids[1] has more digits than a number can hold exactly'],
  ])('%j', (request, message) => {
    expectVerdict(start('mix', request), refused(message));
  });

  test('pictures', () => {
    expectVerdict(start('individual', { snapshotConfig: { fileType: 'jpg' } }), refused('fileType must be a list; write {"jpg"}.'));
  });
});

test('whole numbers become the text of their digits where Agora wants text, at every depth', () => {
  const region = { x_axis: 0, y_axis: 0, width: 1, height: 1 };
  const request = config({
    subscribeAudioUids: [123, 4294967295],
    transcodingConfig: { mixedVideoLayout: 3, layoutConfig: [{ uid: 99142190, ...region }] },
  });
  expectVerdict(start('mix', request), 'sent');
  const shape = { action: 'start', schema: START_REQUEST, rules: [], wireNames: { recording_config: 'recordingConfig' } } as const;
  const { clientRequest } = buildBody({ ...WHO, recording_config: request.recordingConfig as JsonObject, client_request: {} }, shape);
  expect(clientRequest).toEqual({
    recordingConfig: {
      ...CHANNEL,
      subscribeAudioUids: ['123', '4294967295'],
      transcodingConfig: { mixedVideoLayout: 3, layoutConfig: [{ uid: '99142190', ...region }] },
    },
  });
});

describe('a table that record returns fits every function of a running recording', () => {
  const session = { resource_id: 'R', sid: 'S', mode: 'mix', cname: 'room', uid: '9' };
  const bind = (name: string, more: JsonObject = {}) => {
    const { input } = findTool(name);
    return checkArguments(input, ajv.compile(input), [{ ...session, ...more }]);
  };
  test.each(['query_recording', 'update_recording', 'update_recording_layout', 'stop_recording', 'wait_for_recording', 'wait_for_upload'])(
    '%s',
    (name) => {
      expect(bind(name)).toMatchObject({ ok: true });
    },
  );

  test('the layout of another mode is refused', () => {
    expect(bind('update_recording_layout', { mode: 'web' })).toEqual({
      ok: false,
      problems: [{ path: 'mode', message: 'mode must be mix.' }],
    });
  });
});
