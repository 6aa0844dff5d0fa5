import { readFileSync } from 'node:fs';
import { KosmoError, redactText } from '../../../errors/index.ts';
import type { IntegrationCommand, IntegrationCommandContext } from '../../../integration/index.ts';
import { isObject, type JsonObject, type JsonValue, parseJsonExactly } from '../../../json/index.ts';
import { rememberBodySecrets } from '../api/remember-body-secrets.ts';
import { type BucketState, bucketOrigin, headBucket } from '../api/storage-probe.ts';
import { isLocalHost } from '../request/rules/addresses.ts';
import { STORAGE_RULES } from '../request/rules/storage.ts';
import { regionName, vendorName } from '../request/rules/storage-regions.ts';
import { START_REQUEST } from '../request/schema.ts';
import { type RequestShape, validateRequest } from '../request/validate.ts';

const SHAPE: RequestShape = { action: 'start', schema: START_REQUEST, rules: STORAGE_RULES, wireNames: { storage: 'storageConfig' } };

/** `kosmo agora:check-storage`: checks a `storageConfig` before a recording depends on it. Starts nothing. */
export const agoraCheckStorageCommand: IntegrationCommand = {
  name: 'check-storage',
  description: 'check the names, regions and keys of a bucket',
  arguments: '[storage]',
  options: [
    { flags: '--live', description: 'also ask the bucket (S3 HeadBucket); vendors 1 and 11' },
    { flags: '--endpoint <url>', description: 'with --live: address of the S3 API, if not that of the vendor' },
    { flags: '--json', description: 'print one JSON document' },
  ],
  examples: [
    'kosmo agora:check-storage @storage.json',
    'kosmo agora:check-storage @storage.json --live --json',
    `kosmo agora:check-storage '{"vendor": 1, "region": 0, "bucket": "recordings-example", "accessKey": "…", "secretKey": "…"}'`,
  ],
  schema: 'agora-check-storage',
  async run(options, context, [given, ...more]) {
    if (given === undefined || more.length > 0) throw usage('give one storageConfig: @file.json, or its JSON text');
    if (options.endpoint !== undefined && options.live !== true) throw usage('--endpoint goes with --live');
    const storage = readStorage(given);
    rememberBodySecrets(storage);
    const { problems, warnings } = validateRequest({ storage }, SHAPE);
    const facts = describe(storage);
    if (problems.length > 0) {
      if (options.json !== true) for (const warning of warnings) context.note(`warning: ${warning}`);
      const message = `this storage cannot work: ${problems.map((problem) => problem.message).join(' ')}`;
      throw new KosmoError('CHECK_FAILED', message, { details: { problems, warnings, storage: facts } });
    }
    const live = options.live === true ? await probe(storage, options.endpoint) : null;
    if (live?.ok === false) {
      throw new KosmoError('CHECK_FAILED', live.message, { details: { status: live.status, warnings, storage: facts } });
    }
    await print({ facts, warnings, live }, options.json === true, context);
  },
};

/** Reads `@file` or JSON text: a storageConfig, or an object that holds one as inputs of workflows do. */
function readStorage(given: string): JsonObject {
  const text = given.startsWith('@') ? readText(given.slice(1)) : given;
  let value: JsonValue;
  try {
    value = parseJsonExactly(text);
  } catch {
    // The text may hold keys.
    throw usage(`${given.startsWith('@') ? given.slice(1) : 'the storageConfig'} is not valid JSON`);
  }
  const outer = isObject(value) ? value : {};
  const inner = outer.storage ?? outer.storageConfig ?? outer.storage_config ?? value;
  if (!isObject(inner)) throw usage('the storageConfig must be a JSON object');
  return inner;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (thrown) {
    throw usage(`the file cannot be read: ${(thrown as Error).message}`);
  }
}

interface StorageFacts {
  readonly vendor: number | null;
  readonly vendor_name: string | null;
  readonly region: number | null;
  readonly region_name: string | null;
  readonly bucket: string | null;
}

function describe({ vendor, region, bucket }: JsonObject): StorageFacts {
  const isKnown = typeof vendor === 'number' && typeof region === 'number';
  return {
    vendor: typeof vendor === 'number' ? vendor : null,
    vendor_name: (typeof vendor === 'number' ? vendorName(vendor) : undefined) ?? null,
    region: typeof region === 'number' ? region : null,
    region_name: (isKnown ? regionName(vendor, region) : undefined) ?? null,
    bucket: typeof bucket === 'string' ? bucket : null,
  };
}

async function probe(storage: JsonObject, endpoint: unknown): Promise<BucketState> {
  const { vendor, region, bucket, accessKey, secretKey, stsToken, extensionParams } = storage;
  const { endpoint: domain = '' } = (extensionParams ?? {}) as JsonObject;
  const target = bucketOrigin(Number(vendor), Number(region ?? 0), String(domain));
  if (target === undefined) throw usage('--live knows the API of S3: vendor 1 with a region of the table, and vendor 11');
  const origin = endpoint === undefined ? target.origin : readEndpoint(String(endpoint));
  try {
    return await headBucket({
      ...target,
      origin,
      name: String(bucket),
      accessKey: String(accessKey),
      secretKey: String(secretKey),
      ...(typeof stsToken === 'string' ? { sessionToken: stsToken } : {}),
    });
  } catch (thrown) {
    throw new KosmoError('CONNECTION_FAILED', `the storage at ${origin} did not answer: ${redactText((thrown as Error).message)}`, {
      hint: 'check the region, the endpoint and the network',
      outcome: 'none',
      cause: thrown,
    });
  }
}

function readEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // Only signatures are sent, and a session token that must not be read on the way.
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLocalHost(url.hostname))) return url.origin;
  throw usage('--endpoint must be an https address; only a local address may use http');
}

interface Report {
  readonly facts: StorageFacts;
  readonly warnings: readonly string[];
  readonly live: BucketState | null;
}

async function print({ facts, warnings, live }: Report, isJson: boolean, { print: write, note }: IntegrationCommandContext): Promise<void> {
  if (isJson) {
    await write(JSON.stringify({ success: true, storage: facts, warnings, live, error: null, error_detail: null }));
    return;
  }
  const region = facts.region_name === null ? '' : `, region ${facts.region} ${facts.region_name}`;
  await write(`bucket ${facts.bucket} at vendor ${facts.vendor} ${facts.vendor_name ?? '(not in the tables of Agora)'}${region}`);
  for (const warning of warnings) note(`warning: ${warning}`);
  if (live !== null) await write(live.message);
}

function usage(message: string): KosmoError {
  return new KosmoError('USAGE', message);
}
