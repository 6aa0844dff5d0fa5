import { lstatSync } from 'node:fs';
import path from 'node:path';
import { homeFolder } from '../config/index.ts';
import type { KeyLocation } from './encryption-key.ts';
import type { SecretStore } from './secret-store.ts';

/** Opens the store. Nothing is read until something is asked of it, and where there is no file nothing of the encryption is loaded. */
export function openSecretStore(place: KeyLocation): SecretStore {
  const file = path.join(homeFolder(place.env), 'secrets.json');
  // Also a link that leads nowhere: without it, secrets would be missing and not unreadable.
  const isThere = (): boolean => {
    try {
      return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
    } catch {
      // Its reader says why.
      return true;
    }
  };
  let loaded: Promise<Omit<SecretStore, 'set' | 'unset'>> | undefined;
  const store = (): NonNullable<typeof loaded> => {
    loaded ??= import('./encrypted-file.ts').then(({ openEncryptedFile }) => openEncryptedFile(file, place));
    return loaded;
  };
  const keys: SecretStore['keys'] = async (prefix) => (isThere() ? (await store()).keys(prefix) : []);
  const change: SecretStore['change'] = async (make) => (await store()).change(make);
  const remove: SecretStore['remove'] = async (names) => {
    const known = await keys();
    if (names.some((name) => known.includes(name))) await (await store()).remove(names);
  };
  return {
    file,
    keys,
    change,
    get: async (key) => (isThere() ? (await store()).get(key) : undefined),
    set: (key, value) => change(() => ({ [key]: value })),
    unset: (key) => remove([key]),
    remove,
    rotate: async (newPhrase) => (isThere() ? (await store()).rotate(newPhrase) : 0),
    keySource: async () => (await store()).keySource(),
    describeKey: async () => (await store()).describeKey(),
  };
}
