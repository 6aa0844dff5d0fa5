import { createHmac, hkdfSync } from 'node:crypto';
import { KosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import { canonical } from './canonical.ts';
import type { StoredLine } from './store.ts';

/** Encrypts and decrypts texts with a name that is authenticated as well. */
export interface Cipher {
  readonly encrypt: (key: Buffer, name: string, text: string) => string;
  /** Undefined for every text of another key or name. */
  readonly decrypt: (key: Buffer, name: string, sealed: string) => string | undefined;
}

const KEY_BYTES = 32;
const HASH_LENGTH = 16;

/** Seals the lines of one run: no line can be read, changed or moved without its key. */
export class LineSealer {
  readonly #id: string;
  readonly #cipher: Cipher;
  readonly #sealKey: Buffer;
  readonly #hashKey: Buffer;

  constructor(id: string, master: Buffer, cipher: Cipher) {
    const derive = (info: string): Buffer => Buffer.from(hkdfSync('sha256', master, id, info, KEY_BYTES));
    this.#id = id;
    this.#cipher = cipher;
    this.#sealKey = derive('kosmo run seal');
    this.#hashKey = derive('kosmo run hash');
  }

  /** Seals `secret` to the plain fields of a line. */
  seal(plain: Omit<StoredLine, 'z'>, secret: unknown): StoredLine {
    return { ...plain, z: this.#cipher.encrypt(this.#sealKey, this.#name(plain), JSON.stringify(secret)) } as StoredLine;
  }

  /** The sealed part of a line. Throws `RUN_UNREADABLE` for a line that was changed, or is of another run or key. */
  open({ z, ...plain }: StoredLine): Record<string, JsonValue> {
    const text = this.#cipher.decrypt(this.#sealKey, this.#name(plain as Omit<StoredLine, 'z'>), z);
    if (text === undefined)
      throw new KosmoError(
        'RUN_UNREADABLE',
        `Line ${plain.n} of the journal of run ${this.#id} is damaged, or was written with another key.`,
        { hint: 'restore the folder of the run and the secrets from one backup' },
      );
    return JSON.parse(text) as Record<string, JsonValue>;
  }

  /** Proves that a call is the same, without its arguments. */
  hash(name: string, args: JsonValue): string {
    return createHmac('sha256', this.#hashKey)
      .update(canonical([name, args]))
      .digest('base64url')
      .slice(0, HASH_LENGTH);
  }

  #name(plain: Omit<StoredLine, 'z'>): string {
    return `run/${this.#id}/${JSON.stringify(plain)}`;
  }
}
