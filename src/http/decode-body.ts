/** Encodings that are sent as `accept-encoding`, by their names in `content-encoding` (RFC 9110, section 8.4.1). */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

/** The text of a body, or why it cannot be read. */
export type DecodedBody = { readonly text: string } | { readonly text: ''; readonly unreadable: string };

/** A larger body of a response is an error, even if it is larger only when decoded. Large lists of an API have some 100 KB. */
export const MAX_RESPONSE_BYTES = 8 * 1024 * 1024;

/** Node's code for a body that is longer when decoded than it may be. */
export const TOO_LARGE = 'ERR_BUFFER_TOO_LARGE';

/**
 * Decodes a body by its `content-encoding`. JSON that is only labelled as encoded is taken as it is. Throws Node's error with the code
 * `TOO_LARGE` for more than `maxBytes` decoded bytes.
 */
export function decodeBody(body: Buffer, header: string | string[] | undefined, maxBytes: number): DecodedBody {
  if (header === undefined || body.length === 0) return { text: body.toString('utf8') };
  const encodings = [header].flat().join(',').toLowerCase().split(',');
  let decoded = body;
  for (const encoding of encodings.map((name) => name.trim()).reverse()) {
    if (encoding === '' || encoding === 'identity') continue;
    const decode = DECODERS[encoding];
    if (decode === undefined) return unreadable(`the answer is encoded as ${shown(encoding)}, which kosmo does not read`);
    try {
      decoded = decode(decoded, maxBytes);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === TOO_LARGE) throw thrown;
      if (!/^(\ufeff)?\s*[{[]/.test(decoded.toString('utf8', 0, 100)))
        return unreadable(`the answer is not valid ${encoding}, as which it is labelled`);
    }
  }
  return { text: decoded.toString('utf8') };
}

type Decode = (body: Buffer, maxOutputLength: number) => Buffer;

// Loaded on use: Agora itself does not compress.
const zlib = (): typeof import('node:zlib') => process.getBuiltinModule('node:zlib');

const gunzip: Decode = (body, maxOutputLength) => zlib().gunzipSync(body, { maxOutputLength });

const inflate: Decode = (body, maxOutputLength) => {
  const { inflateSync, inflateRawSync } = zlib();
  // Some servers leave out the wrapper that RFC 1950 asks for. It begins with 8 in the lower half of its first byte.
  return ((body[0] ?? 0) & 0x0f) === 8 ? inflateSync(body, { maxOutputLength }) : inflateRawSync(body, { maxOutputLength });
};

const DECODERS: Readonly<Record<string, Decode>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflate,
  br: (body, maxOutputLength) => zlib().brotliDecompressSync(body, { maxOutputLength }),
};

function unreadable(why: string): DecodedBody {
  return { text: '', unreadable: why };
}

function shown(encoding: string): string {
  return /^[\w-]{1,20}$/.test(encoding) ? encoding : 'something unknown';
}
