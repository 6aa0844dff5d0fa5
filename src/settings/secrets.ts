import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import path from 'node:path';
import { rememberSecret } from '../errors/index.ts';
import { changeFile, readFileIfThere } from './files.ts';
import { homeFolder } from './home.ts';
import { findKey, type KeyDescription, type KeyPlace, makeKey, PLACES, passphrase, unreadable } from './secret-key.ts';

/** Secrets by key, such as `integration.agora.accounts.default.customer_secret`, encrypted in `$KOSMO_HOME/secrets.json`. */
export interface SecretStore {
  readonly file: string;
  /** The value, remembered for redaction; undefined where there is none. Throws `SECRET_UNREADABLE`, never returns garbage. */
  readonly get: (key: string) => Promise<string | undefined>;
  readonly set: (key: string, value: string) => Promise<void>;
  readonly unset: (key: string) => Promise<void>;
  /** Several changes as one: undefined removes. The values are made from what is there. */
  readonly change: (changes: (read: (key: string) => string | undefined) => Readonly<Record<string, string | undefined>>) => Promise<void>;
  /** The keys that begin with `prefix`, sorted. Decrypts nothing. */
  readonly keys: (prefix?: string) => Promise<readonly string[]>;
  /** For people: where the key of the encryption is, or would be. */
  readonly describeKey: () => Promise<string>;
}

interface StoreFile {
  readonly version: 1;
  /** `check` is encrypted like a secret: what opens it is the key of all others. */
  readonly key: KeyDescription & { readonly check: string };
  readonly secrets: Readonly<Record<string, string>>;
}

const CHECK = 'kosmo';

/** Opens the store; nothing is read until something is asked of it. */
export function openSecretStore(place: KeyPlace): SecretStore {
  const file = path.join(homeFolder(place.env), 'secrets.json');
  const read = (): StoreFile | undefined => parse(file, readFileIfThere(file));

  const keyOf = async ({ key: description }: StoreFile): Promise<Buffer> => {
    const key = await findKey(description, place);
    if (decrypt(key, CHECK, description.check) !== CHECK)
      throw unreadable(
        `The key ${PLACES[description.from](place.env)} is not the one that ${file} was encrypted with.`,
        'give the right key',
      );
    return key;
  };
  const open = (key: Buffer, name: string, sealed: string): string => {
    const value = decrypt(key, name, sealed);
    if (value === undefined) throw unreadable(`The secret ${name} in ${file} is damaged, or was moved there from another place.`);
    rememberSecret(value);
    return value;
  };

  const change: SecretStore['change'] = (changes) =>
    changeFile(file, async (text) => {
      const store = parse(file, text);
      const { key, description } = store === undefined ? await makeStoreKey(place) : { key: await keyOf(store), description: store.key };
      const { secrets: before = {} } = store ?? {};
      const changed = changes((name) => {
        const sealed = Object.hasOwn(before, name) ? before[name] : undefined;
        return sealed === undefined ? undefined : open(key, name, sealed);
      });
      const secrets = new Map(Object.entries(before));
      for (const [name, value] of Object.entries(changed)) {
        if (value === undefined) secrets.delete(name);
        else secrets.set(name, encrypt(key, name, value));
      }
      const after: StoreFile = {
        version: 1,
        key: description,
        secrets: Object.fromEntries([...secrets].sort(([a], [b]) => (a < b ? -1 : 1))),
      };
      return `${JSON.stringify(after, null, 2)}\n`;
    });

  return {
    file,
    change,
    async get(name) {
      const store = read();
      const sealed = store !== undefined && Object.hasOwn(store.secrets, name) ? store.secrets[name] : undefined;
      return store === undefined || sealed === undefined ? undefined : open(await keyOf(store), name, sealed);
    },
    async set(name, value) {
      rememberSecret(value);
      await change(() => ({ [name]: value }));
    },
    async unset(name) {
      if (read()?.secrets[name] !== undefined) await change(() => ({ [name]: undefined }));
    },
    async keys(prefix = '') {
      return Object.keys(read()?.secrets ?? {})
        .filter((name) => name.startsWith(prefix))
        .sort();
    },
    async describeKey() {
      const from = read()?.key.from ?? (passphrase(place.env) === undefined ? 'file' : 'environment');
      return PLACES[from](place.env);
    },
  };
}

async function makeStoreKey(place: KeyPlace): Promise<{ readonly key: Buffer; readonly description: StoreFile['key'] }> {
  const { key, description } = await makeKey(place);
  return { key, description: { ...description, check: encrypt(key, CHECK, CHECK) } };
}

// A store that cannot be understood is no empty one: the next write would lose what is in it.
function parse(file: string, text: string | undefined): StoreFile | undefined {
  if (text === undefined) return undefined;
  let store: Partial<StoreFile> | null;
  try {
    store = JSON.parse(text) as Partial<StoreFile> | null;
  } catch {
    throw unreadable(`${file} is not valid JSON.`);
  }
  const isWhole =
    typeof store?.secrets === 'object' &&
    store.secrets !== null &&
    Object.values(store.secrets).every((sealed) => typeof sealed === 'string') &&
    typeof store.key?.check === 'string' &&
    Object.hasOwn(PLACES, store.key.from);
  if (store?.version !== 1 || !isWhole) throw unreadable(`${file} is not what this version of kosmo writes.`);
  return store as StoreFile;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;

// AES-256-GCM. The name is part of what is authenticated: a secret cannot be moved to another account.
function encrypt(key: Buffer, name: string, value: string): string {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(name, 'utf8'));
  return Buffer.concat([iv, cipher.update(value, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

function decrypt(key: Buffer, name: string, sealed: string): string | undefined {
  const bytes = Buffer.from(sealed, 'base64');
  if (bytes.length < IV_BYTES + TAG_BYTES) return undefined;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(name, 'utf8'))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
