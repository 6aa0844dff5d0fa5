import { checkNumber, checkText, type Fields, isFields, objectField, requireNumber, requireString, textItems } from './checks.ts';
import { rejectParameter } from './response.ts';

/** 9 and 10 are not vendors (storage-and-files). Of 0 and 4 only Agora's quick start speaks. */
const VENDORS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 11];
/** Azure, Google and S3-compatible storage: the region has no effect (zh `api-reference.mdx`). */
const VENDORS_WITHOUT_REGIONS = [5, 6, 11];
const S3_COMPATIBLE = 11;
const MAX_PREFIX_CHARACTERS = 128;

/** Names of buckets, by the rules of S3, OSS, COS, GCS and Azure together: without slashes, colons and blanks. */
const BUCKET = /^[A-Za-z0-9$][A-Za-z0-9._-]*$/;

/**
 * Refuses with code 2 a storageConfig that Agora's schema forbids. A region that the vendor does not have, a prefix with other
 * characters than letters and digits, and names that no bucket and no key has pass, as with Agora: see `isStorageBroken`.
 */
export function checkStorage(storage: Fields): void {
  const path = 'storageConfig.';
  requireNumber(storage, 'vendor', path, { oneOf: VENDORS });
  const hasRegions = !VENDORS_WITHOUT_REGIONS.includes(storage.vendor as number);
  (hasRegions ? requireNumber : checkNumber)(storage, 'region', path, { least: 0 });
  for (const name of ['bucket', 'accessKey', 'secretKey']) requireString(storage, name, path);
  if (storage.stsToken !== undefined) requireString(storage, 'stsToken', path);
  checkNumber(storage, 'stsExpiration', path, { least: 0 });
  if (textItems(storage, 'fileNamePrefix', path).join('/').length > MAX_PREFIX_CHARACTERS)
    rejectParameter(`${path}fileNamePrefix is longer than ${MAX_PREFIX_CHARACTERS} characters`);
  const extension = objectField(storage, 'extensionParams', path, storage.vendor === S3_COMPATIBLE);
  // The official Go client always sends both, empty where they are not set.
  checkText(extension, 'sse', `${path}extensionParams.`, ['', 'kms', 'aes256']);
  if (extension.tag !== undefined && typeof extension.tag !== 'string') rejectParameter(`${path}extensionParams.tag must be a string`);
  if (storage.vendor === S3_COMPATIBLE) requireString(extension, 'endpoint', `${path}extensionParams.`);
}

/**
 * Whether Agora cannot write there: no bucket has this name, or a key has a line end or a blank at an end. The start is answered 200
 * all the same; Agora finds it out when it records (EN `rest-quickstart.mdx`).
 */
export function isStorageBroken({ storageConfig }: Fields): boolean {
  if (!isFields(storageConfig)) return false;
  const keys = ['accessKey', 'secretKey', 'stsToken'].map((name) => storageConfig[name]);
  return (
    !BUCKET.test(String(storageConfig.bucket)) || keys.some((key) => typeof key === 'string' && (key !== key.trim() || /[\r\n]/.test(key)))
  );
}
