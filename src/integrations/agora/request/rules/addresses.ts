/** Names that only a local network has (RFC 6761, RFC 6762, RFC 8375, and habits). */
const LOCAL_NAMES = /(^|\.)(localhost|local|localdomain|internal|intranet|lan|corp|home\.arpa|test|invalid)\.?$/i;

/** Loopback, private, shared and link-local addresses (RFC 1122, 1918, 3927, 4193, 4291, 6598). */
const LOCAL_ADDRESSES = [
  /^(0|10|127)\./,
  /^169\.254\./,
  /^172\.(1[6-9]|2\d|3[01])\./,
  /^192\.168\./,
  /^100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\./,
  /^\[(::1?|f[cd][0-9a-f]{2}:.*|fe[89ab][0-9a-f]:.*)\]$/i,
  // IPv4 in IPv6, as URL writes it.
  /^\[::ffff:(7f|a|c0a8|a9fe|ac1)[0-9a-f]*:/i,
];

/** Whether a host is likely out of Agora's reach: a local or private address, or a name without a dot. */
export function isLocalHost(host: string): boolean {
  if (host.startsWith('[')) return LOCAL_ADDRESSES.some((pattern) => pattern.test(host));
  return !host.replace(/\.$/, '').includes('.') || LOCAL_NAMES.test(host) || LOCAL_ADDRESSES.some((pattern) => pattern.test(host));
}

/** The URL of a text with a host, under one of the given schemes; undefined for anything else. */
export function readUrl(text: string, schemes: readonly string[]): URL | undefined {
  if (/[\s\0]/.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return schemes.includes(url.protocol) && url.hostname !== '' ? url : undefined;
}
