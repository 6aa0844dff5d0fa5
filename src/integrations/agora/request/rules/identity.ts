import type { JsonValue } from '../../../../json/index.ts';
import { SOURCES } from '../schema.ts';
import type { Rule } from '../validate.ts';

/** Agora's channel names: under 64 bytes of these (service code 1013). */
const CHANNEL_NAME = /^[A-Za-z0-9 !#$%&()+\-:;<=.>?@[\]^_{}|~,]+$/;
const CNAME_BYTES = 64;
/** In web mode `cname` only names files. */
const MAX_WEB_CNAME_BYTES = 1024;
const USUAL_WEB_CNAME_BYTES = 128;
const MAX_UID = 2 ** 32 - 1;

const cname: Rule = ({ mode, args }, report) => {
  const { cname: name, scene } = args as Readonly<Record<string, JsonValue | undefined>>;
  if (typeof name !== 'string') return;
  const bytes = Buffer.byteLength(name);
  if (mode === 'web' || scene === 1) {
    if (bytes > MAX_WEB_CNAME_BYTES) report.problem('cname', `must be at most ${MAX_WEB_CNAME_BYTES} bytes.`);
    else if (bytes > USUAL_WEB_CNAME_BYTES)
      report.warning(
        'cname',
        `has ${bytes} bytes; Agora's pages disagree: ${MAX_WEB_CNAME_BYTES} in ${SOURCES.en}, ${USUAL_WEB_CNAME_BYTES} in ${SOURCES.zh}.`,
      );
    return;
  }
  if (bytes >= CNAME_BYTES) report.problem('cname', `must be under ${CNAME_BYTES} bytes.`);
  else if (!CHANNEL_NAME.test(name)) report.problem('cname', 'must be letters, digits, spaces and !#$%&()+-:;<=.>?@[]^_{}|~,');
};

const uid: Rule = ({ args }, report) => {
  const given = (args as Readonly<Record<string, JsonValue | undefined>>).uid;
  if (typeof given !== 'string') return;
  const isNumber = /^\d+$/.test(given);
  if (isNumber && !(Number(given) >= 1 && Number(given) <= MAX_UID)) report.problem('uid', `must be from 1 to ${MAX_UID}.`);
  // The API's own examples have such a uid, and a project can be set up for user names.
  else if (!isNumber || given.startsWith('0'))
    report.warning('uid', `is not a plain number from 1 to ${MAX_UID}, which Agora asks for (${SOURCES.both}).`);
};

/** `cname` and `uid`, which every write has. */
export const IDENTITY_RULES: readonly Rule[] = [cname, uid];
