import type { JsonValue } from '../../../../json/index.ts';
import { tokenEnd } from '../rtc-token.ts';
import { SOURCES } from '../schema.ts';
import type { Request, Rule } from '../validate.ts';
import { layoutRules } from './layout.ts';

/** A token that lasts less long than this may end before the recording does. */
const TOKEN_SECONDS = 3600;
const MAX_PIXELS = 1920 * 1080;
const SALT_BYTES = 32;
const AUDIO = 0;
const VIDEO = 1;

const token: Rule = ({ mode, at }, report) => {
  const given = at('token');
  const end = typeof given?.value === 'string' ? tokenEnd(given.value) : undefined;
  if (given === undefined || end === undefined || mode === 'web') return;
  const left = end - Date.now() / 1000;
  const when = new Date(end * 1000).toISOString();
  if (left <= 0) report.problem(given.path, `expired at ${when}: make another one.`);
  else if (left < TOKEN_SECONDS)
    report.warning(given.path, `ends at ${when}, and the recording with it: the token of a recorder cannot be renewed (${SOURCES.both}).`);
};

const missing: Rule = ({ mode, at, pathOf: nameOf }, report) => {
  if (mode !== 'individual' || at('recordingConfig', 'subscribeUidGroup') !== undefined) return;
  report.warning(
    nameOf('recordingConfig', 'subscribeUidGroup'),
    `is required in individual mode (${SOURCES.both}), and absent in the examples of Agora's Go and Python clients: 0 for up to 2 users, 1 up to 7, 2 up to 12, 3 up to 17, 4 up to 32, 5 up to 49.`,
  );
};

const originalStreams: Rule = ({ at, pathOf: nameOf }, report) => {
  const original = at('recordingConfig', 'streamMode');
  if (original?.value === 'original' && at('recordingConfig', 'streamTypes')?.value !== AUDIO)
    report.warning(original.path, `original takes effect with ${nameOf('recordingConfig', 'streamTypes')} 0 only (${SOURCES.both}).`);
};

const encryption: Rule = ({ at, pathOf: nameOf }, report) => {
  const mode = at('recordingConfig', 'decryptionMode');
  const secret = at('recordingConfig', 'secret');
  const salt = at('recordingConfig', 'salt');
  const nameHere = (name: string): string => nameOf('recordingConfig', name);
  const isOn = mode !== undefined && Number(mode.value) > 0;
  for (const field of [secret, salt]) {
    if (!isOn && field !== undefined && field.value !== '')
      report.warning(field.path, `needs ${nameHere('decryptionMode')} above 0: without it the stream is not decrypted (${SOURCES.both}).`);
  }
  if (!isOn) return;
  if (secret === undefined || secret.value === '') report.problem(mode.path, `${mode.value} needs ${nameHere('secret')}.`);
  if (![7, 8].includes(Number(mode.value))) return;
  if (salt === undefined) report.problem(mode.path, `${mode.value} needs ${nameHere('salt')}.`);
  // The value is not shown: it is a secret.
  else if (!isSalt(salt.value)) report.problem(salt.path, `must be ${SALT_BYTES} bytes in base64 with decryptionMode ${mode.value}.`);
};

function isSalt(value: JsonValue): boolean {
  const text = String(value);
  return /^[A-Za-z0-9+/]+={0,2}$/.test(text) && text.length % 4 === 0 && Buffer.from(text, 'base64').length === SALT_BYTES;
}

const pictureSize: Rule = ({ at }, report) => {
  const [width, height] = ['width', 'height'].map((name) => at('recordingConfig', 'transcodingConfig', name));
  if (width !== undefined && height !== undefined && Number(width.value) * Number(height.value) > MAX_PIXELS)
    report.problem(width.path, `${width.value} × ${height.value} is more than 1920 × 1080.`);
};

/** Whom to record: a list of users, and one of users to leave out, of which Agora takes one. */
export const uidLists =
  (...path: readonly string[]): Rule =>
  (request, report) => {
    for (const kind of ['Audio', 'Video']) {
      const wanted = findList(request, path, kind, [`subscribe${kind}Uids`]);
      const unwanted = findList(request, path, kind, [`unsubscribe${kind}Uids`, `unSubscribe${kind}Uids`]);
      if (wanted === undefined || unwanted === undefined) continue;
      const empty = [wanted, unwanted].find(({ value }) => Object.keys(value as object).length === 0);
      if (empty === undefined) report.problem(unwanted.path, `excludes ${wanted.path}: give one of the two.`);
      else report.warning(empty.path, `is empty beside the other list; leave it out (empty lists are not recommended in ${SOURCES.zh}).`);
    }
  };

type Placed = NonNullable<ReturnType<Request['at']>>;

function findList({ at }: Request, path: readonly string[], kind: string, names: readonly string[]): Placed | undefined {
  const found = names.map((name) => at(...path, name) ?? at(...path, `${kind.toLowerCase()}UidList`, name));
  return found.find((list) => typeof list?.value === 'object');
}

const LISTS = (kind: string): readonly string[] => [`subscribe${kind}Uids`, `unsubscribe${kind}Uids`, `unSubscribe${kind}Uids`];

const listsOfOtherStreams: Rule = (request, report) => {
  const { at, pathOf: nameOf } = request;
  const types = at('recordingConfig', 'streamTypes')?.value;
  const other = types === AUDIO ? 'Video' : types === VIDEO ? 'Audio' : undefined;
  const list = other === undefined ? undefined : findList(request, ['recordingConfig'], other, LISTS(other));
  if (list === undefined || Object.keys(list.value as object).length === 0) return;
  report.warning(
    list.path,
    `does not go with ${nameOf('recordingConfig', 'streamTypes')} ${types}: it must not be set in ${SOURCES.zh}, and is not read in ${SOURCES.en}.`,
  );
};

const files: Rule = ({ at }, report) => {
  const types = at('recordingFileConfig', 'avFileType');
  if (Array.isArray(types?.value) && types.value.length > 0 && types.value.every((type: JsonValue) => type === 'mp4'))
    report.problem(types.path, 'cannot be {"mp4"} alone: write {"hls", "mp4"}.');
};

const snapshots: Rule = (request, report) => {
  const { at, pathOf: nameOf } = request;
  const pictures = at('snapshotConfig');
  if (pictures === undefined) return;
  if (at('recordingConfig', 'streamTypes')?.value === AUDIO)
    report.problem(pictures.path, `needs ${nameOf('recordingConfig', 'streamTypes')} 1 or 2: there is no video to take pictures of.`);
  const isFilled = (list: Placed | undefined): boolean => list !== undefined && Object.keys(list.value as object).length > 0;
  const audio = findList(request, ['recordingConfig'], 'Audio', ['subscribeAudioUids']);
  if (isFilled(audio) && !isFilled(findList(request, ['recordingConfig'], 'Video', ['subscribeVideoUids'])))
    report.problem(pictures.path, `with ${audio?.path} needs ${nameOf('recordingConfig', 'subscribeVideoUids')}.`);
};

const postponed: Rule = ({ mode, at }, report) => {
  const policy = at('appsCollection', 'combinationPolicy');
  const options = at('transcodeOptions');
  const isPostponed = policy !== undefined && policy.value !== 'default';
  if (options !== undefined && !isPostponed)
    report.warning(options.path, `needs appsCollection.combinationPolicy "postpone_transcoding" (${SOURCES.zh}).`);
  if (isPostponed && mode !== undefined && mode !== 'individual')
    report.warning(policy.path, `is for mode individual; Agora ignores it in mode ${mode} (${SOURCES.zh}).`);
};

const storageNeeded: Rule = ({ mode, args, at }, report) => {
  if (at('storageConfig') !== undefined || args.mode === undefined) return;
  const services = at('extensionServiceConfig', 'extensionServices')?.value;
  const pushesOnly = mode === 'web' && Array.isArray(services) && !JSON.stringify(services).includes('web_recorder_service');
  if (!pushesOnly) report.problem('storage_config', 'is required: without it the recording has no place for its files.');
};

/** What holds for a recording of a channel, beside the storage. */
export const RECORDING_RULES: readonly Rule[] = [
  token,
  storageNeeded,
  missing,
  originalStreams,
  encryption,
  pictureSize,
  uidLists('recordingConfig'),
  listsOfOtherStreams,
  ...layoutRules('recordingConfig', 'transcodingConfig'),
  files,
  snapshots,
  postponed,
];
