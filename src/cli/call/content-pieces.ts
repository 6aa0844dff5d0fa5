import path from 'node:path';
import { isObject, type JsonObject, type JsonValue } from '../../json/index.ts';
import { visibleLine } from '../terminal/visible-text.ts';

/** A part of a server's result that can be a file. */
export interface FilePiece {
  readonly kind: 'file';
  readonly content: { readonly base64: string } | { readonly text: string };
  /** The MIME type as one visible line; undefined if the server gives none. */
  readonly type: string | undefined;
  /** The last segment of its URI; undefined for a part without a URI. */
  readonly name: string | undefined;
}

/** A part of a server's result as a person reads it. */
export type Piece = FilePiece | { readonly kind: 'text'; readonly text: string } | { readonly kind: 'value'; readonly value: JsonValue };

/** The pieces of the parts of `content`, of the `contents` of a resource or of the `messages` of a prompt. */
export function readPieces(parts: JsonValue | undefined, read: (part: JsonObject) => readonly Piece[]): readonly Piece[] {
  if (parts === undefined) return [];
  return (Array.isArray(parts) ? (parts as readonly JsonValue[]) : [parts]).flatMap((part): readonly Piece[] => {
    if (isObject(part)) return read(part);
    return [typeof part === 'string' ? { kind: 'text', text: part } : { kind: 'value', value: part }];
  });
}

/** The piece of a part of a tool's result. A part of an unknown type that holds base64 is a file as well. */
export function partPieces(part: JsonObject): readonly Piece[] {
  const { type, text, data, mimeType, resource } = part;
  if (type === 'text' && typeof text === 'string') return [{ kind: 'text', text }];
  if (type === 'resource_link') return [{ kind: 'text', text: linkText(part) }];
  if (type === 'resource' && isObject(resource)) return resourcePieces(resource);
  const mime = typeOf(mimeType);
  if (isBase64(data) && (mime !== undefined || type === 'image' || type === 'audio'))
    return [{ kind: 'file', content: { base64: data }, type: mime, name: undefined }];
  return [{ kind: 'value', value: part }];
}

/** The piece of the contents of a resource. */
export function resourcePieces(resource: JsonObject): readonly Piece[] {
  const { uri, mimeType, text, blob } = resource;
  const facts = { kind: 'file', type: typeOf(mimeType), name: nameOf(uri) } as const;
  if (isBase64(blob)) return [{ ...facts, content: { base64: blob } }];
  if (typeof text === 'string') return [{ ...facts, content: { text } }];
  return [{ kind: 'value', value: resource }];
}

/** The pieces of a message of a prompt: its role, then what it says. */
export function messagePieces({ role, content }: JsonObject): readonly Piece[] {
  const heading = { kind: 'text', text: `${typeof role === 'string' ? visibleLine(role, 80) : 'unknown role'}:` } as const;
  return [heading, ...readPieces(content, partPieces)];
}

/** Pieces of a result besides its data: files, resources and links. */
export function isAttachment(part: JsonValue): boolean {
  return isObject(part) && part.type !== 'text';
}

/** `1.2 kB` */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  return bytes < 1e6 ? `${(bytes / 1000).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Bytes of the content, without decoding it. */
export function sizeOf({ content }: FilePiece): number {
  if ('text' in content) return Buffer.byteLength(content.text);
  return Math.floor((content.base64.replaceAll(/[\s=]/g, '').length * 3) / 4);
}

function linkText({ name, uri, mimeType, size, description }: JsonObject): string {
  const facts = [typeOf(mimeType), typeof size === 'number' && size >= 0 ? formatBytes(size) : undefined].filter(
    (fact) => fact !== undefined,
  );
  const title = [name, uri].filter((word) => typeof word === 'string').map((word) => visibleLine(word));
  const line = `resource: ${title.join('  ')}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
  return typeof description === 'string' && description !== '' ? `${line}\n  ${visibleLine(description)}` : line;
}

function typeOf(mimeType: JsonValue | undefined): string | undefined {
  return typeof mimeType === 'string' && mimeType !== '' ? visibleLine(mimeType, 80) : undefined;
}

function nameOf(uri: JsonValue | undefined): string | undefined {
  if (typeof uri !== 'string') return undefined;
  const [address = ''] = uri.split(/[?#]/, 1);
  const name = path.posix.basename(address);
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

function isBase64(value: JsonValue | undefined): value is string {
  return typeof value === 'string' && !/[^A-Za-z0-9+/\-_=\s]/.test(value) && value.replaceAll(/[\s=]/g, '').length % 4 !== 1;
}
