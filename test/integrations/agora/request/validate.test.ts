import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { ValidationResult } from '../../../../src/integration/index.ts';
import { interpretResponse } from '../../../../src/integrations/agora/api/response.ts';
import type { JsonValue } from '../../../../src/json/index.ts';
import { findTool } from '../../../helpers/recording-server.ts';

type JsonObject = Readonly<Record<string, JsonValue>>;

const check = (name: string, args: JsonObject): ValidationResult => findTool(name).validate?.(args) ?? { problems: [], warnings: [] };

const STORAGE = { vendor: 1, region: 0, bucket: 'b', accessKey: 'fake-access-key', secretKey: 'fake-secret-key' };
const MIX = { resource_id: 'R', mode: 'mix', cname: 'room', uid: '1', recording_config: { channelType: 1 }, storage_config: STORAGE };
const INDIVIDUAL = { ...MIX, mode: 'individual', recording_config: { channelType: 1, subscribeUidGroup: 0 } };
const PAGE = { url: 'https://example.com', audioProfile: 0, videoWidth: 1280, videoHeight: 720, maxRecordingHour: 1 };
const services = (serviceParam: JsonObject) => ({ extensionServices: [{ serviceName: 'web_recorder_service', serviceParam }] });
const { recording_config: _mixOnly, ...WEB_BASE } = MIX;
const WEB = { ...WEB_BASE, mode: 'web', extension_service_config: services(PAGE) };
const HOUR = 3600;
const now = Math.floor(Date.now() / 1000);

/** Made by the npm package agora-token 2.0.6 for one second on 2026-11-24. */
const ENDED_TOKEN =
  '007eJxTYJggmD350KkSZqNd/77W3mxfYyDdVakjMu/V2Qs6V6fPs1ykwGBpbuDsaGyakmpmkGxiYmZimpSUmGqRaGRoamBmmGRszPGDJZuRgYFh038LBkYGRgYWMMnAwAQmmcEkC5Qsys/PZWMwNTK3MDEEACwgH70=';

function tokenThatEndsIn(seconds: number): string {
  const text = (value: string): Buffer => Buffer.concat([Buffer.from(Uint16Array.of(value.length).buffer), Buffer.from(value)]);
  const times = Buffer.from(Uint32Array.of(now, seconds).buffer);
  return `007${deflateSync(Buffer.concat([text('signature'), text('app'), times])).toString('base64')}`;
}

describe('what Agora would refuse or ignore is refused before it is sent', () => {
  test.each<[string, JsonObject, readonly string[]]>([
    ['uid 0', { ...MIX, uid: '0' }, ['uid must be from 1 to 4294967295.']],
    ['uid beyond 32 bits', { ...MIX, uid: '4294967296' }, ['uid must be from 1']],
    ['a long cname', { ...MIX, cname: 'x'.repeat(64) }, ['cname must be under 64 bytes.']],
    ['a cname with an umlaut', { ...MIX, cname: 'küche' }, ['cname must be letters, digits, spaces and']],
    ['a token that has ended', { ...MIX, token: ENDED_TOKEN }, ['token expired at 2026-11-24T02:35:53.000Z: make another one.']],
    ['snapshots of a mix', { ...MIX, snapshot_config: { fileType: ['jpg'] } }, ['snapshot_config is for mode individual, not for mix.']],
    [
      'a page in mix mode',
      { ...MIX, extension_service_config: services(PAGE) },
      ['extension_service_config is for mode web, not for mix.'],
    ],
    ['no storage', { ...MIX, storage_config: undefined as never }, ['storage_config is required']],
    [
      'storage without keys',
      { ...MIX, storage_config: { vendor: 1, region: 0, bucket: 'b' } },
      ['storage_config.accessKey is required.', 'storage_config.secretKey is required.'],
    ],
    [
      'S3-compatible without endpoint',
      { ...MIX, storage_config: { ...STORAGE, vendor: 11 } },
      ['storage_config.extensionParams.endpoint is required with vendor 11'],
    ],
    [
      'an STS token for Azure',
      { ...MIX, storage_config: { ...STORAGE, vendor: 5, stsToken: 't' } },
      ['storage_config.stsToken is for vendors 1, 2 and 3.'],
    ],
    [
      'an STS token that has expired',
      { ...MIX, storage_config: { ...STORAGE, stsToken: 't', stsExpiration: now - 1 } },
      ['storage_config.stsExpiration is in the past'],
    ],
    [
      '["mp4"] alone',
      { ...MIX, recording_file_config: { avFileType: ['mp4'] } },
      ['recording_file_config.avFileType cannot be {"mp4"} alone: write {"hls", "mp4"}.'],
    ],
    [
      'an unknown file type',
      { ...MIX, recording_file_config: { avFileType: ['hls', 'avi'] } },
      ['recording_file_config.avFileType[2] must be one of hls, mp4.'],
    ],
    [
      'layout 3 without regions',
      { ...MIX, recording_config: { transcodingConfig: { mixedVideoLayout: 3 } } },
      ['recording_config.transcodingConfig.mixedVideoLayout 3 needs recording_config.transcodingConfig.layoutConfig, or'],
    ],
    [
      'a picture that is too large',
      { ...MIX, recording_config: { transcodingConfig: { width: 1920, height: 1920 } } },
      ['recording_config.transcodingConfig.width 1920 × 1920 is more than 1920 × 1080.'],
    ],
    [
      'two lists that exclude each other',
      { ...MIX, recording_config: { subscribeAudioUids: ['1'], unSubscribeAudioUids: ['2'] } },
      ['recording_config.unSubscribeAudioUids excludes recording_config.subscribeAudioUids: give one of the two.'],
    ],
    ['maxIdleTime 1', { ...MIX, recording_config: { maxIdleTime: 1 } }, ['recording_config.maxIdleTime must be at least 5.']],
    [
      'encryption without secret',
      { ...MIX, recording_config: { decryptionMode: 7, salt: 's' } },
      ['recording_config.decryptionMode 7 needs recording_config.secret.'],
    ],
    [
      'pictures without video',
      { ...INDIVIDUAL, recording_config: { subscribeUidGroup: 0, streamTypes: 0 }, snapshot_config: { fileType: ['jpg'] } },
      ['snapshot_config needs recording_config.streamTypes 1 or 2'],
    ],
    [
      'a page without size',
      { ...WEB, extension_service_config: services({ url: 'https://example.com' }) },
      ['serviceParam.audioProfile is required.', 'serviceParam.videoWidth is required.'],
    ],
    ['no page at all', { ...WEB, extension_service_config: undefined as never }, ['extension_service_config is required in web mode']],
    [
      'the same in client_request',
      { ...MIX, client_request: { recordingFileConfig: { avFileType: ['mp4'] } } },
      ['client_request.recordingFileConfig.avFileType cannot be'],
    ],
  ])('%s', (_what, args, messages) => {
    const given = Object.fromEntries(Object.entries(args).filter(([, value]) => value !== undefined));
    const { problems } = check('start_recording', given);
    const found = problems.map(({ message }) => message).join('\n');
    for (const message of messages) expect(found).toContain(message);
  });

  test('another parameter is named as the script writes it', () => {
    const party = { resource_id: 'R', sid: 'S', cname: 'room', uid: '1' };
    const region = { x_axis: 0, y_axis: 0, width: 1, height: 1 };
    const found = (more: object) => check('update_recording_layout', { ...party, ...more }).problems.map(({ message }) => message);
    expect(found({ mixed_video_layout: 3 })).toEqual(['mixed_video_layout 3 needs layout_config, or the picture stays black.']);
    expect(found({ client_request: { mixedVideoLayout: 3 } })).toEqual([
      'client_request.mixedVideoLayout 3 needs layout_config, or the picture stays black.',
    ]);
    const warned = (more: object) => check('update_recording_layout', { ...party, ...more }).warnings.join('\n');
    expect(warned({ mixed_video_layout: 1, layout_config: [region] })).toContain('layout_config needs mixed_video_layout 3, not 1;');
    expect(warned({ client_request: { mixedVideoLayout: 1 }, layout_config: [region] })).toContain(
      'layout_config needs client_request.mixedVideoLayout 3, not 1;',
    );
  });

  test('regions outside the picture', () => {
    const region = { uid: '1', x_axis: 0.5, y_axis: 0, width: 0.6, height: 1 };
    const { problems } = check('update_recording_layout', {
      cname: 'room',
      uid: '1',
      mixed_video_layout: 3,
      layout_config: [region, { ...region, x_axis: 2 }],
    });
    expect(problems.map(({ path }) => path)).toEqual(['layout_config[2].x_axis', 'layout_config[1].width', 'layout_config[2].width']);
  });

  test('all at once', () => {
    const { problems } = check('start_recording', {
      ...INDIVIDUAL,
      uid: '0',
      recording_config: { maxIdleTime: 0 },
      recording_file_config: { avFileType: ['mp4'] },
    });
    expect(problems.length).toBe(3);
  });
});

describe('what is doubtful is a warning', () => {
  test.each<[string, JsonObject, string]>([
    [
      'a field in the wrong case',
      { ...MIX, recording_file_config: { avfileType: ['hls'] } },
      'recording_file_config.avfileType is not documented by Agora, which ignores what it does not know. Did you mean avFileType?',
    ],
    ['a token that ends soon', { ...MIX, token: tokenThatEndsIn(600) }, 'token ends at 20'],
    ['a field that may be new', { ...MIX, client_request: { brandNew: 1 } }, 'client_request.brandNew is not documented'],
    [
      'another vendor',
      { ...MIX, storage_config: { ...STORAGE, vendor: 12 } },
      'storage_config.vendor is not one of the values that Agora documents',
    ],
    [
      'a file name prefix with a hyphen',
      { ...MIX, storage_config: { ...STORAGE, fileNamePrefix: ['team-standup'] } },
      'storage_config.fileNamePrefix has other characters than letters and digits',
    ],
    [
      'an STS token for an hour',
      { ...MIX, storage_config: { ...STORAGE, stsToken: 't', stsExpiration: now + HOUR } },
      'storage_config.stsExpiration is less than four hours ahead',
    ],
  ])('%s', (_what, args, message) => {
    const { problems, warnings } = check('start_recording', args);
    expect(problems).toEqual([]);
    expect(warnings.join('\n')).toContain(message);
  });
});

interface Sample {
  readonly name: string;
  readonly endpoint: string;
  readonly mode: string | null;
  readonly kind: 'request' | 'response';
  readonly status: number | null;
  readonly body: JsonObject;
}

const samples = JSON.parse(readFileSync(new URL('../../../fixtures/agora/samples.json', import.meta.url), 'utf8')) as Sample[];
const TOOLS: Readonly<Record<string, string>> = {
  acquire: 'acquire_recording_resource',
  start: 'start_recording',
  update: 'update_recording',
  updateLayout: 'update_recording_layout',
  stop: 'stop_recording',
};

test.each([
  tokenThatEndsIn(4000),
  'a token of another kind',
  '007!',
  '007eJw',
  `007${deflateSync(Buffer.alloc(70_000)).toString('base64')}`,
  '',
])('a token that lasts, or cannot be read, is passed on: %#', (token) => {
  expect(check('start_recording', { ...MIX, token })).toMatchObject({ problems: [], warnings: [] });
});

describe("Agora's own samples", () => {
  test.each(samples.filter(({ kind }) => kind === 'request').map((sample) => [sample.name, sample] as const))(
    'the request %s is accepted',
    (_name, { endpoint, mode, body }) => {
      const { cname, uid, clientRequest } = body as Record<string, JsonValue>;
      const args = { cname, uid, client_request: clientRequest, ...(mode === null ? {} : { mode }) } as JsonObject;
      expect(check(TOOLS[endpoint] ?? '', args).problems).toEqual([]);
    },
  );

  test.each(samples.filter(({ kind }) => kind === 'response').map((sample) => [sample.name, sample] as const))(
    'the response %s is understood',
    (_name, { endpoint, status, body }) => {
      const action = (endpoint === 'any' ? 'query' : endpoint) as 'query';
      const facts = { action, method: 'POST', origin: 'https://api.agora.io', timeoutMs: 1000, repeated: false } as const;
      const verdict = interpretResponse(facts, { status: status ?? 200, headers: {}, text: JSON.stringify(body), body });
      const known = 'value' in verdict ? verdict.value.body : verdict.error.message;
      // Of a failure its words, or its code where there are none.
      expect(JSON.stringify(known)).not.toContain('empty answer');
      if ('error' in verdict) expect(verdict.error.message).toMatch(/: \S/);
      else expect(verdict.value.body).toEqual(body);
    },
  );
});
