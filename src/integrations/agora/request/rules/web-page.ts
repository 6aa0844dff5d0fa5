import type { JsonValue } from '../../../../json/index.ts';
import { SOURCES } from '../schema.ts';
import type { Report, Rule } from '../validate.ts';
import { isLocalHost, readUrl } from './addresses.ts';

type Fields = Readonly<Record<string, JsonValue | undefined>>;

const NEEDED = ['url', 'audioProfile', 'videoWidth', 'videoHeight', 'maxRecordingHour'];
const MAX_PIXELS = 1920 * 1080;

const page: Rule = ({ mode, args, at, pathOf: nameOf }, report) => {
  const services = at('extensionServiceConfig', 'extensionServices');
  const list: readonly JsonValue[] = Array.isArray(services?.value) ? services.value : [];
  if (mode === 'web' && args.mode !== undefined && list.length === 0)
    report.problem(nameOf('extensionServiceConfig'), 'is required in web mode: it names the page to record.');
  for (const [index, service] of list.entries()) {
    const { serviceName, serviceParam } = (service ?? {}) as Fields;
    const path = `${services?.path}[${index + 1}].serviceParam`;
    const given = (serviceParam ?? {}) as Fields;
    if (serviceName === 'web_recorder_service') checkPage(given, path, report);
    else if (serviceName === 'rtmp_publish_service') checkPush(given, path, report);
  }
};

function checkPage(given: Fields, path: string, report: Report): void {
  for (const name of NEEDED) if (given[name] === undefined) report.problem(`${path}.${name}`, 'is required.');
  const { url, videoWidth, videoHeight } = given;
  if (typeof url === 'string') {
    const parsed = readUrl(url, ['http:', 'https:']);
    if (parsed === undefined) report.problem(`${path}.url`, 'must be an http or https address, such as "https://example.com/room".');
    else if (isLocalHost(parsed.hostname)) report.warning(`${path}.url`, "is an address that Agora's browser most likely cannot reach.");
  }
  if (Number(videoWidth) * Number(videoHeight) > MAX_PIXELS)
    report.problem(`${path}.videoWidth`, `${videoWidth} × ${videoHeight} is more than 1920 × 1080.`);
}

function checkPush({ outputs }: Fields, path: string, report: Report): void {
  const list: readonly JsonValue[] = Array.isArray(outputs) ? outputs : [];
  if (list.length === 0) report.problem(`${path}.outputs`, 'is required: it names the stream to push to.');
  if (list.length > 1) report.warning(`${path}.outputs`, `has ${list.length} streams, and Agora takes one (${SOURCES.both}, of update).`);
  checkOutputs(list, `${path}.outputs`, report);
}

function checkOutputs(list: readonly JsonValue[], path: string, report: Report): void {
  for (const [index, output] of list.entries()) {
    const { rtmpUrl } = (output ?? {}) as Fields;
    if (typeof rtmpUrl !== 'string') continue;
    const url = readUrl(rtmpUrl, ['rtmp:', 'rtmps:']);
    const place = `${path}[${index + 1}].rtmpUrl`;
    if (url === undefined) report.problem(place, 'must be an rtmp or rtmps address, such as "rtmp://example.com/live/key".');
    else if (isLocalHost(url.hostname)) report.warning(place, 'is an address that Agora most likely cannot reach.');
  }
}

/** Fields of the page that count only together with other ones. */
const parts: Rule = ({ at }, report) => {
  const services = at('extensionServiceConfig', 'extensionServices');
  const types = at('recordingFileConfig', 'avFileType')?.value;
  const hasMp4 = Array.isArray(types) && types.includes('mp4');
  for (const [index, service] of (Array.isArray(services?.value) ? services.value : []).entries()) {
    const { serviceParam } = (service ?? {}) as Fields;
    if (((serviceParam ?? {}) as Fields).maxVideoDuration === undefined || hasMp4) continue;
    report.warning(
      `${services?.path}[${index + 1}].serviceParam.maxVideoDuration`,
      `is the length of MP4 files, and avFileType has no "mp4" (${SOURCES.both}).`,
    );
  }
};

/** Where an update sends the stream. */
export const pushUpdate: Rule = ({ at }, report) => {
  const outputs = at('rtmpPublishConfig', 'outputs');
  if (outputs === undefined || !Array.isArray(outputs.value)) return;
  if (outputs.value.length > 1) report.problem(outputs.path, `has ${outputs.value.length} streams, and Agora takes one.`);
  checkOutputs(outputs.value, outputs.path, report);
};

export const WEB_RULES: readonly Rule[] = [page, parts];
