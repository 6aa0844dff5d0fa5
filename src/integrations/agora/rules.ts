import type { JsonValue } from '../../json/index.ts';
import type { Rule } from './check-request.ts';
import { tokenEnd } from './rtc-token.ts';

/** Agora's channel names: under 64 bytes of these (service code 1013). */
const CHANNEL_NAME = /^[A-Za-z0-9 !#$%&()+\-:;<=.>?@[\]^_{}|~,]+$/;
const CNAME_BYTES = 64;
/** In web mode it only names files. */
const WEB_CNAME_BYTES = 1024;
const LARGEST_UID = 2 ** 32 - 1;
const STS_SECONDS = 4 * 3600;
/** A token that lasts less long than this may end before the recording does. */
const TOKEN_SECONDS = 3600;
const S3_COMPATIBLE = 11;
const AMAZON_S3 = 1;
/** Numbers in the middle of Agora's table of S3 regions that stand for none. */
const NO_S3_REGIONS: readonly unknown[] = [17, 23];

/** `cname` and `uid`, which every write has. */
export const checkParty: Rule = ({ mode, args }, report) => {
  const { cname, uid, scene } = args as Readonly<Record<string, JsonValue | undefined>>;
  if (typeof cname === 'string') {
    const isWeb = mode === 'web' || scene === 1;
    const most = isWeb ? WEB_CNAME_BYTES : CNAME_BYTES;
    if (Buffer.byteLength(cname) >= most + (isWeb ? 1 : 0))
      report.problem('cname', `must be ${isWeb ? 'at most' : 'under'} ${most} bytes.`);
    else if (!isWeb && !CHANNEL_NAME.test(cname)) report.problem('cname', 'must be letters, digits, spaces and !#$%&()+-:;<=.>?@[]^_{}|~,');
  }
  if (typeof uid !== 'string') return;
  const isNumber = /^\d+$/.test(uid);
  if (isNumber && !(Number(uid) >= 1 && Number(uid) <= LARGEST_UID)) report.problem('uid', `must be from 1 to ${LARGEST_UID}.`);
  // The API's own examples have such a uid, and a project can be set up for user names.
  else if (!isNumber || uid.startsWith('0')) report.warning('uid', `is not a plain number from 1 to ${LARGEST_UID}, which Agora asks for.`);
};

/** A list of whom to record, and one of whom not to: Agora takes one of the two. */
export const exclusiveUidLists =
  (...path: readonly string[]): Rule =>
  ({ at }, report) => {
    for (const kind of ['Audio', 'Video']) {
      const wanted = at(...path, `subscribe${kind}Uids`) ?? at(...path, `${kind.toLowerCase()}UidList`, `subscribe${kind}Uids`);
      const unwanted = [`unsubscribe${kind}Uids`, `unSubscribe${kind}Uids`]
        .map((name) => at(...path, name) ?? at(...path, `${kind.toLowerCase()}UidList`, name))
        .find((found) => found !== undefined);
      if (wanted !== undefined && unwanted !== undefined) report.problem(unwanted.path, `excludes ${wanted.path}: give one of the two.`);
    }
  };

/** Regions go with layout 3, and stay inside the picture. */
export const checkLayout =
  (...path: readonly string[]): Rule =>
  ({ at, nameOf }, report) => {
    const layout = at(...path, 'mixedVideoLayout');
    const regions = at(...path, 'layoutConfig');
    if (layout?.value === 3 && regions === undefined)
      report.problem(layout.path, `3 needs ${nameOf(...path, 'layoutConfig')}, or the picture stays black.`);
    if (layout !== undefined && layout.value !== 3 && Array.isArray(regions?.value) && regions.value.length > 0)
      report.problem(regions.path, `needs ${layout.path} 3, not ${layout.value}.`);
    if (regions === undefined || !Array.isArray(regions.value)) return;
    (regions.value as readonly Readonly<Record<string, JsonValue>>[]).forEach((region, index) => {
      for (const [start, size] of [
        ['x_axis', 'width'],
        ['y_axis', 'height'],
      ] as const) {
        const end = Number(region?.[start]) + Number(region?.[size]);
        if (end > 1 + 1e-9)
          report.problem(`${regions.path}[${index + 1}].${size}`, `with ${start} ends at ${end}, outside the picture, which ends at 1.`);
      }
    });
  };

const storage: Rule = ({ mode, args, at, nameOf }, report) => {
  const config = at('storageConfig');
  const services = at('extensionServiceConfig', 'extensionServices')?.value;
  const pushesOnly = mode === 'web' && Array.isArray(services) && !JSON.stringify(services).includes('web_recorder_service');
  if (config === undefined) {
    if (!pushesOnly && args.mode !== undefined)
      report.problem('storage_config', 'is required: without it the recording has no place for its files.');
    return;
  }
  const vendor = at('storageConfig', 'vendor')?.value;
  if (vendor === S3_COMPATIBLE && at('storageConfig', 'extensionParams', 'endpoint') === undefined) {
    report.problem(`${config.path}.extensionParams.endpoint`, 'is required with vendor 11 (S3-compatible).');
  }
  const region = at('storageConfig', 'region');
  if (vendor === AMAZON_S3 && NO_S3_REGIONS.includes(region?.value))
    report.problem(nameOf('storageConfig', 'region'), `${region?.value} is no region of Amazon S3: docs.read("agora") has the table.`);
  const token = at('storageConfig', 'stsToken');
  if (token !== undefined && ![1, 2, 3].includes(Number(vendor))) report.problem(token.path, 'is for vendors 1, 2 and 3.');
  const expiration = at('storageConfig', 'stsExpiration');
  if (expiration !== undefined && Number(expiration.value) < Date.now() / 1000)
    report.problem(expiration.path, 'is in the past (Unix time in seconds).');
  else if (expiration !== undefined && Number(expiration.value) < Date.now() / 1000 + STS_SECONDS) {
    report.warning(expiration.path, 'is less than four hours ahead, which Agora asks for.');
  }
  const prefix = at('storageConfig', 'fileNamePrefix');
  if (prefix === undefined || !Array.isArray(prefix.value)) return;
  if (prefix.value.join('/').length > 128) report.problem(prefix.path, 'must have at most 128 characters, joined by "/".');
  if (prefix.value.some((part: JsonValue) => !/^[A-Za-z0-9]+$/.test(String(part)))) {
    report.warning(prefix.path, 'has other characters than letters and digits, which Agora does not document.');
  }
};

const recording: Rule = ({ mode, at, nameOf }, report) => {
  const nameHere = (name: string): string => nameOf('recordingConfig', name);
  if (mode === 'individual' && at('recordingConfig', 'subscribeUidGroup') === undefined) {
    report.problem(
      nameHere('subscribeUidGroup'),
      'is required in individual mode: 0 for up to 2 users, 1 up to 7, 2 up to 12, 3 up to 17, 4 up to 32, 5 up to 49.',
    );
  }
  const original = at('recordingConfig', 'streamMode');
  if (original?.value === 'original' && at('recordingConfig', 'streamTypes')?.value !== 0)
    report.problem(original.path, `original needs ${nameHere('streamTypes')} 0.`);
  const encryption = at('recordingConfig', 'decryptionMode');
  if (encryption !== undefined && Number(encryption.value) > 0 && at('recordingConfig', 'secret') === undefined) {
    report.problem(encryption.path, `${encryption.value} needs ${nameHere('secret')}.`);
  }
  if ([7, 8].includes(Number(encryption?.value)) && at('recordingConfig', 'salt') === undefined)
    report.problem(encryption?.path ?? '', `${encryption?.value} needs ${nameHere('salt')}.`);
  const [width, height] = ['width', 'height'].map((name) => at('recordingConfig', 'transcodingConfig', name));
  if (width !== undefined && height !== undefined && Number(width.value) * Number(height.value) > 1920 * 1080) {
    report.problem(width.path, `${width.value} × ${height.value} is more than 1920 × 1080.`);
  }
};

const files: Rule = ({ at, nameOf }, report) => {
  const types = at('recordingFileConfig', 'avFileType');
  if (Array.isArray(types?.value) && types.value.length === 1 && types.value[0] === 'mp4') {
    report.problem(types.path, 'cannot be {"mp4"} alone: write {"hls", "mp4"}.');
  }
  const snapshots = at('snapshotConfig');
  if (snapshots !== undefined && at('recordingConfig', 'streamTypes')?.value === 0)
    report.problem(snapshots.path, `needs ${nameOf('recordingConfig', 'streamTypes')} 1 or 2: there is no video to take pictures of.`);
};

const WEB_PAGE = ['url', 'audioProfile', 'videoWidth', 'videoHeight', 'maxRecordingHour'];

const webPage: Rule = ({ mode, at }, report) => {
  const services = at('extensionServiceConfig', 'extensionServices');
  if (mode === 'web' && services === undefined)
    report.problem('extension_service_config', 'is required in web mode: it names the page to record.');
  if (services === undefined || !Array.isArray(services.value)) return;
  (services.value as readonly Readonly<Record<string, JsonValue>>[]).forEach((service, index) => {
    if (service?.serviceName !== 'web_recorder_service') return;
    const given = (service.serviceParam ?? {}) as Readonly<Record<string, JsonValue>>;
    for (const name of WEB_PAGE) {
      if (given[name] === undefined) report.problem(`${services.path}[${index + 1}].serviceParam.${name}`, 'is required.');
    }
  });
};

const token: Rule = ({ at }, report) => {
  const given = at('token');
  const end = typeof given?.value === 'string' ? tokenEnd(given.value) : undefined;
  if (given === undefined || end === undefined) return;
  const left = end - Date.now() / 1000;
  const when = new Date(end * 1000).toISOString();
  if (left <= 0) report.problem(given.path, `expired at ${when}: make another one.`);
  else if (left < TOKEN_SECONDS)
    report.warning(given.path, `ends at ${when}, and the recording with it: the token of a recorder cannot be renewed.`);
};

export const START_RULES: readonly Rule[] = [
  checkParty,
  token,
  storage,
  recording,
  exclusiveUidLists('recordingConfig'),
  checkLayout('recordingConfig', 'transcodingConfig'),
  files,
  webPage,
];
