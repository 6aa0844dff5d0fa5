import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileReason } from '../../platform/file-errors.ts';
import { usage } from '../options/parse-values.ts';
import { type FilePiece, formatBytes } from './content-pieces.ts';

/** A folder for the files of a result. */
export interface SaveFolder {
  /** Writes a file under a name that is free, and describes it in one line. Rejects if the file cannot be written. */
  readonly save: (piece: FilePiece, fallbackName: string) => Promise<string>;
  /** Removes the folder if it was made for this call and holds nothing. */
  readonly close: () => Promise<void>;
}

/** File names that are tried for one file. */
const MAX_NAMES = 1000;
const MAX_STEM_LENGTH = 60;

/** Opens the folder of `--save` before anything is sent, and makes it if it does not exist. Throws `USAGE`. */
export async function openSaveFolder(folder: string): Promise<SaveFolder> {
  if (folder === '') throw usage('--save takes a folder', 'for example --save pictures');
  const made = await mkdir(folder, { recursive: true }).catch((thrown: unknown) => {
    const { code } = thrown as NodeJS.ErrnoException;
    throw usage(`--save cannot use ${folder}: ${code === 'EEXIST' ? 'it is a file, not a folder' : fileReason(thrown)}`);
  });
  return {
    save: (piece, fallbackName) => saveFile(folder, piece, fallbackName),
    async close() {
      if (made !== undefined) await rmdir(folder).catch(() => undefined);
    },
  };
}

async function saveFile(folder: string, piece: FilePiece, fallbackName: string): Promise<string> {
  const wanted = fileName(piece, fallbackName);
  const { content, type } = piece;
  const bytes = 'text' in content ? Buffer.from(content.text) : Buffer.from(content.base64, 'base64');
  const { name: stem, ext } = path.parse(wanted);
  for (let count = 1; count <= MAX_NAMES; count++) {
    const name = count === 1 ? wanted : `${stem}-${count}${ext}`;
    const file = path.join(folder, name);
    try {
      // Fails if the name exists, also as a link to another place.
      await writeFile(file, bytes, { flag: 'wx' });
      const facts = [...(type === undefined ? [] : [type]), formatBytes(bytes.length)].join(', ');
      return `saved ${file} (${facts})${name === wanted ? '' : `; ${wanted} existed and is unchanged`}`;
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EEXIST') throw thrown;
    }
  }
  throw new Error(`there are already ${MAX_NAMES} files named ${wanted}`);
}

const EXTENSIONS: Readonly<Record<string, string>> = {
  'application/octet-stream': 'bin',
  'application/javascript': 'js',
  'audio/mp4': 'm4a',
  'audio/mpeg': 'mp3',
  'audio/wave': 'wav',
  'audio/x-wav': 'wav',
  'image/jpeg': 'jpg',
  'image/svg+xml': 'svg',
  'image/vnd.microsoft.icon': 'ico',
  'image/x-icon': 'ico',
  'text/javascript': 'js',
  'text/markdown': 'md',
  'text/plain': 'txt',
  'video/quicktime': 'mov',
};

// The server chooses the name, so only letters, digits and a few harmless characters of it are kept.
function fileName({ name = '', type = '', content }: FilePiece, fallbackName: string): string {
  const { name: stem, ext } = path.parse(safeWord(name));
  const base = safeWord(stem) || safeWord(fallbackName);
  const short = [...(base === '' ? 'file' : base)].slice(0, MAX_STEM_LENGTH).join('');
  // Names of devices on Windows, whatever their extension is.
  const harmless = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i.test(short.split('.', 1)[0] ?? '') ? `_${short}` : short;
  return `${harmless}${/^\.[A-Za-z0-9]{1,10}$/.test(ext) ? ext : `.${extensionOf(type, 'text' in content)}`}`;
}

function safeWord(word: string): string {
  return word
    .normalize('NFC')
    .replaceAll(/[^\p{L}\p{N}._-]+/gu, '-')
    .replaceAll(/^[.-]+|[.-]+$/g, '');
}

function extensionOf(type: string, isText: boolean): string {
  const [mime = ''] = type.toLowerCase().split(/[;\s]/, 1);
  if (Object.hasOwn(EXTENSIONS, mime)) return EXTENSIONS[mime] as string;
  const [, subtype] = /^[a-z]+\/(?:[a-z0-9.-]+\+|x-)?([a-z0-9]{1,8})$/.exec(mime) ?? [];
  return subtype ?? (isText ? 'txt' : 'bin');
}
