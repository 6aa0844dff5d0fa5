import type { KeySource } from './encryption-key.ts';

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
