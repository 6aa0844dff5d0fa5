import { rejectParameter } from './answer.ts';
import { arrayField, checkNumber, checkText, type Fields, objectField, requireNumber, requireString } from './checks.ts';

/** Numbers 4, 9 and 10 are no vendors (storage-and-files). */
const VENDORS = [1, 2, 3, 5, 6, 7, 8, 11];
const S3_COMPATIBLE = 11;
const MOST_PREFIX_CHARACTERS = 128;

/**
 * Refuses with code 2 a storageConfig that cannot be written to. A region that the vendor does not have and a prefix with other
 * characters than letters and digits pass, as with Agora: the first shows as missing files (pitfalls, 13 and 14).
 */
export function checkStorage(storage: Fields): void {
  const path = 'storageConfig.';
  requireNumber(storage, 'vendor', path, { oneOf: VENDORS });
  requireNumber(storage, 'region', path, { least: 0 });
  for (const name of ['bucket', 'accessKey', 'secretKey']) requireString(storage, name, path);
  if (storage.stsToken !== undefined) requireString(storage, 'stsToken', path);
  checkNumber(storage, 'stsExpiration', path, { least: 0 });
  const prefix = arrayField(storage, 'fileNamePrefix', path);
  if (prefix.some((part) => typeof part !== 'string')) rejectParameter(`${path}fileNamePrefix must hold strings`);
  if (prefix.join('/').length > MOST_PREFIX_CHARACTERS)
    rejectParameter(`${path}fileNamePrefix is longer than ${MOST_PREFIX_CHARACTERS} characters`);
  const extension = objectField(storage, 'extensionParams', path, storage.vendor === S3_COMPATIBLE);
  checkText(extension, 'sse', `${path}extensionParams.`, ['kms', 'aes256']);
  if (storage.vendor === S3_COMPATIBLE) requireString(extension, 'endpoint', `${path}extensionParams.`);
}
