import {
  arrayField,
  checkBoolean,
  checkNumber,
  checkText,
  type Fields,
  isFields,
  objectField,
  requireNumber,
  requireString,
} from './checks.ts';
import { rejectParameter } from './response.ts';

/** The official Go client always sends one, empty where it is not set. */
const POLICIES = ['', 'error_abort', 'error_ignore'];
const MAX_PIXELS = 1920 * 1080;
/** zh OpenAPI; release note 2022-05-20. */
const SIDE = { least: 240, most: 1920 };
const PUSH = 'rtmp_publish_service';
const RECORDER = 'web_recorder_service';

/** Checks the extensionServiceConfig that a web recording must have; whether its pages are recorded, so that it needs storage. */
export function checkWebServices(request: Fields): { readonly records: boolean } {
  const config = objectField(request, 'extensionServiceConfig', '', true);
  if (config.errorHandlePolicy !== undefined && typeof config.errorHandlePolicy !== 'string')
    rejectParameter('extensionServiceConfig.errorHandlePolicy must be a string');
  const services = arrayField(config, 'extensionServices', 'extensionServiceConfig.');
  if (services.length === 0) rejectParameter('extensionServiceConfig.extensionServices is missing');
  const names = services.map((service, index) => checkWebService(service, `extensionServiceConfig.extensionServices[${index}]`));
  return { records: names.includes(RECORDER) };
}

function checkWebService(service: unknown, path: string): string {
  if (!isFields(service)) return rejectParameter(`${path} must be an object`);
  const name = requireString(service, 'serviceName', `${path}.`);
  checkText(service, 'serviceName', `${path}.`, [RECORDER, PUSH]);
  checkText(service, 'errorHandlePolicy', `${path}.`, POLICIES);
  const parameters = objectField(service, 'serviceParam', `${path}.`, true);
  const inner = `${path}.serviceParam.`;
  if (name === PUSH) checkPush(parameters, inner);
  else checkRecorder(parameters, inner);
  return name;
}

function checkRecorder(parameters: Fields, path: string): void {
  requireString(parameters, 'url', path);
  requireNumber(parameters, 'audioProfile', path, { oneOf: [0, 1, 2] });
  for (const name of ['videoWidth', 'videoHeight']) requireNumber(parameters, name, path, SIDE);
  const { videoWidth, videoHeight } = parameters as { videoWidth: number; videoHeight: number };
  if (videoWidth * videoHeight > MAX_PIXELS) rejectParameter(`${path}videoWidth x videoHeight is above 1920 x 1080`);
  requireNumber(parameters, 'maxRecordingHour', path, { least: 1, most: 720 });
  checkNumber(parameters, 'videoBitrate', path, { least: 1 });
  checkNumber(parameters, 'videoFps', path, { least: 5, most: 60 });
  checkNumber(parameters, 'maxVideoDuration', path, { least: 30, most: 240 });
  checkNumber(parameters, 'readyTimeout', path, { least: 0, most: 60 });
  for (const name of ['onhold', 'mobile']) checkBoolean(parameters, name, path);
}

function checkPush(parameters: Fields, path: string): void {
  const outputs = readOutputs(parameters, path);
  if (outputs.length === 0) rejectParameter(`${path}outputs is missing`);
  if (outputs.length > 1) rejectParameter(`${path}outputs must hold one stream`);
}

/** The state of a web recording that updates change. */
export interface WebState {
  onhold: boolean;
  outputs: readonly string[];
}

/** Reads the state that a start sets. */
export function readWebState(request: Fields): WebState {
  const parameters = webServices(request).map(({ serviceParam }) => (serviceParam ?? {}) as Fields);
  return { onhold: parameters.some(({ onhold }) => onhold === true), outputs: parameters.flatMap((each) => readOutputs(each, '')) };
}

/** Whether the page is recorded: files exist. Otherwise it is only pushed to a CDN. */
export function recordsPage(request: Fields): boolean {
  return webServices(request).some(({ serviceName }) => serviceName === RECORDER);
}

/** The address of the page that is recorded; undefined where none is. */
export function recorderUrl(request: Fields): string | undefined {
  const recorder = webServices(request).find(({ serviceName }) => serviceName === RECORDER);
  return (recorder?.serviceParam as { url?: string } | undefined)?.url;
}

export function pushesPage(request: Fields): boolean {
  return webServices(request).some(({ serviceName }) => serviceName === PUSH);
}

/**
 * Applies an update to the state of a recording. Returns whether it was for the page or its push. The wrong name `webRecorderConfig` is
 * ignored, like every unknown field.
 */
export function updateWeb(recording: WebState & { readonly request: Fields }, changes: Fields): boolean {
  const config = objectField(changes, 'webRecordingConfig', '');
  checkBoolean(config, 'onhold', 'webRecordingConfig.');
  const push = objectField(changes, 'rtmpPublishConfig', '');
  const outputs = readOutputs(push, 'rtmpPublishConfig.');
  if (changes.rtmpPublishConfig !== undefined && !pushesPage(recording.request)) {
    rejectParameter(`rtmpPublishConfig needs a recording that was started with ${PUSH}`);
  }
  // contract: "one stream"
  if (outputs.length > 1) rejectParameter('rtmpPublishConfig.outputs must hold one stream');
  if (typeof config.onhold === 'boolean') recording.onhold = config.onhold;
  if (push.outputs !== undefined) recording.outputs = outputs;
  return config.onhold !== undefined || push.outputs !== undefined;
}

/** The longest `maxVideoDuration` of a start, in minutes; undefined where none is given. */
export function longestVideoMinutes(request: Fields): number | undefined {
  const minutes = webServices(request).flatMap(
    ({ serviceParam }) => (serviceParam as { maxVideoDuration?: number }).maxVideoDuration ?? [],
  );
  return minutes.length === 0 ? undefined : Math.max(...minutes);
}

// Only after checkWebServices: the shapes are known.
function webServices(request: Fields): readonly Fields[] {
  return (request.extensionServiceConfig as { extensionServices?: Fields[] } | undefined)?.extensionServices ?? [];
}

function readOutputs(parameters: Fields, path: string): string[] {
  return arrayField(parameters, 'outputs', path).map((output, index) =>
    isFields(output) ? readRtmpUrl(output, `${path}outputs[${index}].`) : rejectParameter(`${path}outputs must hold objects`),
  );
}

// EN and zh, of update: only these two.
function readRtmpUrl(output: Fields, path: string): string {
  const url = requireString(output, 'rtmpUrl', path);
  return /^rtmps?:\/\//i.test(url) ? url : rejectParameter(`${path}rtmpUrl must begin with rtmp:// or rtmps://`);
}
