// The sequences of requests of Agora's own clients for Node, Go and Python, as lists: each must end with a successful stop. The fields
// are those that their examples send; Go sends empty ones where others leave a field out.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Bench, type Json, type Mode, openBench, PARTY } from './harness.ts';

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => bench.emulator.close());

type Client = 'Node' | 'Go' | 'Python';

/** One run of a client's example: the requests in their order, and what is done between them. */
interface Sequence {
  readonly client: Client;
  readonly scenario: string;
  readonly mode: Mode;
  readonly acquire: Json;
  readonly start: Json;
  readonly update: Json;
  readonly updateLayout?: Json;
  readonly stop: Json;
  /** Python's `ServiceRegion`, before every path. */
  readonly prefix?: string;
}

const ALL = ['#allstream#'];
const KEYS = { vendor: 2, region: 3, bucket: 'recordings', accessKey: 'fake-access-key', secretKey: 'fake-secret-key' };
const STORAGE: Readonly<Record<Client, Json>> = {
  Node: { ...KEYS, fileNamePrefix: ['recordings'] },
  Go: { ...KEYS, extensionParams: { sse: '', tag: '' } },
  Python: KEYS,
};
const HOUR: Readonly<Record<Client, Json>> = { Node: { resourceExpiredHour: 1 }, Go: {}, Python: {} };
const LISTS = { subscribeAudioUids: ALL, subscribeVideoUids: ALL };
const UPDATE: Readonly<Record<Client, Json>> = {
  Node: { streamSubscribe: { audioUidList: { subscribeAudioUids: ALL }, videoUidList: { subscribeVideoUids: ALL } } },
  Go: { streamSubscribe: { audioUidList: { subscribeAudioUids: ALL }, videoUidList: { subscribeVideoUids: ALL } } },
  Python: { streamSubscribe: { videoUidList: { subscribeVideoUids: ALL } } },
};
const LAYOUT: Readonly<Record<Client, Json>> = {
  Node: { mixedVideoLayout: 1, backgroundColor: '#FF0000' },
  Go: { mixedVideoLayout: 1, backgroundColor: '#FF0000' },
  Python: { mixedVideoLayout: 1 },
};
const files = (...avFileType: readonly string[]): Json => ({ recordingFileConfig: { avFileType } });

function mix(client: Client, ...types: readonly string[]): Sequence {
  const transcodingConfig = {
    ...{ width: 640, height: client === 'Go' ? 640 : 480, fps: 15, bitrate: 800, backgroundColor: '#000000' },
    ...(client === 'Go' ? {} : { mixedVideoLayout: 0 }),
  };
  const recordingConfig = { channelType: 1, streamTypes: 2, maxIdleTime: 30, audioProfile: 2, transcodingConfig, ...LISTS };
  return {
    client,
    scenario: `mix ${types.join(' + ')}`,
    mode: 'mix',
    acquire: { scene: 0, ...HOUR[client] },
    start: {
      token: '006fake-token',
      ...(client === 'Python' ? {} : { recordingConfig }),
      ...files(...types),
      storageConfig: STORAGE[client],
    },
    update: UPDATE[client],
    updateLayout: LAYOUT[client],
    stop: { async_stop: client === 'Node' },
  };
}

function individual(client: Client, scenario: string, parts: Json): Sequence {
  const group = client === 'Go' ? {} : { subscribeUidGroup: 0 };
  const recordingConfig = { channelType: 1, streamTypes: 2, maxIdleTime: 30, ...LISTS, ...group };
  return {
    client,
    scenario: `individual ${scenario}`,
    mode: 'individual',
    acquire: { scene: 0, ...HOUR[client] },
    start: {
      token: '006fake-token',
      ...(client === 'Python' ? {} : { recordingConfig }),
      ...parts,
      storageConfig: STORAGE[client],
    },
    update: UPDATE[client],
    stop: { async_stop: client === 'Node' },
  };
}

function web(client: Client, scenario: string, pushes: boolean): Sequence {
  const policy = (name: string): Json => (client === 'Python' ? {} : { errorHandlePolicy: name });
  const recorder = {
    serviceName: 'web_recorder_service',
    ...policy('error_abort'),
    serviceParam: {
      ...{ url: 'https://www.example.com', audioProfile: 2, videoWidth: 1280, videoHeight: 720, maxRecordingHour: 1 },
      ...(client === 'Go' ? { onhold: false, readyTimeout: 0, VideoBitrate: 1000 } : {}),
    },
  };
  const outputs = [{ rtmpUrl: 'rtmp://push.example.com:1935/live/test' }];
  const push = { serviceName: 'rtmp_publish_service', ...policy('error_ignore'), serviceParam: { outputs } };
  return {
    client,
    scenario,
    mode: 'web',
    acquire: { scene: 1, ...HOUR[client], ...(scenario === 'generic' ? { resourceExpiredHour: 1 } : {}) },
    start: {
      ...files('hls', 'mp4'),
      storageConfig: STORAGE[client],
      extensionServiceConfig: { ...policy('error_abort'), extensionServices: pushes ? [recorder, push] : [recorder] },
    },
    update: { webRecordingConfig: { onhold: client !== 'Go' }, ...(pushes ? { rtmpPublishConfig: { outputs } } : {}) },
    stop: { async_stop: client !== 'Python' },
  };
}

const SNAPSHOTS = { snapshotConfig: { captureInterval: 5, fileType: ['jpg'] } };
const SEQUENCES: readonly Sequence[] = [
  ...(['Node', 'Go'] as const).flatMap((client) => [
    mix(client, 'hls'),
    mix(client, 'hls', 'mp4'),
    individual(client, 'recording', files('hls')),
    individual(client, 'snapshot', SNAPSHOTS),
    individual(client, 'recording and snapshot', { ...files('hls'), ...SNAPSHOTS }),
    web(client, 'web', false),
    web(client, 'web and push', true),
  ]),
  mix('Python', 'hls', 'mp4'),
  individual('Python', 'recording', files('hls')),
  web('Python', 'web', false),
  web('Python', 'generic', false),
  ...['cn', 'eu', 'ap', 'na'].map((region) => ({ ...mix('Python', 'hls', 'mp4'), scenario: `mix in ${region}`, prefix: `/${region}` })),
];
/** Node and Go ask three times, before and after the update; Python once, at once. */
const QUERIES: Readonly<Record<Client, number>> = { Node: 3, Go: 3, Python: 1 };
const SECONDS: Readonly<Record<Client, number>> = { Node: 3, Go: 10, Python: 0 };

describe('a run of an official client ends with a successful stop', () => {
  test.each(SEQUENCES)('$client: $scenario', async ({ client, mode, acquire, start, update, updateLayout, stop, prefix = '' }) => {
    const app = `${prefix}/v1/apps/emulator-app/cloud_recording`;
    const post = async (path: string, clientRequest: Json): Promise<Json> => {
      const { status, body } = await bench.call('POST', `${app}/${path}`, { ...PARTY, clientRequest });
      expect([path, status, body.reason]).toEqual([path, 200, undefined]);
      return body;
    };
    const { resourceId } = await post('acquire', acquire);
    expect(resourceId).toEqual(expect.any(String));
    const { sid } = await post(`resourceid/${resourceId}/mode/${mode}/start`, start);
    expect(sid).toEqual(expect.any(String));
    const session = `resourceid/${resourceId}/sid/${sid}/mode/${mode}`;
    const queryAll = async (): Promise<void> => {
      for (let round = 0; round < QUERIES[client]; round += 1) {
        const { status, body } = await bench.call('GET', `${app}/${session}/query`);
        expect(status).toBe(200);
        expectReadable(body.serverResponse, mode);
        bench.advance(SECONDS[client]);
      }
    };
    await queryAll();
    await post(`${session}/update`, update);
    if (updateLayout !== undefined) await post(`${session}/updateLayout`, updateLayout);
    await queryAll();
    await post(`${session}/stop`, stop);
  });
});

// What the clients read of a query: before status 4 a channel's recording has no list of files.
function expectReadable(response: Json, mode: Mode): void {
  expect(response.status).toEqual(expect.any(Number));
  if (mode === 'web')
    expect(response.extensionServiceState).toEqual([expect.objectContaining({ payload: expect.any(Object) }), ...pushes(response)]);
  else if (response.fileListMode === 'string') expect(response.fileList).toEqual(expect.any(String));
  else if (response.fileListMode !== undefined) expect(response.fileList).toEqual(expect.any(Array));
}

function pushes(response: Json): readonly unknown[] {
  return (response.extensionServiceState as readonly unknown[])
    .slice(1)
    .map(() => expect.objectContaining({ payload: expect.any(Object) }));
}

test('a start that is repeated with the same resource is answered 201 with its sid, as Node and Python read it', async () => {
  const sequence = mix('Node', 'hls');
  const resourceId = await bench.newResource();
  const first = await bench.start(resourceId, 'mix', sequence.start);
  const second = await bench.start(resourceId, 'mix', sequence.start);
  expect([second.status, second.body.sid]).toEqual([201, first.body.sid]);
});
