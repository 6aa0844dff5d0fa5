import { changeFile, readFileIfThere } from '../config/index.ts';
import { rememberSecret } from '../errors/index.ts';
import { decrypt, encrypt } from './aes-gcm.ts';
import {
  findKeys,
  KEY_SOURCES,
  type KeyDescription,
  type KeyLocation,
  makeKey,
  passphrase,
  secretUnreadable,
  settleKey,
  stageKey,
} from './encryption-key.ts';
import type { SecretStore } from './secret-store.ts';

interface StoreFile {
  readonly version: 1;
  /** `check` is a known text, encrypted with the key of the store. It shows whether a key is the right one. */
  readonly key: KeyDescription & { readonly check: string };
  readonly secrets: Readonly<Record<string, string>>;
}

const CHECK = 'kosmo';

/** Opens the store in a file. Reads nothing yet. */
export function openEncryptedFile(file: string, place: KeyLocation): Omit<SecretStore, 'set' | 'unset'> {
  const read = (): StoreFile | undefined => parse(file, readFileIfThere(file));

  const change: SecretStore['change'] = (make) =>
    changeFile(file, async (text) => {
      const store = parse(file, text);
      const { key, description } =
        store === undefined ? await makeStoreKey(place) : { key: await keyOf(file, place, store), description: store.key };
      const secrets = new Map(Object.entries(store?.secrets ?? {}));
      const changes = make((name) => {
        const sealed = secrets.get(name);
        return sealed === undefined ? undefined : openSecret(file, key, name, sealed);
      });
      for (const [name, value] of Object.entries(changes)) {
        rememberSecret(value);
        secrets.set(name, encrypt(key, name, value));
      }
      return serialize(description, secrets);
    });

  const remove: SecretStore['remove'] = (names) =>
    changeFile(file, (text) => {
      const store = parse(file, text);
      if (store === undefined) return undefined;
      return serialize(store.key, new Map(Object.entries(store.secrets).filter(([name]) => !names.includes(name))));
    });

  const keySource: SecretStore['keySource'] = async () =>
    read()?.key.from ?? (passphrase(place.env) === undefined ? 'file' : 'environment');

  const get: SecretStore['get'] = async (name) => {
    const store = read();
    const sealed = store !== undefined && Object.hasOwn(store.secrets, name) ? store.secrets[name] : undefined;
    return store === undefined || sealed === undefined ? undefined : openSecret(file, await keyOf(file, place, store), name, sealed);
  };

  return {
    file,
    change,
    remove,
    rotate: (newPhrase) => rotateKey(file, place, newPhrase),
    // The key may have been changed between the reading of the two files.
    get: (name) => get(name).catch(() => get(name)),
    async keys(prefix = '') {
      return Object.keys(read()?.secrets ?? {})
        .filter((name) => name.startsWith(prefix))
        .sort();
    },
    async describeKey() {
      return KEY_SOURCES[await keySource()](place.env);
    },
    keySource,
  };
}

async function rotateKey(file: string, place: KeyLocation, newPhrase: string | undefined): Promise<number> {
  let count = 0;
  await changeFile(file, async (text) => {
    const store = parse(file, text);
    if (store === undefined) return undefined;
    const old = await keyOf(file, place, store);
    const values = Object.entries(store.secrets).map(([name, sealed]) => [name, openSecret(file, old, name, sealed)] as const);
    count = values.length;
    const { key, description } = await stageKey(old, store.key, place, newPhrase);
    const secrets = new Map(values.map(([name, value]) => [name, encrypt(key, name, value)]));
    return serialize({ ...description, check: encrypt(key, CHECK, CHECK) }, secrets);
  });
  // Under the lock of the store again, because another process may have changed the key meanwhile.
  await changeFile(file, async (text) => {
    const store = parse(file, text);
    if (store !== undefined && store.key.from !== 'environment') await settleKey(await keyOf(file, place, store), store.key.from, place);
    return undefined;
  });
  return count;
}

/** Finds the key of a store. Throws `SECRET_UNREADABLE` if none of the known keys opens it. */
async function keyOf(file: string, place: KeyLocation, { key: description }: StoreFile): Promise<Buffer> {
  const keys = await findKeys(description, place);
  const key = keys.find((candidate) => decrypt(candidate, CHECK, description.check) === CHECK);
  if (key === undefined)
    throw secretUnreadable(
      `The key ${KEY_SOURCES[description.from](place.env)} is not the one that ${file} was encrypted with.`,
      'give the right key',
    );
  return key;
}

function openSecret(file: string, key: Buffer, name: string, sealed: string): string {
  const value = decrypt(key, name, sealed);
  if (value === undefined) throw secretUnreadable(`The secret ${name} in ${file} is damaged, or was moved there from another place.`);
  rememberSecret(value);
  return value;
}

function serialize(key: StoreFile['key'], secrets: ReadonlyMap<string, string>): string {
  const sorted = [...secrets].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify({ version: 1, key, secrets: Object.fromEntries(sorted) } satisfies StoreFile, null, 2)}\n`;
}

async function makeStoreKey(place: KeyLocation): Promise<{ readonly key: Buffer; readonly description: StoreFile['key'] }> {
  const { key, description } = await makeKey(place);
  return { key, description: { ...description, check: encrypt(key, CHECK, CHECK) } };
}

// An unreadable store must not count as empty: the next write would lose its secrets.
function parse(file: string, text: string | undefined): StoreFile | undefined {
  if (text === undefined) return undefined;
  let store: Partial<StoreFile> | null;
  try {
    store = JSON.parse(text) as Partial<StoreFile> | null;
  } catch {
    throw secretUnreadable(`${file} is not valid JSON.`);
  }
  const isWhole =
    typeof store?.secrets === 'object' &&
    store.secrets !== null &&
    Object.values(store.secrets).every((sealed) => typeof sealed === 'string') &&
    typeof store.key?.check === 'string' &&
    Object.hasOwn(KEY_SOURCES, store.key.from);
  if (store?.version !== 1 || !isWhole) throw secretUnreadable(`${file} is not what this version of kosmo writes.`);
  return store as StoreFile;
}
