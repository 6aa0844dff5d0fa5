import { type Fields, fits32Bits, MAX_UID, requireString } from './checks.ts';
import type { Resource } from './recording.ts';
import { failure, RequestRefused, rejectParameter } from './response.ts';

/** Code 1013: letters, digits, space and these. */
const CNAME = /^[A-Za-z0-9 !#$%&()+\-:;<=.>?@[\]^_{}|~,]+$/;
/** Code 1013 says "under 64"; the contract allows 1024 in web mode. */
const CNAME_BYTES = { channel: 63, web: 1024 } as const;

/** A recorder's uid: an integer from 1 to 4294967295, in quotes. */
export function readUid({ uid }: Fields): string {
  const fits = fits32Bits(uid) && !uid.startsWith('0');
  return fits ? uid : rejectParameter(`uid must be an integer from 1 to ${MAX_UID}, in quotes`);
}

/** The channel's name: 401 where a character is not allowed, 1013 (the only row that speaks of length) where it is too long. */
export function readCname(body: Fields, kind: keyof typeof CNAME_BYTES): string {
  const cname = requireString(body, 'cname', '');
  if (!CNAME.test(cname)) throw new RequestRefused(failure(400, 401, 'invalid_channel_name'));
  const most = CNAME_BYTES[kind];
  if (cname.length > most) throw new RequestRefused(failure(400, 1013, `cname is longer than ${most} bytes`));
  return cname;
}

/** cname and uid are said again in every write, and must be those of the acquire (code 432). */
export function requireSameIdentity({ cname, uid }: Resource, body: Fields): void {
  if (body.cname === cname && body.uid === uid) return;
  readUid(body);
  requireString(body, 'cname', '');
  throw new RequestRefused(failure(400, 432, 'cname or uid does not match the resource id'));
}
