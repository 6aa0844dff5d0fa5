import { lstatSync } from 'node:fs';
import path from 'node:path';
import { homeFolder } from '../config/index.ts';
import type { KeyLocation } from './encryption-key.ts';
import type { SecretStore } from './secret-store.ts';

/** The encryption of secrets, for what else is kept with a key of the store. */
export async function loadCipher(): Promise<typeof import('./aes-gcm.ts')> {
  return import('./aes-gcm.ts');
}

/** Opens the store. It reads nothing before its first use, and loads no code for encryption if the file does not exist. */
export function openSecretStore(place: KeyLocation): SecretStore {
  const file = path.join(homeFolder(place.env), 'secrets.json');
  // A link to a missing file counts as a file: its secrets are unreadable, not missing.
  const isThere = (): boolean => {
    try {
      return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
    } catch {
      // The reader reports the error.
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
