import { isKosmoError, KosmoError, rememberSecret } from '../../../errors/index.ts';
import type { Credentials } from '../../../integration/index.ts';
import type { Problem } from '../../../schema/index.ts';
import { type Domains, REGION_NAMES, regionalDomains, singleDomain } from './regions.ts';

/** Agora's reference gives this as the default; `api.agora.io` is the other name of the same service. */
export const DEFAULT_URL = 'https://api.sd-rtn.com';

/** What Agora allows an app id, until it is raised ("integration best practices", quotas). */
export const REQUESTS_PER_SECOND = 10;

/** Where and as whom to call. */
export interface AgoraAccount {
  readonly appId: string;
  readonly domains: Domains;
  /** The path before `/v1`: empty, the path of a proxy, or the region of cross-region acceleration. */
  readonly pathPrefix: string;
  /** The value of the `Authorization` header. Secret. */
  readonly authorization: string;
  /** `Infinity` is no limit. */
  readonly requestsPerSecond: number;
}

/** Regions that Agora takes before every path: `us` in zh `rest-availability.mdx`, `na` in the official Python client. */
export const PATH_REGIONS: readonly string[] = ['cn', 'eu', 'ap', 'us', 'na'];

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * Reads an account's credentials. Throws `NOT_CONFIGURED` when one is missing, `INVALID_CONFIGURATION` when one cannot work; the
 * message names the field and never shows its value.
 */
export function readAccount(credentials: Credentials): AgoraAccount {
  const customerId = readCustomerId(requireField(credentials, 'customer_id'));
  const customerSecret = requireField(credentials, 'customer_secret');
  const appId = readAppId(requireField(credentials, 'app_id'));
  // RFC 7617, section 2.1: UTF-8 is what a server that says nothing most likely expects.
  const pair = Buffer.from(`${customerId}:${customerSecret}`, 'utf8').toString('base64');
  rememberSecret(customerSecret);
  rememberSecret(pair);
  const region = readRegion(credentials.region?.trim() || undefined);
  const url = credentials.url?.trim();
  const { origin, pathPrefix, isLoopback } = url ? readUrl(url) : { origin: undefined, pathPrefix: '', isLoopback: false };
  return {
    appId,
    domains: origin === undefined ? regionalDomains(region) : singleDomain(origin),
    pathPrefix: pathPrefix + accelerated(credentials.path_region?.trim() || undefined),
    authorization: `Basic ${pair}`,
    requestsPerSecond: readRate(credentials.requests_per_second?.trim() || undefined, isLoopback),
  };
}

/** What cannot work in the fields that are there, a sentence each. */
export function checkCredentials(credentials: Credentials): readonly Problem[] {
  const readers: Readonly<Record<string, (text: string) => unknown>> = {
    customer_id: readCustomerId,
    app_id: readAppId,
    region: readRegion,
    path_region: accelerated,
    url: readUrl,
    requests_per_second: (text) => readRate(text, false),
  };
  return Object.entries(readers).flatMap(([field, read]) => {
    const text = credentials[field]?.trim() ?? '';
    try {
      if (text !== '') read(text);
      return [];
    } catch (thrown) {
      if (!isKosmoError(thrown)) throw thrown;
      return [{ path: field, message: thrown.message.replace('Agora account field ', '') }];
    }
  });
}

// RFC 7617, section 2: the first colon ends the user id.
function readCustomerId(text: string): string {
  if (!text.includes(':')) return text;
  throw invalidField('customer_id', 'must not contain a colon', 'copy the customer ID from the Agora console');
}

// It is a part of every path.
function readAppId(text: string): string {
  if (/^[\w-]+$/.test(text)) return text;
  throw invalidField('app_id', 'must be letters, digits, - and _', 'copy the App ID from the Agora console');
}

function readRegion(region: string | undefined): string | undefined {
  if (region === undefined || REGION_NAMES.includes(region)) return region;
  throw invalidField('region', `must be one of ${REGION_NAMES.join(', ')}`, 'set the account field region, or leave it out');
}

function accelerated(region: string | undefined): string {
  if (region === undefined) return '';
  if (PATH_REGIONS.includes(region)) return `/${region}`;
  throw invalidField('path_region', `must be one of ${PATH_REGIONS.join(', ')}`, 'set the account field path_region, or leave it out');
}

// A server on a loopback address is not Agora's, so it has no quota.
function readRate(text: string | undefined, isLoopback: boolean): number {
  if (text === undefined) return isLoopback ? Number.POSITIVE_INFINITY : REQUESTS_PER_SECOND;
  const rate = Number(text);
  if (rate > 0) return rate;
  throw invalidField(
    'requests_per_second',
    'must be a number above 0',
    `Agora allows ${REQUESTS_PER_SECOND} unless it raised the quota of the app id`,
  );
}

function requireField(credentials: Credentials, name: string): string {
  const value = credentials[name];
  if (value !== undefined && value.trim() !== '') return value;
  throw new KosmoError('NOT_CONFIGURED', `Agora integration is not configured: ${name} is missing.`, {
    hint: 'kosmo integrations:configure agora, or set AGORA_CUSTOMER_ID, AGORA_CUSTOMER_SECRET and AGORA_APP_ID',
  });
}

function readUrl(text: string): { origin: string; pathPrefix: string; isLoopback: boolean } {
  const fix = `set the account field url to a URL like ${DEFAULT_URL}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['https:', 'http:'].includes(url.protocol)) throw invalidField('url', 'is not an https URL', fix);
  if (url.username !== '' || url.password !== '') throw invalidField('url', 'must not contain a user name or password', fix);
  if (url.search !== '' || url.hash !== '') throw invalidField('url', 'must not contain a query or fragment', fix);
  const isLoopback = LOOPBACK.test(url.hostname);
  if (url.protocol === 'http:' && !isLoopback) {
    throw invalidField('url', 'must use https; only a loopback address may use http', fix);
  }
  return { origin: url.origin, pathPrefix: url.pathname.replace(/\/+$/, ''), isLoopback };
}

function invalidField(name: string, problem: string, hint: string): KosmoError {
  return new KosmoError('INVALID_CONFIGURATION', `Agora account field ${name} ${problem}.`, { hint, details: { field: name } });
}
