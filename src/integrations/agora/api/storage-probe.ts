import { type HttpRequest, type HttpResponse, importConnectionPool } from '../../../http/index.ts';
import { regionName, VENDOR } from '../request/rules/storage-regions.ts';

/** A bucket that speaks the API of S3, and the keys for it. */
export interface Bucket {
  /** Where the API is: an origin, without a path. */
  readonly origin: string;
  /** The vendor's name of the region. */
  readonly region: string;
  readonly name: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly sessionToken?: string;
}

/** How a bucket answered. `ok` says that it exists and that the keys may look at it, not that they may write. */
export interface BucketState {
  readonly ok: boolean;
  readonly status: number;
  readonly message: string;
}

const TIMEOUT_MS = 10_000;

/** Where the API of a vendor's region is; undefined for a vendor whose API is not that of S3. */
export function bucketOrigin(
  vendor: number,
  region: number,
  endpoint: string,
): { readonly origin: string; readonly region: string } | undefined {
  if (vendor === VENDOR.compatible)
    return { origin: `https://${endpoint.replace(/^\w+:\/\//, '').replace(/\/.*$/, '')}`, region: 'us-east-1' };
  const name = regionName(vendor, region);
  if (vendor !== VENDOR.amazon || name === undefined) return undefined;
  return { origin: `https://s3.${name}.amazonaws.com${name.startsWith('cn-') ? '.cn' : ''}`, region: name };
}

/** Asks with S3's HeadBucket, which changes nothing. Rejects with undici's or Node's error when there is no answer within 10 s. */
export async function headBucket(bucket: Bucket, at = new Date()): Promise<BucketState> {
  const { openPool } = await importConnectionPool();
  const pool = await openPool(bucket.origin);
  try {
    const exchange = pool.send(signHeadBucket(bucket, at));
    const timer = setTimeout(() => exchange.abort(new Error('no answer within 10 s')), TIMEOUT_MS);
    try {
      return readState(await exchange.response, bucket);
    } finally {
      clearTimeout(timer);
    }
  } finally {
    await pool.close();
  }
}

function readState({ status, headers }: HttpResponse, { name, region }: Bucket): BucketState {
  const actual = [headers['x-amz-bucket-region']].flat()[0];
  const isElsewhere = actual !== undefined && /^[a-z0-9-]{1,40}$/.test(actual) && actual !== region;
  const state = (message: string): BucketState => ({ ok: false, status, message });
  if (isElsewhere) return state(`the bucket ${name} lies in ${actual}, not in ${region}`);
  if (status === 200)
    return { ok: true, status, message: `the bucket ${name} exists and the keys may list it; whether they may write is not known` };
  if (status === 301 || status === 307) return state(`the bucket ${name} lies in another region than ${region}`);
  if (status === 403) return state(`the keys are wrong, or may not look at the bucket ${name}; Agora needs to write to it only`);
  if (status === 404) return state(`there is no bucket ${name}`);
  if (status === 400) return state('the storage refused the request: the region or the keys are wrong');
  return state(`the storage answered with status ${status}`);
}

/** Signs by AWS Signature Version 4, with the path in front so that names with dots work. */
export function signHeadBucket({ origin, region, name, accessKey, secretKey, sessionToken }: Bucket, at: Date): HttpRequest {
  const { createHash, createHmac } = process.getBuiltinModule('node:crypto');
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const time = at.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const path = `/${encodeURIComponent(name)}`;
  const headers: Record<string, string> = {
    host: new URL(origin).host,
    'x-amz-content-sha256': sha256(''),
    'x-amz-date': time,
    ...(sessionToken === undefined ? {} : { 'x-amz-security-token': sessionToken }),
  };
  const signed = Object.keys(headers).join(';');
  const lines = Object.entries(headers).map(([field, value]) => `${field}:${value}\n`);
  const canonical = ['HEAD', path, '', lines.join(''), signed, headers['x-amz-content-sha256']].join('\n');
  const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
  const key = ['s3', 'aws4_request'].reduce((parent, part) => hmac(parent, part), hmac(hmac(`AWS4${secretKey}`, time.slice(0, 8)), region));
  const signature = hmac(key, ['AWS4-HMAC-SHA256', time, scope, sha256(canonical)].join('\n')).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKey}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
  return { method: 'HEAD', path, headers: { ...headers, authorization }, body: null };
}
