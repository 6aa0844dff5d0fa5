import type { KeySource } from './encryption-key.ts';

/** Secrets by key, such as `integration.agora.accounts.default.customer_secret`, encrypted in `$KOSMO_HOME/secrets.json`. */
export interface SecretStore {
  readonly file: string;
  /** Returns the value and remembers it for redaction; undefined if it is not stored. Throws `SECRET_UNREADABLE`. */
  readonly get: (key: string) => Promise<string | undefined>;
  readonly set: (key: string, value: string) => Promise<void>;
  readonly unset: (key: string) => Promise<void>;
  /** Sets several as one change, computed from the stored ones. */
  readonly change: (make: (read: (key: string) => string | undefined) => Readonly<Record<string, string>>) => Promise<void>;
  /** Removes several as one change. It needs no key. */
  readonly remove: (keys: readonly string[]) => Promise<void>;
  /** Returns the names that begin with `prefix`, sorted. Decrypts nothing. */
  readonly keys: (prefix?: string) => Promise<readonly string[]>;
  /**
   * Encrypts all secrets with a new key and returns their number. At each moment one of the two keys can read them. A key from the environment
   * is derived from `newPhrase`, every other one is random. Throws `SECRET_UNREADABLE` before a change.
   */
  readonly rotate: (newPhrase: string | undefined) => Promise<number>;
  readonly keySource: () => Promise<KeySource>;
  /** Describes for people where the key is, or would be. */
  readonly describeKey: () => Promise<string>;
}
