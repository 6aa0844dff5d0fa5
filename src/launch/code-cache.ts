import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  futimesSync,
  lstatSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from '../make-folder.ts';
import { absoluteFolder, userHome } from '../platform/home-folder.ts';
import { readTransiently } from './read-file.ts';

/** What V8 compiled in earlier processes, a file a bundle. Whatever is wrong with it, the program only starts slower. */
export interface CodeCache {
  /** What is kept for a bundle, good until the next file is read. */
  readonly read: (bundle: string) => Buffer | undefined;
  readonly write: (bundle: string, data: Buffer) => void;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** More files than a version of kosmo has for two versions of Node. */
const MOST_FILES = 128;

/**
 * The cache of this user and this Node. V8 runs what is in it without looking, so it is used only where nobody else can write. Names of
 * bundles hold a hash of their code: V8 itself compares the length.
 */
export function openCodeCache(env: Environment): CodeCache {
  const folder = env.NODE_DISABLE_COMPILE_CACHE === undefined ? cacheFolder(env) : undefined;
  const fileOf = (bundle: string): string => join(folder ?? '', `${bundle}-${process.version}-${process.arch}.bin`);
  return {
    read(bundle) {
      try {
        return folder !== undefined && isPrivate(lstatSync(folder)) ? readSealed(fileOf(bundle)) : undefined;
      } catch {
        return undefined;
      }
    },
    write(bundle, data) {
      if (folder === undefined) return;
      try {
        makeFolder(folder);
        if (!isPrivate(lstatSync(folder))) return;
        replaceFile(fileOf(bundle), data);
        removeOldest(folder);
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

function replaceFile(file: string, data: Buffer): void {
  const unfinished = `${file}.${process.pid}`;
  try {
    writeSealed(unfinished, data);
    renameSync(unfinished, file);
  } catch (thrown) {
    rmSync(unfinished, { force: true });
    throw thrown;
  }
}

// V8 has no checksum either, and one in JavaScript would cost more than it saves. So a file ends with the time that it was given: whatever
// is written into it later changes that time.
function writeSealed(file: string, data: Buffer): void {
  const seconds = Math.floor(Date.now() / SECONDS_OF_FAT / 1000) * SECONDS_OF_FAT;
  const seal = Buffer.alloc(SEAL_BYTES);
  seal.writeDoubleLE(seconds);
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    writeFileSync(descriptor, data);
    writeFileSync(descriptor, seal);
    futimesSync(descriptor, seconds, seconds);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function readSealed(file: string): Buffer | undefined {
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile() || !isPrivate(stat) || stat.size < SEAL_BYTES) return undefined;
    const data = readTransiently(descriptor, stat.size);
    const end = stat.size - SEAL_BYTES;
    return data?.readDoubleLE(end) === stat.mtimeMs / 1000 ? data.subarray(0, end) : undefined;
  } finally {
    closeSync(descriptor);
  }
}

const SEAL_BYTES = 8;

/** The coarsest clock of a file system. */
const SECONDS_OF_FAT = 2;

function removeOldest(folder: string): void {
  const files = readdirSync(folder).map((name) => join(folder, name));
  if (files.length <= MOST_FILES) return;
  const byAge = files.map((file) => ({ file, time: statSync(file).mtimeMs })).sort((a, b) => b.time - a.time);
  for (const { file } of byAge.slice(MOST_FILES / 2)) rmSync(file, { force: true });
}
