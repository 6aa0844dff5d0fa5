/** AccessToken2, the only version whose content says how long all of it lasts. */
const VERSION = '007';

/** A real one has some hundred bytes. */
const MAX_TOKEN_BYTES = 65_536;

/**
 * When an RTC token ends, in seconds since 1970; undefined for what cannot be read as one. The content is Agora's AccessToken2: signature
 * and app id, each with its length in front, then the time of issue and the seconds that it lasts, little-endian.
 */
export function tokenEnd(token: string): number | undefined {
  if (!token.startsWith(VERSION)) return undefined;
  try {
    // Loaded here: most calls have no token.
    const { inflateSync } = process.getBuiltinModule('node:zlib');
    const content = inflateSync(Buffer.from(token.slice(VERSION.length), 'base64'), { maxOutputLength: MAX_TOKEN_BYTES });
    const afterSignature = 2 + content.readUInt16LE(0);
    const afterAppId = afterSignature + 2 + content.readUInt16LE(afterSignature);
    return content.readUInt32LE(afterAppId) + content.readUInt32LE(afterAppId + 4);
  } catch {
    return undefined;
  }
}
