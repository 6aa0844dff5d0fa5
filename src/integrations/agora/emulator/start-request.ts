import { rejectParameter } from './answer.ts';
import { arrayField, checkNumber, checkText, type Fields, objectField, requireNumber, requireString } from './checks.ts';
import { checkLayout } from './layout.ts';
import { checkStorage } from './storage.ts';
import { checkWebServices } from './web-services.ts';

export type Mode = 'individual' | 'mix' | 'web';

const MOST_PIXELS = 1920 * 1080;
const MOST_UIDS = 32;

/** Sections of a clientRequest that other modes do not have (contract: "individual only" and so on). */
const FOREIGN_SECTIONS: Readonly<Record<Mode, readonly string[]>> = {
  individual: ['extensionServiceConfig'],
  mix: ['extensionServiceConfig', 'snapshotConfig'],
  web: ['recordingConfig', 'snapshotConfig'],
};

/** Fields of a recordingConfig with their ranges (contract: recordingConfig). */
const RECORDING_NUMBERS = {
  streamTypes: { oneOf: [0, 1, 2] },
  videoStreamType: { oneOf: [0, 1] },
  audioProfile: { oneOf: [0, 1, 2] },
  decryptionMode: { least: 0, most: 8 },
  maxIdleTime: { least: 5, most: 2_592_000 },
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

/** Refuses with code 2 what Agora refuses in the clientRequest of a start; fields that nobody knows are ignored, as Agora does. */
export function checkStartRequest(mode: Mode, request: Fields): void {
  const foreign = FOREIGN_SECTIONS[mode].find((section) => request[section] !== undefined);
  if (foreign !== undefined) rejectParameter(`${foreign} is not for mode ${mode}`);
  checkFileTypes(objectField(request, 'recordingFileConfig', ''));
  if (request.token !== undefined && typeof request.token !== 'string') rejectParameter('token must be a string');
  const stores = mode !== 'web' || checkWebServices(request).records;
  const config = objectField(request, 'recordingConfig', '', mode === 'individual');
  if (request.recordingConfig !== undefined) checkRecordingConfig(mode, config);
  if (stores || request.storageConfig !== undefined) checkStorage(objectField(request, 'storageConfig', '', true));
  if (request.snapshotConfig !== undefined) checkSnapshots(request);
}

function checkRecordingConfig(mode: Mode, config: Fields): void {
  const path = 'recordingConfig.';
  requireNumber(config, 'channelType', path, { oneOf: [0, 1] });
  for (const [name, range] of Object.entries(RECORDING_NUMBERS)) checkNumber(config, name, path, range);
  const checkGroup = mode === 'individual' ? requireNumber : checkNumber;
  checkGroup(config, 'subscribeUidGroup', path, { least: 0, most: 5 });
  checkText(config, 'streamMode', path, ['default', 'standard', 'original']);
  if (config.streamMode === 'original' && config.streamTypes !== 0) rejectParameter(`${path}streamMode original needs streamTypes 0`);
  checkDecryption(config, path);
  checkUidLists(config, path);
  if (mode === 'individual' && config.transcodingConfig !== undefined)
    rejectParameter(`${path}transcodingConfig is not for mode individual`);
  checkTranscoding(objectField(config, 'transcodingConfig', path), `${path}transcodingConfig.`);
}

function checkDecryption(config: Fields, path: string): void {
  const mode = (config.decryptionMode as number | undefined) ?? 0;
  if (mode > 0) requireString(config, 'secret', path);
  if (mode >= 7) requireString(config, 'salt', path);
}

function checkTranscoding(config: Fields, path: string): void {
  for (const name of ['width', 'height', 'fps', 'bitrate']) checkNumber(config, name, path, { least: 1 });
  const { width = 360, height = 640 } = config as { width?: number; height?: number };
  if (width * height > MOST_PIXELS) rejectParameter(`${path}width x height is above 1920 x 1080`);
  const problem = checkLayout(config);
  if (problem !== undefined) rejectParameter(`${path}${problem}`);
}

/** The lists of uids in a recordingConfig or a streamSubscribe, and that a kind of stream is either subscribed or unsubscribed. */
export function checkUidLists(fields: Fields, path: string): void {
  for (const name of UID_LISTS) {
    const uids = arrayField(fields, name, path);
    if (uids.some((uid) => typeof uid !== 'string')) rejectParameter(`${path}${name} must hold strings`);
    if (uids.length > MOST_UIDS) rejectParameter(`${path}${name} holds more than ${MOST_UIDS} uids`);
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
  checkNumber(config, 'captureInterval', 'snapshotConfig.', { least: 5, most: 3600 });
  if (objectField(request, 'recordingConfig', '').streamTypes === 0)
    rejectParameter('snapshotConfig needs recordingConfig.streamTypes 1 or 2');
}
