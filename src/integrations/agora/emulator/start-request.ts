import {
  arrayField,
  checkNumber,
  checkText,
  type Fields,
  fits32Bits,
  isFields,
  objectField,
  requireNumber,
  requireString,
} from './checks.ts';
import type { Mode } from './mode.ts';
import { rejectParameter } from './response.ts';
import { checkStorage } from './storage.ts';
import { validateLayout } from './validate-layout.ts';
import { checkWebServices } from './web-services.ts';

const MAX_PIXELS = 1920 * 1080;
const MAX_SIDE = 1920;
const MAX_UIDS = 32;
const SALT_BYTES = 32;
const ALL_STREAMS = '#allstream#';
const POSTPONED = 'postpone_transcoding';

/**
 * Sections that ask for what the mode does not make. Other sections and fields of another mode are ignored, as with Agora: its own
 * samples send some (`token` in mode web).
 */
const FOREIGN_SECTIONS: Readonly<Record<Mode, readonly string[]>> = {
  individual: ['extensionServiceConfig'],
  mix: ['extensionServiceConfig', 'snapshotConfig'],
  web: ['snapshotConfig'],
};

/** Fields of a recordingConfig with their ranges (contract: recordingConfig). */
const RECORDING_NUMBERS = {
  streamTypes: { oneOf: [0, 1, 2] },
  videoStreamType: { oneOf: [0, 1] },
  audioProfile: { oneOf: [0, 1, 2] },
  decryptionMode: { least: 0, most: 8 },
  maxIdleTime: { least: 5, most: 2_592_000 },
  subscribeUidGroup: { least: 0, most: 5 },
} as const;

/** Lists of uids; the last two are older pages' spelling (sample update-mix). */
const UID_LISTS = [
  'subscribeAudioUids',
  'subscribeVideoUids',
  'unsubscribeAudioUids',
  'unsubscribeVideoUids',
  'unSubscribeAudioUids',
  'unSubscribeVideoUids',
];

/** Refuses with code 2 what Agora refuses in the clientRequest of a start; unknown fields are ignored, as Agora does. */
export function checkStartRequest(mode: Mode, request: Fields): void {
  const foreign = FOREIGN_SECTIONS[mode].find((section) => request[section] !== undefined);
  if (foreign !== undefined) rejectParameter(`${foreign} is not for mode ${mode}`);
  checkFileTypes(objectField(request, 'recordingFileConfig', ''));
  if (request.token !== undefined && typeof request.token !== 'string') rejectParameter('token must be a string');
  const stores = mode !== 'web' || checkWebServices(request).records;
  const config = objectField(request, 'recordingConfig', '');
  if (request.recordingConfig !== undefined) checkRecordingConfig(mode, config);
  if (stores || request.storageConfig !== undefined) checkStorage(objectField(request, 'storageConfig', '', true));
  if (request.snapshotConfig !== undefined) checkSnapshots(request);
  checkTranscodingAfterwards(request);
}

// Values are checked wherever they are given, also of fields that count in another mode alone.
function checkRecordingConfig(mode: Mode, config: Fields): void {
  const path = 'recordingConfig.';
  (mode === 'web' ? checkNumber : requireNumber)(config, 'channelType', path, { oneOf: [0, 1] });
  for (const [name, range] of Object.entries(RECORDING_NUMBERS)) checkNumber(config, name, path, range);
  checkText(config, 'streamMode', path, ['default', 'standard', 'original']);
  checkDecryption(config, path);
  checkUidLists(config, path);
  checkStreamTypes(config, path);
  checkTranscoding(objectField(config, 'transcodingConfig', path), `${path}transcodingConfig.`);
}

function checkDecryption(config: Fields, path: string): void {
  const mode = (config.decryptionMode as number | undefined) ?? 0;
  if (mode > 0) requireString(config, 'secret', path);
  if (mode >= 7 && !isBase64(requireString(config, 'salt', path), SALT_BYTES))
    rejectParameter(`${path}salt must be base64 of ${SALT_BYTES} bytes`);
}

function isBase64(text: string, bytes: number): boolean {
  const decoded = Buffer.from(text, 'base64');
  return decoded.length === bytes && decoded.toString('base64') === text;
}

// 0 is audio alone, 1 video alone: neither takes lists of the other kind (zh `api-reference.mdx`).
function checkStreamTypes(config: Fields, path: string): void {
  const foreign = { 0: 'Video', 1: 'Audio' }[config.streamTypes as number];
  const given = UID_LISTS.find((name) => foreign !== undefined && name.includes(foreign) && arrayField(config, name, path).length > 0);
  if (given !== undefined) rejectParameter(`${path}${given} must not be set with streamTypes ${config.streamTypes}`);
}

function checkTranscoding(config: Fields, path: string): void {
  for (const name of ['width', 'height']) checkNumber(config, name, path, { least: 1, most: MAX_SIDE });
  for (const name of ['fps', 'bitrate']) checkNumber(config, name, path, { least: 1 });
  const { width = 360, height = 640 } = config as { width?: number; height?: number };
  if (width * height > MAX_PIXELS) rejectParameter(`${path}width x height is above 1920 x 1080`);
  const problem = validateLayout(config);
  if (problem !== undefined) rejectParameter(`${path}${problem}`);
}

/** The lists of uids in a recordingConfig or a streamSubscribe, and that a kind of stream is either subscribed or unsubscribed. */
export function checkUidLists(fields: Fields, path: string): void {
  for (const name of UID_LISTS) {
    const uids = arrayField(fields, name, path);
    // The words of react-native-agora, issue 755.
    if (!uids.every((uid) => uid === ALL_STREAMS || fits32Bits(uid)))
      rejectParameter(`${path}${name}: uid inside the List can't be convert to uint32_t`);
    if (uids.length > MAX_UIDS) rejectParameter(`${path}${name} holds more than ${MAX_UIDS} uids`);
  }
  for (const kind of ['Audio', 'Video']) {
    const isGiven = (name: string): boolean => arrayField(fields, name, path).length > 0;
    const excluded = [`unsubscribe${kind}Uids`, `unSubscribe${kind}Uids`].find(isGiven);
    if (excluded !== undefined && isGiven(`subscribe${kind}Uids`)) rejectParameter(`${path}subscribe${kind}Uids excludes ${excluded}`);
  }
}

function checkFileTypes(config: Fields): void {
  const types = arrayField(config, 'avFileType', 'recordingFileConfig.');
  if (types.some((type) => type !== 'hls' && type !== 'mp4')) rejectParameter('invalid recordingFileConfig.avFileType value!');
  if (types.length > 0 && !types.includes('hls')) rejectParameter('recordingFileConfig.avFileType needs hls besides mp4');
}

function checkSnapshots(request: Fields): void {
  const config = objectField(request, 'snapshotConfig', '');
  const types = arrayField(config, 'fileType', 'snapshotConfig.');
  if (types.length === 0 || types.some((type) => type !== 'jpg')) rejectParameter('invalid snapshotConfig.fileType value!');
  checkNumber(config, 'captureInterval', 'snapshotConfig.', { least: 1, most: 3600 });
  const recording = objectField(request, 'recordingConfig', '');
  if (recording.streamTypes === 0) rejectParameter('snapshotConfig needs recordingConfig.streamTypes 1 or 2');
  const isGiven = (name: string): boolean => arrayField(recording, name, 'recordingConfig.').length > 0;
  if (isGiven('subscribeAudioUids') && !isGiven('subscribeVideoUids'))
    rejectParameter('snapshotConfig needs recordingConfig.subscribeVideoUids beside subscribeAudioUids');
}

// Postponed transcoding or mixing of an individual recording (zh OpenAPI).
function checkTranscodingAfterwards(request: Fields): void {
  checkText(objectField(request, 'appsCollection', ''), 'combinationPolicy', 'appsCollection.', ['default', POSTPONED]);
  if (request.transcodeOptions === undefined) return;
  const path = 'transcodeOptions.';
  const options = objectField(request, 'transcodeOptions', '');
  const config = objectField(options, 'transConfig', path, true);
  requireString(config, 'transMode', `${path}transConfig.`);
  checkText(config, 'transMode', `${path}transConfig.`, ['postponeTranscoding', 'audioMix']);
  checkText(objectField(options, 'container', path), 'format', `${path}container.`, ['mp4', 'mp3', 'm4a', 'aac']);
  const audio = objectField(options, 'audio', path);
  checkText(audio, 'sampleRate', `${path}audio.`, ['48000', '32000', '16000']);
  checkText(audio, 'channels', `${path}audio.`, ['1', '2']);
  if (audio.bitrate !== undefined) requireString(audio, 'bitrate', `${path}audio.`);
}

/** Whether a recording is transcoded after its end. */
export function isPostponed({ appsCollection }: Fields): boolean {
  return isFields(appsCollection) && appsCollection.combinationPolicy === POSTPONED;
}
