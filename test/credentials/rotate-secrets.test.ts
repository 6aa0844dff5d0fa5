import { readFileSync, type renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { openSecretStore } from '../../src/credentials/index.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

/** Files that are put into their place until the process counts as killed, and whether the last one still is. */
const life = vi.hoisted(() => ({ renames: Number.POSITIVE_INFINITY, lastOneDone: false }));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const mortal: typeof renameSync = (from, to) => {
    if (life.renames-- > 1) return fs.renameSync(from, to);
    if (life.renames === 0 && life.lastOneDone) fs.renameSync(from, to);
    throw new Error('killed');
  };
  return { ...fs, renameSync: mortal };
});
beforeEach(() => {
  life.renames = Number.POSITIVE_INFINITY;
});

const SECRETS = { a: 'first-S3CRET', b: 'second-S3CRET' };

async function filled(place: Parameters<typeof openSecretStore>[0]) {
  const store = openSecretStore(place);
  await store.change(() => SECRETS);
  return store;
}
const readAll = async (place: Parameters<typeof openSecretStore>[0]) => {
  const store = openSecretStore(place);
  return Object.fromEntries(await Promise.all((await store.keys()).map(async (key) => [key, await store.get(key)])));
};

describe('another key', () => {
  test('in a file: the secrets stay, the old key opens them no longer, and no second key is left', async () => {
    const env = { KOSMO_HOME: tempFolder() };
    const file = path.join(env.KOSMO_HOME, 'secrets.key');
    const store = await filled({ env });
    const [oldKey, oldStore] = [readFileSync(file, 'utf8'), readFileSync(store.file, 'utf8')];
    expect(await store.rotate(undefined)).toBe(2);
    expect(await readAll({ env })).toEqual(SECRETS);
    const newKey = readFileSync(file, 'utf8');
    expect(newKey).toMatch(/^[A-Za-z0-9+/]{43}=\n$/);
    expect(newKey).not.toBe(oldKey);
    writeFileSync(file, oldKey);
    await expect(store.get('a')).rejects.toMatchObject({
      code: 'SECRET_UNREADABLE',
      message: `The key in ${file} is not the one that ${store.file} was encrypted with.`,
    });
    writeFileSync(file, newKey);
    writeFileSync(store.file, oldStore);
    await expect(store.get('a')).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' });
  });

  test('in the keychain', async () => {
    let kept: string | null = null;
    const loadKeychain = async () => ({
      read: () => kept,
      write: (value: string) => {
        kept = value;
      },
    });
    const place = { env: { KOSMO_HOME: tempFolder() }, loadKeychain };
    const store = await filled(place);
    const before = kept;
    await store.rotate(undefined);
    expect(kept).toMatch(/^[A-Za-z0-9+/]{43}=$/);
    expect(kept).not.toBe(before);
    expect(await readAll(place)).toEqual(SECRETS);
  });

  test('in the environment', async () => {
    const env = { KOSMO_HOME: tempFolder(), KOSMO_CREDENTIAL_KEY: 'old phrase' };
    await (await filled({ env })).rotate('new phrase');
    expect(await readAll({ env: { ...env, KOSMO_CREDENTIAL_KEY: 'new phrase' } })).toEqual(SECRETS);
    await expect(openSecretStore({ env }).get('a')).rejects.toMatchObject({
      message: expect.stringContaining('The key from KOSMO_CREDENTIAL_KEY is not the one'),
    });
  });
});

describe('killed at any moment', () => {
  test.each([1, 2, 3].flatMap((renames) => [false, true].map((lastOneDone) => [renames, lastOneDone] as const)))(
    'with a key file, at step %i, done: %s, the secrets can be read, written and given another key',
    async (renames, lastOneDone) => {
      const env = { KOSMO_HOME: tempFolder() };
      const store = await filled({ env });
      Object.assign(life, { renames, lastOneDone });
      await store.rotate(undefined).catch(() => undefined);
      life.renames = Number.POSITIVE_INFINITY;
      expect(await readAll({ env })).toEqual(SECRETS);
      await openSecretStore({ env }).set('c', 'third-S3CRET');
      expect(await store.rotate(undefined)).toBe(3);
      expect(await readAll({ env })).toEqual({ ...SECRETS, c: 'third-S3CRET' });
      expect(readFileSync(path.join(env.KOSMO_HOME, 'secrets.key'), 'utf8').trim().split('\n')).toHaveLength(1);
    },
  );

  test.each([1, 2])('with a keychain, at write %i', async (writes) => {
    let kept: string | null = null;
    let left = Number.POSITIVE_INFINITY;
    const loadKeychain = async () => ({
      read: () => kept,
      write: (value: string) => {
        if (left-- < 1) throw new Error('killed');
        kept = value;
      },
    });
    const place = { env: { KOSMO_HOME: tempFolder() }, loadKeychain };
    const store = await filled(place);
    left = writes - 1;
    await expect(store.rotate(undefined)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' });
    left = Number.POSITIVE_INFINITY;
    expect(await readAll(place)).toEqual(SECRETS);
    await store.rotate(undefined);
    expect(await readAll(place)).toEqual(SECRETS);
  });
});

test('ten at once, with readers beside them, leave one key that opens everything', async () => {
  const env = { KOSMO_HOME: tempFolder() };
  await filled({ env });
  const rotations = Array.from({ length: 10 }, () => openSecretStore({ env }).rotate(undefined));
  const reads = Array.from({ length: 20 }, () => readAll({ env }));
  expect(await Promise.all(reads)).toEqual(Array(20).fill(SECRETS));
  await Promise.all(rotations);
  expect(await readAll({ env })).toEqual(SECRETS);
});

test('a secret that is damaged is named, and nothing is changed', async () => {
  const env = { KOSMO_HOME: tempFolder() };
  const store = await filled({ env });
  const text = readFileSync(store.file, 'utf8').replace(/"b": "./, '"b": "!');
  writeFileSync(store.file, text);
  await expect(store.rotate(undefined)).rejects.toMatchObject({
    code: 'SECRET_UNREADABLE',
    message: expect.stringContaining('The secret b '),
  });
  expect(readFileSync(store.file, 'utf8')).toBe(text);
  expect(await store.get('a')).toBe(SECRETS.a);
});

test('without secrets there is nothing to change', async () => {
  expect(await openSecretStore({ env: { KOSMO_HOME: tempFolder() } }).rotate(undefined)).toBe(0);
});
