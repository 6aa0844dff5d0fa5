import { lstatSync } from 'node:fs';
import path from 'node:path';
import { homeFolder } from '../config/index.ts';
import type { KeyLocation, KeySource } from './encryption-key.ts';

/** Secrets by key, such as `integration.agora.accounts.default.customer_secret`, encrypted in `$KOSMO_HOME/secrets.json`. */
export interface SecretStore {
  readonly file: string;
  /** The value, remembered for redaction; undefined where there is none. Throws `SECRET_UNREADABLE`, never returns garbage. */
  readonly get: (key: string) => Promise<string | undefined>;
  readonly set: (key: string, value: string) => Promise<void>;
  readonly unset: (key: string) => Promise<void>;
  /** Sets several as one change, made from what is there. */
  readonly change: (make: (read: (key: string) => string | undefined) => Readonly<Record<string, string>>) => Promise<void>;
  /** Removes several as one change, which needs no key of the encryption. */
  readonly remove: (keys: readonly string[]) => Promise<void>;
  /** The keys that begin with `prefix`, sorted. Decrypts nothing. */
  readonly keys: (prefix?: string) => Promise<readonly string[]>;
  /**
   * Encrypts all secrets with a new key, under which they can be read at any moment with one of the two; returns how many there are. A key
   * from the environment is made from `newPhrase`, every other one at random. Throws `SECRET_UNREADABLE`, and then changes nothing.
   */
  readonly rotate: (newPhrase: string | undefined) => Promise<number>;
  readonly keySource: () => Promise<KeySource>;
  /** For people: where the key of the encryption is, or would be. */
  readonly describeKey: () => Promise<string>;
}

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
