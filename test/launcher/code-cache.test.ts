import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { type CodeCache, openCodeCache } from '../../src/launcher/code-cache.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const CODE = Buffer.from('what V8 made of it');
const posix = process.platform !== 'win32';

let base: string;
let env: Readonly<Record<string, string>>;
beforeEach(() => {
  base = tempFolder();
  env = { XDG_CACHE_HOME: base, LOCALAPPDATA: base };
});

const open = (environment = env): CodeCache => openCodeCache(environment, 128);
const folder = (): string => path.join(base, 'kosmo');
const onlyFile = (): string => path.join(folder(), readdirSync(folder())[0] ?? '');
const read = (): string | undefined => open().read('lua.abc')?.toString();
const write = (): void => open().write('lua.abc', CODE);

describe.skipIf(process.platform === 'darwin')('compiled code', () => {
  test('comes back as it was kept, for this version of Node, in a file of the user alone', () => {
    expect(read()).toBeUndefined();
    write();
    write();
    expect(read()).toBe('what V8 made of it');
    expect(open().read('lua.abd')).toBeUndefined();
    expect(readdirSync(folder())).toEqual([`lua.abc-${process.version}-${process.arch}.bin`]);
    if (posix) expect([statSync(folder()).mode & 0o777, statSync(onlyFile()).mode & 0o777]).toEqual([0o700, 0o600]);
  });

  test.each<readonly [string, () => void]>([
    ['something was written into it', () => writeFileSync(onlyFile(), Buffer.from(readFileSync(onlyFile())).fill('x', 3, 5))],
    ['it was cut short', () => writeFileSync(onlyFile(), 'what')],
    ['it is empty', () => writeFileSync(onlyFile(), '')],
  ])('is ignored when %s', (_what, change) => {
    write();
    change();
    expect(read()).toBeUndefined();
  });

  test('is ignored with any bit flipped, whatever its time says', () => {
    write();
    const whole = readFileSync(onlyFile());
    const { atime, mtime } = statSync(onlyFile());
    for (let bit = 0; bit < whole.length * 8; bit++) {
      const damaged = Buffer.from(whole);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      writeFileSync(onlyFile(), damaged);
      utimesSync(onlyFile(), atime, mtime);
      expect(read()).toBeUndefined();
    }
    write();
    expect(read()).toBe('what V8 made of it');
  });

  test.skipIf(!posix).each<readonly [string, (file: string) => void]>([
    ['a folder', (file) => mkdirSync(file)],
    ['a named pipe', (file) => execFileSync('mkfifo', [file])],
    ['a link to a device', (file) => symlinkSync('/dev/zero', file)],
  ])('is ignored where %s has its name', (_what, make) => {
    write();
    const file = onlyFile();
    rmSync(file);
    make(file);
    expect(read()).toBeUndefined();
  });

  test.skipIf(!posix).each<readonly [string, () => void]>([
    ['in a folder that others may write', () => chmodSync(folder(), 0o777)],
    ['in a file that others may write', () => chmodSync(onlyFile(), 0o660)],
    [
      'through a link',
      () => {
        renameSync(onlyFile(), path.join(base, 'elsewhere'));
        symlinkSync(path.join(base, 'elsewhere'), path.join(folder(), `lua.abc-${process.version}-${process.arch}.bin`));
      },
    ],
  ])('is not used if another user could have put it there: %s', (_what, change) => {
    write();
    change();
    expect(read()).toBeUndefined();
  });

  test.skipIf(!posix)('is not kept in a folder that others may write', () => {
    write();
    chmodSync(folder(), 0o777);
    open().write('cli.abc', CODE);
    expect(readdirSync(folder())).toHaveLength(1);
  });

  test('is neither kept nor taken where there is no place for it, or NODE_DISABLE_COMPILE_CACHE is set', () => {
    const nowhere = open({ XDG_CACHE_HOME: path.join(base, 'a file'), LOCALAPPDATA: path.join(base, 'a file') });
    writeFileSync(path.join(base, 'a file'), '');
    nowhere.write('lua.abc', CODE);
    expect(nowhere.read('lua.abc')).toBeUndefined();
    const disabled = { ...env, NODE_DISABLE_COMPILE_CACHE: '1' };
    open(disabled).write('lua.abc', CODE);
    expect(readdirSync(base)).toEqual(['a file']);
    write();
    expect(open(disabled).read('lua.abc')).toBeUndefined();
  });

  test('does not pile up: the oldest goes', () => {
    for (let i = 0; i < 129; i++) {
      open().write(`lua.${i}`, CODE);
      if (i === 0) utimesSync(onlyFile(), 1, 1);
    }
    expect(readdirSync(folder())).toHaveLength(64);
    expect(open().read('lua.0')).toBeUndefined();
  });
});
