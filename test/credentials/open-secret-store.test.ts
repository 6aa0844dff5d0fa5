import { existsSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { openSecretStore } from '../../src/credentials/index.ts';
import { tempFolder } from '../helpers/temp-folder.ts';

const KEY = 'integration.agora.accounts.default.customer_secret';
const VALUE = 'customer-S3CRET-é';

const place = (more: Record<string, string> = {}) => ({ env: { KOSMO_HOME: tempFolder(), ...more } });
const modeOf = (file: string): number => statSync(file).mode & 0o777;

test('a secret comes back, and stands in no file', async () => {
  const { env } = place();
  const store = openSecretStore({ env });
  expect(await store.get(KEY)).toBeUndefined();
  expect(existsSync(store.file)).toBe(false);
  await store.set(KEY, VALUE);
  await store.set('mcp.github.env.TOKEN', 'other-S3CRET');
  expect(await openSecretStore({ env }).get(KEY)).toBe(VALUE);
  expect(await store.keys()).toEqual([KEY, 'mcp.github.env.TOKEN']);
  expect(await store.keys('mcp.')).toEqual(['mcp.github.env.TOKEN']);
  expect(await store.describeKey()).toBe(`in ${env.KOSMO_HOME}/secrets.key`);
  expect(readFileSync(store.file, 'utf8')).not.toContain('S3CRET');
  expect([modeOf(store.file), modeOf(path.join(env.KOSMO_HOME, 'secrets.key'))]).toEqual([0o600, 0o600]);
  await store.unset(KEY);
  expect(await store.keys()).toEqual(['mcp.github.env.TOKEN']);
});

test('the same secret never looks the same twice', async () => {
  const store = openSecretStore(place());
  await store.set(KEY, VALUE);
  const first = readFileSync(store.file, 'utf8');
  await store.set(KEY, VALUE);
  expect(readFileSync(store.file, 'utf8')).not.toBe(first);
});

test('a secret that was moved to another name is refused', async () => {
  const store = openSecretStore(place());
  await store.set(KEY, VALUE);
  writeFileSync(store.file, readFileSync(store.file, 'utf8').replace('accounts.default', 'accounts.other'));
  await expect(store.get(KEY.replace('default', 'other'))).rejects.toMatchObject({
    code: 'SECRET_UNREADABLE',
    message: expect.stringContaining('damaged'),
  });
});

test('with KOSMO_CREDENTIAL_KEY the key is in no file, and a wrong one is told', async () => {
  const { env } = place();
  const right = openSecretStore({ env: { ...env, KOSMO_CREDENTIAL_KEY: 'passphrase-S3CRET' } });
  await right.set(KEY, VALUE);
  expect(existsSync(path.join(env.KOSMO_HOME, 'secrets.key'))).toBe(false);
  expect(await right.get(KEY)).toBe(VALUE);
  expect(await right.describeKey()).toBe('from KOSMO_CREDENTIAL_KEY');
  const before = readFileSync(right.file, 'utf8');
  for (const [key, message] of [
    ['wrong', `The key from KOSMO_CREDENTIAL_KEY is not the one that ${right.file} was encrypted with.`],
    [' ', 'The secrets were encrypted with KOSMO_CREDENTIAL_KEY, which is not set.'],
  ] as const) {
    const wrong = openSecretStore({ env: { ...env, KOSMO_CREDENTIAL_KEY: key } });
    await expect(wrong.get(KEY)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE', message });
    await expect(wrong.set(KEY, 'new')).rejects.toMatchObject({ code: 'SECRET_UNREADABLE', message });
    expect(await wrong.keys()).toEqual([KEY]);
  }
  expect(readFileSync(right.file, 'utf8')).toBe(before);
  await openSecretStore({ env }).unset(KEY);
  expect(await right.keys()).toEqual([]);
});

test('a key of 32 random bytes works as a passphrase does', async () => {
  const key = 'b8mJ3f0C+S3CRET+0123456789012345678901234567=';
  const { env } = place({ KOSMO_CREDENTIAL_KEY: key });
  await openSecretStore({ env }).set(KEY, VALUE);
  expect(await openSecretStore({ env }).get(KEY)).toBe(VALUE);
  const wrong = { ...env, KOSMO_CREDENTIAL_KEY: key.replace('b8', 'b9') };
  await expect(openSecretStore({ env: wrong }).get(KEY)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' });
});

test('a variable that comes later, a key file that is gone, replaced or damaged are told', async () => {
  const { env } = place();
  const store = openSecretStore({ env });
  const keyFile = path.join(env.KOSMO_HOME, 'secrets.key');
  await store.set(KEY, VALUE);
  await expect(openSecretStore({ env: { ...env, KOSMO_CREDENTIAL_KEY: 'x' } }).get(KEY)).rejects.toMatchObject({
    message: `The secrets were encrypted with the key in ${keyFile}, not with KOSMO_CREDENTIAL_KEY, which is set.`,
    hint: expect.stringContaining('unset KOSMO_CREDENTIAL_KEY'),
  });
  writeFileSync(keyFile, `${Buffer.alloc(32, 7).toString('base64')}\n`);
  await expect(store.get(KEY)).rejects.toMatchObject({ message: expect.stringContaining('is not the one') });
  writeFileSync(keyFile, '');
  await expect(store.get(KEY)).rejects.toMatchObject({ message: expect.stringContaining('is damaged') });
  renameSync(keyFile, `${keyFile}.old`);
  await expect(store.get(KEY)).rejects.toMatchObject({ message: expect.stringContaining('is gone') });
  await expect(store.set(KEY, 'new')).rejects.toMatchObject({ message: expect.stringContaining('is gone') });
});

test.each([
  '',
  '{',
  '[]',
  '{"version":2}',
  '{"version":1,"key":{"from":"file","check":"x"},"secrets":{"a":1}}',
  '{"version":1,"key":{"from":"toString","check":"x"},"secrets":{}}',
])('a store of %j is not taken for an empty one', async (text) => {
  const store = openSecretStore(place());
  writeFileSync(store.file, text);
  await expect(store.get(KEY)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' });
  await expect(store.set(KEY, VALUE)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' });
  expect(readFileSync(store.file, 'utf8')).toBe(text);
});

test('where the key cannot be kept nothing is stored', async () => {
  const { env } = place();
  const store = openSecretStore({ env });
  writeFileSync(path.join(env.KOSMO_HOME, 'secrets.key'), 'not a key');
  await expect(store.set(KEY, VALUE)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE' });
  expect(existsSync(store.file)).toBe(false);
});

test('a folder that cannot be made is told', async () => {
  const file = path.join(tempFolder(), 'file');
  writeFileSync(file, '');
  const store = openSecretStore({ env: { KOSMO_HOME: path.join(file, 'home') } });
  await expect(store.set(KEY, VALUE)).rejects.toMatchObject({
    code: 'SETTINGS_UNAVAILABLE',
    message: `${store.file} cannot be written: what is above it is no folder.`,
  });
});

test('a keychain that works keeps the key; one that does not is skipped', async () => {
  const { env } = place();
  let kept: string | null = null;
  const loadKeychain = async () => ({
    read: () => kept,
    write: (value: string) => {
      kept = value;
    },
  });
  const store = openSecretStore({ env, loadKeychain });
  await store.set(KEY, VALUE);
  expect(await store.get(KEY)).toBe(VALUE);
  expect(await store.describeKey()).toBe('in the keychain of the operating system');
  expect(existsSync(path.join(env.KOSMO_HOME, 'secrets.key'))).toBe(false);
  const locked = openSecretStore({ env, loadKeychain: () => Promise.reject(new Error('locked')) });
  await expect(locked.get(KEY)).rejects.toMatchObject({ code: 'SECRET_UNREADABLE', message: expect.stringContaining('locked') });
  const without = openSecretStore({ env: { KOSMO_HOME: tempFolder() }, loadKeychain: () => Promise.reject(new Error('locked')) });
  await without.set(KEY, VALUE);
  expect(await without.describeKey()).toContain('secrets.key');
});

test('several changes are one, made from what is there', async () => {
  const store = openSecretStore(place());
  await store.set('a', VALUE);
  await store.change((read) => ({ b: `${read('a')}!`, c: 'third-S3CRET' }));
  expect(await store.get('b')).toBe(`${VALUE}!`);
  await store.remove(['a', 'b', 'nothing']);
  expect(await store.keys()).toEqual(['c']);
});
