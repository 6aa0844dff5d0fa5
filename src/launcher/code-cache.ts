import { closeSync, constants, fstatSync, lstatSync, openSync, readdirSync, readSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { absoluteFolder, userHome } from '../platform/home-folder.ts';
import { createPrivateDirectory } from '../platform/private-directory.ts';
import { replaceFile } from '../platform/replace-file.ts';
import { readIntoSharedBuffer } from './read-into-shared-buffer.ts';

/** What V8 compiled in earlier processes, a file a bundle. Whatever is wrong with it, the program only starts slower. */
export interface CodeCache {
  /** What is kept for a bundle, good until the next file is read. */
  readonly read: (bundle: string) => Buffer | undefined;
  readonly write: (bundle: string, data: Buffer) => void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The cache of this user and this Node. V8 runs what is in it without looking, so it is used only if no other user can write there. Names of
 * bundles hold a hash of their code: V8 itself compares the length. With more than `maxFiles` files the older half is deleted.
 */
export function openCodeCache(env: Environment, maxFiles: number): CodeCache {
  const folder = env.NODE_DISABLE_COMPILE_CACHE === undefined ? cacheFolder(env) : undefined;
  const fileOf = (bundle: string): string => join(folder ?? '', `${bundle}-${process.version}-${process.arch}.bin`);
  return {
    read(bundle) {
      try {
        return folder !== undefined && isPrivate(lstatSync(folder)) ? readTwice(fileOf(bundle)) : undefined;
      } catch {
        return undefined;
      }
    },
    write(bundle, data) {
      if (folder === undefined) return;
      try {
        createPrivateDirectory(folder);
        if (!isPrivate(lstatSync(folder))) return;
        replaceFile(fileOf(bundle), twice(data));
        removeOldest(folder, maxFiles);
      } catch {
        // The next process tries again.
      }
    },
  };
}

// Undefined if this user has no home folder. By the XDG specification a relative path counts as not set.
function cacheFolder(env: Environment): string | undefined {
  const home = userHome();
  const value = { win32: env.LOCALAPPDATA, darwin: home && join(home, 'Library/Caches') }[process.platform as string] ?? env.XDG_CACHE_HOME;
  const base = absoluteFolder(value ?? '') ?? (home && join(home, '.cache'));
  return base && join(base, 'kosmo');
}

// On Windows the profile folder of a user is closed to others.
function isPrivate({ uid, mode }: { readonly uid: number; readonly mode: number }): boolean {
  return process.geteuid === undefined || (uid === process.geteuid() && (mode & 0o022) === 0);
}

// V8 runs damaged code until it crashes. A checksum in JavaScript, or loading the one of zlib, would cost more than the cache saves; to
// compare two copies is the work of a tenth of a millisecond.
function twice(data: Buffer): Buffer {
  return Buffer.concat([data, data]);
}

function readTwice(file: string): Buffer | undefined {
  // Opening a named pipe would wait for another process.
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || !isPrivate(stat) || stat.size === 0 || stat.size > MAX_FILE_BYTES) return undefined;
    const half = stat.size / 2;
    const first = Number.isInteger(half) ? readIntoSharedBuffer(descriptor, half) : undefined;
    return first !== undefined && followedByCopy(descriptor, first) ? first : undefined;
  } finally {
    closeSync(descriptor);
  }
}

// In pieces: memory that a process touches for the first time costs more than the reading.
function followedByCopy(descriptor: number, first: Buffer): boolean {
  for (let start = 0; start < first.length; start += piece.length) {
    const end = Math.min(start + piece.length, first.length);
    const size = readSync(descriptor, piece, 0, end - start, first.length + start);
    if (size !== end - start || piece.compare(first, start, end, 0, size) !== 0) return false;
  }
  return true;
}

const piece = Buffer.allocUnsafeSlow(32 * 1024);

/** Many times what a bundle compiles to. */
const MAX_FILE_BYTES = 64 * 1024 ** 2;

function removeOldest(folder: string, maxFiles: number): void {
  const files = readdirSync(folder).map((name) => join(folder, name));
  if (files.length <= maxFiles) return;
  const byAge = files.map((file) => ({ file, time: statSync(file).mtimeMs })).sort((a, b) => b.time - a.time);
  for (const { file } of byAge.slice(maxFiles / 2)) rmSync(file, { force: true });
}
