import { SOURCES } from '../schema.ts';
import type { Rule } from '../validate.ts';
import { isLocalHost } from './addresses.ts';
import { nearestRegion, regionName, VENDOR, vendorName, WITHOUT_REGION } from './storage-regions.ts';

const STS_SECONDS = 4 * 3600;
const STS_VENDORS: readonly unknown[] = [VENDOR.amazon, VENDOR.alibaba, VENDOR.tencent];
const MAX_PREFIX_CHARACTERS = 128;

/** Characters that names of buckets have at Amazon, Alibaba, Tencent and Google; containers of Azure may begin with `$`. */
const BUCKET = /^\$?[A-Za-z0-9._-]+$/;
const STORAGE_HOST = /\.(amazonaws\.com|aliyuncs\.com|myqcloud\.com|googleapis\.com|windows\.net)(\.cn)?$/i;

/** What documentation writes in place of a key. */
const PLACEHOLDER = /^(<.*>|\{.*\}|x{3,}|\*{3,}|\.{3,}|todo|change[-_ ]?me|.*\byour\b.*|your[-_ ].*|.*placeholder.*)$/i;

const vendorAndRegion: Rule = ({ at, pathOf: nameOf }, report) => {
  if (at('storageConfig') === undefined) return;
  const vendor = at('storageConfig', 'vendor')?.value;
  const region = at('storageConfig', 'region');
  const path = nameOf('storageConfig', 'region');
  if (region === undefined) {
    if (!WITHOUT_REGION.includes(vendor)) report.problem(path, 'is required.');
    else report.warning(path, `is missing: 0 in ${SOURCES.en}; need not be set and has no effect in ${SOURCES.zh}.`);
    return;
  }
  if (typeof vendor !== 'number' || typeof region.value !== 'number' || vendorName(vendor) === undefined) return;
  if (WITHOUT_REGION.includes(vendor)) {
    if (region.value !== 0) report.warning(path, `is ${region.value}, which has no effect with vendor ${vendor} (${SOURCES.zh}): write 0.`);
    return;
  }
  if (regionName(vendor, region.value) !== undefined) return;
  const nearest = nearestRegion(vendor, region.value) ?? 0;
  report.warning(
    path,
    `${region.value} is not a region of ${vendorName(vendor)} (${SOURCES.regions}); the nearest number is ${nearest}, ${regionName(vendor, nearest)}: docs.read("agora") has the table.`,
  );
};

const bucket: Rule = ({ at }, report) => {
  const given = at('storageConfig', 'bucket');
  if (given === undefined || typeof given.value === 'object') return;
  const name = String(given.value);
  if (!BUCKET.test(name)) {
    report.problem(given.path, 'must be the name of the bucket alone, without address, blanks or slashes; folders go into fileNamePrefix.');
  } else if (STORAGE_HOST.test(name)) {
    report.warning(given.path, "looks like the address of a bucket; Agora asks for its name alone (Agora's reference, EN and zh).");
  }
};

/** Texts that cannot be keys. The messages never show the value. */
const keys: Rule = ({ at }, report) => {
  for (const name of ['accessKey', 'secretKey', 'stsToken']) {
    const given = at('storageConfig', name);
    if (typeof given?.value !== 'string') continue;
    const key = given.value;
    if (key.trim() === '') report.problem(given.path, 'is empty.');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a copied key brings along.
    else if (/[\x00-\x1f\x7f]/.test(key)) report.problem(given.path, 'has a line end or another control character: copy the key alone.');
    else if (key !== key.trim()) report.problem(given.path, 'begins or ends with a blank: copy the key alone.');
    else if (PLACEHOLDER.test(key))
      report.warning(
        given.path,
        'looks like the placeholder of an example, not like a key; with a wrong key the files never come (EN REST quickstart).',
      );
  }
};

const endpoint: Rule = ({ at, pathOf: nameOf }, report) => {
  if (at('storageConfig') === undefined) return;
  const vendor = at('storageConfig', 'vendor')?.value;
  const given = at('storageConfig', 'extensionParams', 'endpoint');
  const path = nameOf('storageConfig', 'extensionParams', 'endpoint');
  const host = typeof given?.value === 'string' ? given.value.trim() : '';
  if (vendor !== VENDOR.compatible) {
    if (host !== '') report.warning(path, `is read with vendor ${VENDOR.compatible} only (${SOURCES.both}).`);
    return;
  }
  if (host === '') {
    report.problem(path, `is required with vendor ${VENDOR.compatible} (S3-compatible).`);
    return;
  }
  if (/[\s/]|:(?!\d+$)/.test(String(given?.value)))
    report.warning(path, `is not a domain alone, such as "s3.example.com", which Agora asks for (${SOURCES.both}).`);
  const name = host.replace(/^\w+:\/\//, '').replace(/[/:].*$/, '');
  if (isLocalHost(name)) report.warning(path, 'is an address that Agora most likely cannot reach.');
};

const extensions: Rule = ({ at }, report) => {
  const vendor = at('storageConfig', 'vendor')?.value;
  const only: Readonly<Record<string, readonly unknown[]>> = { sse: [VENDOR.amazon], tag: [VENDOR.amazon, VENDOR.alibaba] };
  for (const [name, vendors] of Object.entries(only)) {
    const given = at('storageConfig', 'extensionParams', name);
    if (given !== undefined && given.value !== '' && vendor !== undefined && !vendors.includes(vendor))
      report.warning(given.path, `is read with vendor ${vendors.join(' and ')} only (${SOURCES.both}).`);
  }
};

const temporaryKeys: Rule = ({ at, pathOf: nameOf }, report) => {
  const token = at('storageConfig', 'stsToken');
  const expiration = at('storageConfig', 'stsExpiration');
  const vendor = at('storageConfig', 'vendor')?.value;
  if (token !== undefined && vendor !== undefined && !STS_VENDORS.includes(vendor))
    report.problem(token.path, 'is for vendors 1, 2 and 3.');
  if (token !== undefined && expiration === undefined)
    report.warning(nameOf('storageConfig', 'stsExpiration'), `is missing: Agora asks for it with stsToken (${SOURCES.both}).`);
  if (token === undefined && expiration !== undefined)
    report.warning(expiration.path, `is read with ${nameOf('storageConfig', 'stsToken')} only (${SOURCES.both}).`);
  if (expiration === undefined) return;
  const left = Number(expiration.value) - Date.now() / 1000;
  if (left < 0) report.problem(expiration.path, 'is in the past (Unix time in seconds).');
  else if (left < STS_SECONDS) report.warning(expiration.path, `is less than four hours ahead, which Agora asks for (${SOURCES.both}).`);
};

const prefix: Rule = ({ at }, report) => {
  const given = at('storageConfig', 'fileNamePrefix');
  if (given === undefined || !Array.isArray(given.value)) return;
  const parts: readonly string[] = given.value.map(String);
  if (parts.join('/').length > MAX_PREFIX_CHARACTERS)
    report.problem(given.path, `must have at most ${MAX_PREFIX_CHARACTERS} characters, joined by "/".`);
  if (parts.some((part) => part.trim() !== '' && !/^[A-Za-z0-9]+$/.test(part)))
    report.warning(given.path, `has other characters than letters and digits, which Agora does not document (${SOURCES.both}).`);
};

/** What holds for `storageConfig`, in a start and in an update. */
export const STORAGE_RULES: readonly Rule[] = [vendorAndRegion, bucket, keys, endpoint, extensions, temporaryKeys, prefix];
