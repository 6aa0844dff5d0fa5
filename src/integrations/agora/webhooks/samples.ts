import { randomUUID } from 'node:crypto';
import { CLOUD_RECORDING, EVENT_NAMES } from './events.ts';

const FILE = { fileName: 'kosmo-test.m3u8', trackType: 'audio_and_video', uid: '0', mixedAllUser: true, isPlayable: true };

/** Fields of the details of an event besides `msgName` (ncs: table of events), with values for a test. */
const DETAILS: Readonly<Record<number, (now: number) => object>> = {
  1: () => ({ module: 1, errorLevel: 5, errorCode: 32, stat: 0, errorMsg: 'storage configuration' }),
  2: () => ({ module: 1, warnCode: 31 }),
  3: () => ({ status: 5, recordingMode: 1, fileList: FILE.fileName }),
  4: () => ({ fileList: FILE.fileName }),
  11: () => ({ exitStatus: 0 }),
  12: () => ({ newUid: 2 }),
  30: () => ({ status: 0 }),
  31: (now) => ({ status: 0, fileList: [{ ...FILE, sliceStartTime: now }] }),
  32: (now) => ({ status: 0, fileList: [{ ...FILE, sliceStartTime: now }] }),
  33: () => ({ progress: 5000 }),
  40: () => ({ status: 0 }),
  41: () => ({ leaveCode: 16 }),
  42: (now) => ({ startUtcMs: now, discontinueUtcMs: now, mixedAllUser: true, streamUid: '0', trackType: 'audio_and_video' }),
  43: (now) => ({ streamUid: '1', state: 0, UtcMs: now }),
  44: (now) => ({ streamUid: '1', state: 0, UtcMs: now }),
  45: () => ({ fileName: 'kosmo-test.jpg' }),
  60: () => ({ aliVodInfo: { videoId: 'kosmo-test' } }),
  70: (now) => ({ recorderStartTime: now }),
  71: (now) => ({ code: 0, message: 'ok', details: '', fileList: [{ filename: FILE.fileName, sliceStartTime: now }] }),
  72: () => ({ limitType: 'resolution' }),
  73: () => ({ reason: 'audio_silence' }),
  81: () => ({ result: 'all_success', uids: ['1'] }),
  90: () => ({ vendor: 1, region: 0, bucket: 'kosmo-test', fileName: FILE.fileName }),
  100: () => ({ rtmpUrl: 'rtmp://example.com/live/test', status: 'publishing' }),
  1001: () => ({ result: 'total_success', fileList: [] }),
};

/** The events that the service itself does not send, by who does (ncs: serviceType by event). */
const SERVICE_TYPES: readonly (readonly [serviceType: number, events: readonly number[]])[] = [
  [1, [40, 41, 42, 43, 44]],
  [2, [30, 31, 32, 33, 45]],
  [4, [60, 61]],
  [6, [70, 71, 72, 73, 100]],
  [8, [90]],
];

/** A notification of a recording that does not exist, as Agora sends one of this event. `now` is in milliseconds since 1970. */
export function sampleNotification(eventType: number, now: number): object {
  const serviceType = SERVICE_TYPES.find(([, events]) => events.includes(eventType))?.[0] ?? 0;
  const id = randomUUID();
  return {
    noticeId: `kosmo-test:${id}`,
    productId: CLOUD_RECORDING,
    eventType,
    notifyMs: now,
    payload: {
      cname: 'kosmo-test',
      uid: '1',
      sid: `kosmo-test-${id}`,
      sequence: 0,
      sendts: now,
      serviceType,
      serviceScene: serviceType === 6 ? 'web_record' : 'rtc_record',
      details: { msgName: EVENT_NAMES[eventType], ...DETAILS[eventType]?.(now) },
    },
  };
}
