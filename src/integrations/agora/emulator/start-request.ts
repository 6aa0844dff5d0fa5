import { rejectParameter } from './answer.ts';
import { arrayField, checkNumber, type Fields, isFields, objectField, requireNumber, requireString } from './checks.ts';
import { checkLayout } from './layout.ts';

export type Mode = 'individual' | 'mix' | 'web';

const VENDORS = [1, 2, 3, 5, 6, 7, 8, 11];
const MOST_PIXELS = 1920 * 1080;

/** Sections of a clientRequest that other modes do not have. */
const FOREIGN_SECTIONS: Readonly<Record<Mode, readonly string[]>> = {
  individual: ['extensionServiceConfig'],
  mix: ['extensionServiceConfig', 'snapshotConfig'],
  web: ['recordingConfig', 'snapshotConfig'],
};

/** Refuses with code 2 what Agora refuses in the clientRequest of a start; fields that nobody knows are ignored, as Agora does. */
export function checkStartRequest(mode: Mode, request: Fields): void {
  const foreign = FOREIGN_SECTIONS[mode].find((section) => request[section] !== undefined);
  if (foreign !== undefined) rejectParameter(`${foreign} is not for mode ${mode}`);
  checkFileTypes(objectField(request, 'recordingFileConfig', ''));
  const pushOnly = mode === 'web' && checkWebServices(request);
  if (mode !== 'web') checkRecordingConfig(mode, objectField(request, 'recordingConfig', '', mode === 'individual'));
  if (!pushOnly) checkStorage(objectField(request, 'storageConfig', '', true));
  if (request.snapshotConfig !== undefined) checkSnapshots(request);
}

/** Refuses a storageConfig that cannot be written to. */
export function checkStorage(storage: Fields): void {
  const path = 'storageConfig.';
  requireNumber(storage, 'vendor', path, { oneOf: VENDORS });
  requireNumber(storage, 'region', path, { least: 0 });
  for (const name of ['bucket', 'accessKey', 'secretKey']) requireString(storage, name, path);
  checkNumber(storage, 'stsExpiration', path, { least: 0 });
  for (const part of arrayField(storage, 'fileNamePrefix', path)) {
    if (typeof part !== 'string') rejectParameter(`${path}fileNamePrefix must hold strings`);
  }
  if (storage.vendor === 11) requireString(objectField(storage, 'extensionParams', path, true), 'endpoint', `${path}extensionParams.`);
}

function checkRecordingConfig(mode: Mode, config: Fields): void {
  const path = 'recordingConfig.';
  checkNumber(config, 'channelType', path, { oneOf: [0, 1] });
  checkNumber(config, 'streamTypes', path, { oneOf: [0, 1, 2] });
  checkNumber(config, 'videoStreamType', path, { oneOf: [0, 1] });
  checkNumber(config, 'audioProfile', path, { oneOf: [0, 1, 2] });
  checkNumber(config, 'decryptionMode', path, { least: 0, most: 8 });
  checkNumber(config, 'maxIdleTime', path, { least: 5, most: 2_592_000 });
  if (mode === 'individual') requireNumber(config, 'subscribeUidGroup', path, { least: 0, most: 5 });
  else checkNumber(config, 'subscribeUidGroup', path, { least: 0, most: 5 });
  checkUidLists(config, path);
  const transcoding = objectField(config, 'transcodingConfig', path);
  if (mode === 'individual' && config.transcodingConfig !== undefined)
    rejectParameter(`${path}transcodingConfig is not for mode individual`);
  checkTranscoding(transcoding, `${path}transcodingConfig.`);
}

function checkTranscoding(config: Fields, path: string): void {
  for (const name of ['width', 'height', 'fps', 'bitrate']) checkNumber(config, name, path, { least: 1 });
  const { width = 360, height = 640 } = config as { width?: number; height?: number };
  if (width * height > MOST_PIXELS) rejectParameter(`${path}width x height is above 1920 x 1080`);
  const problem = checkLayout(config);
  if (problem !== undefined) rejectParameter(`${path}${problem}`);
}

/** The lists of uids, and that a stream is either subscribed or unsubscribed. */
export function checkUidLists(fields: Fields, path: string): void {
  for (const kind of ['Audio', 'Video']) {
    const subscribed = arrayField(fields, `subscribe${kind}Uids`, path);
    const unsubscribed = arrayField(fields, `unsubscribe${kind}Uids`, path);
    if (subscribed.length > 0 && unsubscribed.length > 0) rejectParameter(`${path}subscribe${kind}Uids excludes unsubscribe${kind}Uids`);
    for (const uid of [...subscribed, ...unsubscribed]) {
      if (typeof uid !== 'string') rejectParameter(`${path}subscribe${kind}Uids must hold strings`);
    }
    if (subscribed.length > 32 || unsubscribed.length > 32) rejectParameter(`${path}subscribe${kind}Uids holds more than 32 uids`);
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

// Returns whether the page is only pushed to a CDN, so that nothing needs storage.
function checkWebServices(request: Fields): boolean {
  const services = arrayField(objectField(request, 'extensionServiceConfig', '', true), 'extensionServices', 'extensionServiceConfig.');
  if (services.length === 0) rejectParameter('extensionServiceConfig.extensionServices is missing');
  const names = services.map((service, index) => checkWebService(service, `extensionServices[${index}].`));
  return names.every((name) => name === 'rtmp_publish_service');
}

function checkWebService(service: unknown, path: string): string {
  if (!isFields(service)) return rejectParameter(`${path} must be an object`);
  const name = requireString(service, 'serviceName', path);
  const parameters = objectField(service, 'serviceParam', path, true);
  if (name === 'rtmp_publish_service') return name;
  if (name !== 'web_recorder_service') return rejectParameter(`invalid ${path}serviceName value!`);
  const inner = `${path}serviceParam.`;
  requireString(parameters, 'url', inner);
  requireNumber(parameters, 'audioProfile', inner, { oneOf: [0, 1, 2] });
  requireNumber(parameters, 'videoWidth', inner, { least: 1 });
  requireNumber(parameters, 'videoHeight', inner, { least: 1 });
  requireNumber(parameters, 'maxRecordingHour', inner, { least: 1, most: 720 });
  checkNumber(parameters, 'videoFps', inner, { least: 5, most: 60 });
  checkNumber(parameters, 'maxVideoDuration', inner, { least: 30, most: 240 });
  checkNumber(parameters, 'readyTimeout', inner, { least: 0, most: 60 });
  return name;
}
