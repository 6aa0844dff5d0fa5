/** Endings of names whose values are secret, written with or without separators: `stsToken`, `db_password`, `CLIENTSECRET`. */
const SECRET_ENDING =
  /(?:tokens?|secrets?|passwords?|passwds?|passphrases?|passcodes?|pwd|jwt|authorization|(?:secret|access|private|api|auth|stream|encryption|decryption|signing|session|kms|shared|master|account|storage|service|customer|security|license|ssh|aes|hmac|rsa)keys?)$/;

const SECRET_WORDS: ReadonlySet<string> = new Set(['salt', 'cookie']);

/** Keys that name or find something. Every other `…_key` and `…Key` is a secret, whatever the vendor. */
const HARMLESS_KEYS: ReadonlySet<string> = new Set(
  (
    'public pub primary foreign unique composite partition sort range hash cache row column object item s index idempotency dedup ' +
    'deduplication group order map lookup locale translation message event feature config setting field property attribute metadata ' +
    'tag label filter file folder path name project issue space board epic parent document resource record entity routing hot shortcut'
  ).split(' '),
);

/** Names of which a slip of one letter is taken for the name itself. */
const KNOWN = [
  ...['secret', 'password', 'passphrase', 'authorization', 'secretkey', 'accesskey', 'apikey', 'privatekey', 'streamkey', 'ststoken'],
  ...['sessiontoken', 'accesstoken', 'refreshtoken', 'clientsecret', 'customersecret'],
];

/** A harmless word such as `taken` is one letter away from `token`, so its slips are listed. */
const SLIPS = new Set(['tokn', 'tken', 'toen', 'toke', 'tokne', 'toekn', 'tkoen', 'otken', 'tokken', 'ttoken', 'tooken', 'tokenn']);

/** Enough for every field that a person mistypes; a script that makes names up cannot fill the memory. */
const MAX_REMEMBERED_NAMES = 1000;

const remembered = new Set<string>();

/** Only the end of a name counts. */
const MAX_NAME_LENGTH = 100;

/** Treats values of fields of this name as secret from now on: kosmo took it for a misspelt name of a secret field. */
export function rememberSecretName(name: string): void {
  if (remembered.size < MAX_REMEMBERED_NAMES) remembered.add(name);
}

export function forgetSecretNames(): void {
  remembered.clear();
}

/**
 * Whether values of a field, parameter or variable of this name are secret: by how the name ends, or because it is one letter away from the
 * name of a secret. `publicKey` and other keys that only name something are not. A plural is the name of a secret for a list or a table only.
 */
export function isSecretName(name: string, isContainer = false): boolean {
  if (remembered.has(name)) return true;
  const answers = isContainer ? CONTAINERS : VALUES;
  let answer = answers.get(name);
  if (answer === undefined) {
    answer = judgeName(name, isContainer);
    if (answers.size < MAX_REMEMBERED_NAMES) answers.set(name, answer);
  }
  return answer;
}

/**
 * The same for variables, headers and flags of a program that kosmo knows nothing of: whatever has a word of secrets anywhere in its name is
 * one, since it is better to hide too much of them: `GITHUB_TOKEN_FILE`, `--key`, `X-Auth`.
 */
export function mayBeSecretName(name: string): boolean {
  return /key|token|secret|passw|passphrase|passcode|pwd|auth|cred|cookie|jwt/i.test(name) || isSecretName(name);
}

// Few names occur, and each of them often.
const VALUES = new Map<string, boolean>();
const CONTAINERS = new Map<string, boolean>();

function judgeName(name: string, isContainer: boolean): boolean {
  const words = splitWords(name.slice(-MAX_NAME_LENGTH));
  const last = words.at(-1);
  if (last === undefined) return false;
  const before = words.at(-2);
  if (HARMLESS_KEYS.has(before ?? '') && /^keys?$/.test(last)) return false;
  const joined = words.join('');
  if (/s$/.test(joined) && !isContainer) return isSlip(joined);
  return (
    SECRET_ENDING.test(joined) ||
    SECRET_WORDS.has(last) ||
    (before !== undefined && /^keys?$/.test(last)) ||
    SLIPS.has(last) ||
    isSlip(joined) ||
    isSlip(last) ||
    isSlip(`${before ?? ''}${last}`)
  );
}

// `X-Api-Key`, `oauth2Token`, `AWS_SECRET_ACCESS_KEY2` → words in lower case; digits separate.
function splitWords(name: string): readonly string[] {
  return name
    .replaceAll(/([a-z])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3 $2')
    .toLowerCase()
    .split(/[^\p{L}]+/u)
    .filter((word) => word !== '');
}

function isSlip(word: string): boolean {
  return KNOWN.some((known) => isOneEditAway(word, known));
}

// One letter more, less or other, or two neighbours swapped.
function isOneEditAway(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start++;
  let end = 0;
  while (end < Math.min(one.length, other.length) - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}
