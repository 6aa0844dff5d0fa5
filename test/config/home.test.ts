import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { findProject, homeFolder } from '../../src/config/index.ts';
import { openCodeCache } from '../../src/launcher/code-cache.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const os = vi.hoisted(() => ({ homedir: (): string => '' }));
vi.mock('node:os', async (importOriginal) => {
  const original = await importOriginal<typeof import('node:os')>();
  os.homedir = original.homedir;
  return { ...original, homedir: () => os.homedir() };
});
const realHome = homedir();
afterEach(() => {
  os.homedir = () => realHome;
});

const noHome = (): void => {
  os.homedir = () => {
    throw Object.assign(new Error('uv_os_homedir returned ENOENT'), { code: 'ERR_SYSTEM_ERROR' });
  };
};

test.each([
  ['/srv/kosmo', '/srv/kosmo'],
  ['/srv//kosmo/../kosmo/', '/srv/kosmo'],
  ['~', realHome],
  ['~/x/y', path.join(realHome, 'x/y')],
  [' /srv/kosmo ', '/srv/kosmo'],
  ['', path.join(realHome, '.kosmo')],
  ['  ', path.join(realHome, '.kosmo')],
])('KOSMO_HOME=%j is the folder %s', (value, folder) => {
  expect(homeFolder({ KOSMO_HOME: value })).toBe(folder);
});

test.each([
  'state',
  './state',
  '../x',
  '.',
  '$HOME/.kosmo',
  '${HOME}/x',
  '/srv/$USER/kosmo',
  '%h/kosmo',
  '/var/%u',
  '%USERPROFILE%',
  '~root/x',
  '~x',
  'C:kosmo',
])('KOSMO_HOME=%j is refused with the value', (value) => {
  expect(() => homeFolder({ KOSMO_HOME: value })).toThrow(
    expect.objectContaining({ code: 'INVALID_CONFIGURATION', exitCode: 3, message: expect.stringContaining(`KOSMO_HOME is '${value}'`) }),
  );
});

test('with KOSMO_HOME no home folder is needed, and without both the error says to set it', () => {
  noHome();
  expect(homeFolder({ KOSMO_HOME: '/srv/kosmo' })).toBe('/srv/kosmo');
  const folder = tempFolder();
  expect(findProject(folder, { KOSMO_HOME: '/srv/kosmo' })).toBe(folder);
  for (const value of ['', '~/x'])
    expect(() => homeFolder({ KOSMO_HOME: value })).toThrow(
      expect.objectContaining({ exitCode: 3, hint: expect.stringContaining('set KOSMO_HOME') }),
    );
});

test('a home folder that is not absolute does not count', () => {
  os.homedir = () => 'home';
  expect(() => homeFolder({})).toThrow(expect.objectContaining({ exitCode: 3 }));
});

test.skipIf(process.platform !== 'linux').each(['cache', './cache', '$HOME/cache', '%h/cache'])('XDG_CACHE_HOME=%j is ignored', (value) => {
  const folder = tempFolder();
  os.homedir = () => folder;
  openCodeCache({ XDG_CACHE_HOME: value }, 128).write('lua.abc', Buffer.from('code'));
  expect(existsSync(value)).toBe(false);
  expect(readdirSync(path.join(folder, '.cache/kosmo'))).toHaveLength(1);
});
