import { hkdfSync, randomBytes, scrypt } from 'node:crypto';
import path from 'node:path';
import { changeFile, homeFolder, readFileIfThere } from '../config/index.ts';
import { KosmoError, rememberSecret } from '../errors/index.ts';

/** Where the key of the secret store comes from. */
export type KeySource = 'environment' | 'keychain' | 'file';

/** The key, as the file of the store describes it. */
export interface KeyDescription {
  readonly from: KeySource;
  /** Base64; of a key that is derived from a passphrase. */
  readonly salt?: string;
}

/** The password service of the operating system. */
export interface Keychain {
  readonly read: () => string | null;
  readonly write: (value: string) => void;
}

export interface KeyLocation {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** @default the keychain of the operating system, if its package is installed */
  readonly loadKeychain?: () => Promise<Keychain>;
}

const KEY_BYTES = 32;

export const KEY_VARIABLE = 'KOSMO_CREDENTIAL_KEY';

export function keyFile(env: KeyLocation['env']): string {
  return path.join(homeFolder(env), 'secrets.key');
}

/** Returns the passphrase of the environment. A blank one counts as not set: CI sets it so for runs without access to secrets. */
export function passphrase({ [KEY_VARIABLE]: text = '' }: KeyLocation['env']): string | undefined {
  if (text.trim() === '') return undefined;
  rememberSecret(text);
  return text;
}

/** Returns the keys that may open a store: two after a rotation that was killed, otherwise one. Throws `SECRET_UNREADABLE` if there is no key. */
export async function findKeys({ from, salt = '' }: KeyDescription, place: KeyLocation): Promise<readonly Buffer[]> {
  const { env } = place;
  const phrase = passphrase(env);
  if (phrase !== undefined && from === 'environment') return [await derive(phrase, salt)];
  if (phrase !== undefined)
    throw secretUnreadable(
      `The secrets were encrypted with the key ${KEY_SOURCES[from](env)}, not with ${KEY_VARIABLE}, which is set.`,
      `unset ${KEY_VARIABLE}`,
    );
  if (from === 'environment')
    throw secretUnreadable(
      `The secrets were encrypted with ${KEY_VARIABLE}, which is not set.`,
      `set ${KEY_VARIABLE} to what it was when they were stored`,
    );
  const text = await readKept(from, place);
  if (text === undefined) throw secretUnreadable(`The key ${KEY_SOURCES[from](env)} is gone, so the secrets cannot be decrypted.`);
  return decode(text, KEY_SOURCES[from](env));
}

/**
 * Makes the key that replaces another one. The key file or the keychain keeps both until `settleKey`, so that a killed process leaves the
 * secrets readable. A key from the environment is derived from `newPhrase`.
 */
export async function stageKey(
  old: Buffer,
  { from }: KeyDescription,
  place: KeyLocation,
  newPhrase: string | undefined,
): Promise<{ key: Buffer; description: KeyDescription }> {
  if (from === 'environment') return keyOfPhrase(newPhrase ?? '');
  const key = randomBytes(KEY_BYTES);
  await keep(from, [old, key], place);
  return { key, description: { from } };
}

/** Keeps only this key in the key file or the keychain. */
export function settleKey(key: Buffer, from: KeptKey, place: KeyLocation): Promise<void> {
  return keep(from, [key], place);
}

type KeptKey = Exclude<KeySource, 'environment'>;

async function readKept(
  from: KeptKey,
  { env, loadKeychain = () => systemKeychain(homeFolder(env)) }: KeyLocation,
): Promise<string | undefined> {
  return from === 'file' ? readFileIfThere(keyFile(env)) : readKeychain(loadKeychain);
}

async function keep(from: KeptKey, keys: readonly Buffer[], place: KeyLocation): Promise<void> {
  const text = keys.map((key) => key.toString('base64')).join('\n');
  const { env, loadKeychain = () => systemKeychain(homeFolder(env)) } = place;
  if (from === 'file') return changeFile(keyFile(env), () => `${text}\n`);
  try {
    (await loadKeychain()).write(text);
  } catch (thrown) {
    throw keychainProblem('written', thrown);
  }
  if ((await readKept(from, place)) !== text) throw keychainProblem('written', new Error('it keeps another value'));
}

async function keyOfPhrase(phrase: string): Promise<{ key: Buffer; description: KeyDescription }> {
  const salt = randomBytes(16).toString('base64');
  return { key: await derive(phrase, salt), description: { from: 'environment', salt } };
}

/**
 * Makes the key of a new store: from the passphrase if it is set, or else in the keychain, or else in a file that only its owner can read.
 * An existing key is used again, because a store that was moved away may come back.
 */
export async function makeKey({
  env,
  loadKeychain = () => systemKeychain(homeFolder(env)),
}: KeyLocation): Promise<{ key: Buffer; description: KeyDescription }> {
  const phrase = passphrase(env);
  if (phrase !== undefined) return keyOfPhrase(phrase);
  const fresh = randomBytes(KEY_BYTES).toString('base64');
  const inKeychain = await storeInKeychain(fresh, loadKeychain);
  if (inKeychain !== undefined) return { key: decode(inKeychain, KEY_SOURCES.keychain(env))[0], description: { from: 'keychain' } };
  let kept = fresh;
  await changeFile(keyFile(env), (before) => {
    kept = before ?? fresh;
    return `${kept.trim()}\n`;
  });
  return { key: decode(kept, KEY_SOURCES.file(env))[0], description: { from: 'file' } };
}

function decode(text: string, place: string): readonly [Buffer, ...Buffer[]] {
  const [first, ...others] = text
    .trim()
    .split('\n')
    .map((line) => Buffer.from(line.trim(), 'base64'));
  if (first !== undefined && [first, ...others].every(({ length }) => length === KEY_BYTES)) return [first, ...others];
  throw secretUnreadable(`The key ${place} is damaged, so the secrets cannot be decrypted.`);
}

/** Describes for people where a key is. */
export const KEY_SOURCES: Readonly<Record<KeySource, (env: KeyLocation['env']) => string>> = {
  environment: () => `from ${KEY_VARIABLE}`,
  keychain: () => 'in the keychain of the operating system',
  file: (env) => `in ${keyFile(env)}`,
};

const derived = new Map<string, Promise<Buffer>>();

// The length of 32 random bytes in hexadecimal or base64, which cannot be guessed.
const LONG_PHRASE = 43;

// Slow on purpose, because a short passphrase can be guessed. It runs at most once in a process, at the first use of a secret.
function derive(phrase: string, salt: string): Promise<Buffer> {
  const known = derived.get(`${salt} ${phrase}`);
  if (known !== undefined) return known;
  const bytes = Buffer.from(salt, 'base64');
  const deriving =
    phrase.length < LONG_PHRASE
      ? new Promise<Buffer>((resolve, reject) => {
          scrypt(phrase, bytes, KEY_BYTES, (error, key) => (error === null ? resolve(key) : reject(error)));
        })
      : Promise.resolve(Buffer.from(hkdfSync('sha256', phrase, bytes, 'kosmo secrets', KEY_BYTES)));
  derived.set(`${salt} ${phrase}`, deriving);
  return deriving;
}

async function systemKeychain(account: string): Promise<Keychain> {
  const { Entry } = await import('@napi-rs/keyring');
  // The fallback of the package, the kernel keyring of Linux, loses its keys at the next start of the machine.
  const entry = new Entry('kosmo', account, { linux: { store: 'secret-service' } });
  return { read: () => entry.getPassword(), write: (value) => entry.setPassword(value) };
}

async function readKeychain(load: () => Promise<Keychain>): Promise<string | undefined> {
  try {
    return (await load()).read() ?? undefined;
  } catch (thrown) {
    throw keychainProblem('read', thrown);
  }
}

function keychainProblem(what: 'read' | 'written', thrown: unknown): KosmoError {
  return secretUnreadable(
    `The keychain of the operating system, which holds the key of the secrets, cannot be ${what}: ${(thrown as Error).message.split('\n')[0]}`,
    'install @napi-rs/keyring beside kosmo and unlock the keychain',
  );
}

// Returns `undefined` if the package, the keychain service or the unlock is missing.
async function storeInKeychain(fresh: string, load: () => Promise<Keychain>): Promise<string | undefined> {
  try {
    const keychain = await load();
    const kept = keychain.read();
    if (kept !== null) return kept;
    keychain.write(fresh);
    return keychain.read() === fresh ? fresh : undefined;
  } catch {
    return undefined;
  }
}

export function secretUnreadable(message: string, fix?: string): KosmoError {
  const again = 'move secrets.json away and configure again: kosmo integrations:configure <integration>';
  return new KosmoError('SECRET_UNREADABLE', message, { hint: fix === undefined ? again : `${fix}; or ${again}` });
}
