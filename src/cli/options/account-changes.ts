import type { AccountChanges } from '../../credentials/index.ts';
import { DEFAULT_ACCOUNT } from '../../integration/index.ts';
import { type JsonValue, parseJsonExactly } from '../../json/index.ts';
import type { Problem } from '../../schema/index.ts';
import { usage } from './parse-values.ts';

/** What a command line says is to change. */
export interface ChangeFlags {
  readonly account?: string;
  readonly set?: readonly string[];
  readonly setEnv?: readonly string[];
  readonly unset?: readonly string[];
  readonly enable?: true;
  readonly disable?: true;
  readonly read?: string;
  readonly write?: string;
  readonly project?: true;
}

interface Payload {
  readonly account?: string;
  readonly scope?: string;
  readonly set: Readonly<Record<string, string>>;
  readonly setEnv: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
  readonly enabled?: boolean;
  readonly permissions: Readonly<Record<string, string>>;
}

/** The changes of flags and of the JSON text on stdin, where flags win; and what is wrong with their form. */
export function readChanges(flags: ChangeFlags, stdin: string | undefined): { changes: AccountChanges; problems: readonly Problem[] } {
  const problems: Problem[] = [];
  const payload = stdin === undefined ? NO_PAYLOAD : readPayload(stdin, problems);
  const set = assignments('--set', flags.set ?? [], problems);
  const setEnv = assignments('--set-env', flags.setEnv ?? [], problems);
  const unset = flags.unset ?? [];
  const named = [...Object.keys(set), ...Object.keys(setEnv), ...unset];
  const unnamed = <Value>(values: Readonly<Record<string, Value>>): Record<string, Value> =>
    Object.fromEntries(Object.entries(values).filter(([name]) => !named.includes(name)));
  if (flags.enable && flags.disable) problems.push({ path: 'enabled', message: 'Give --enable or --disable, not both.' });
  const enabled = flags.enable ? true : flags.disable ? false : payload.enabled;
  return {
    changes: {
      account: flags.account ?? payload.account ?? DEFAULT_ACCOUNT,
      scope: flags.project === true || payload.scope === 'project' ? 'project' : 'user',
      set: { ...unnamed(payload.set), ...set },
      setEnv: { ...unnamed(payload.setEnv), ...setEnv },
      unset: [...payload.unset.filter((name) => !named.includes(name)), ...unset],
      ...(enabled === undefined ? {} : { enabled }),
      isForAccount: (flags.account ?? payload.account) !== undefined,
      permissions: {
        ...payload.permissions,
        ...(flags.read === undefined ? {} : { read: flags.read }),
        ...(flags.write === undefined ? {} : { write: flags.write }),
      },
    },
    problems,
  };
}

const NO_PAYLOAD: Payload = { set: {}, setEnv: {}, unset: [], permissions: {} };

function assignments(flag: string, words: readonly string[], problems: Problem[]): Record<string, string> {
  const values: Record<string, string> = {};
  for (const word of words) {
    const at = word.indexOf('=');
    const name = word.slice(0, Math.max(at, 0));
    // What stands there may be a secret.
    if (at < 1) problems.push({ path: flag, message: `${flag} takes ${flag === '--set' ? 'field=value' : 'field=VARIABLE'}.` });
    else if (Object.hasOwn(values, name)) problems.push({ path: name, message: `${name} is given more than once.` });
    else values[name] = word.slice(at + 1);
  }
  return values;
}

type Reader = (value: JsonValue) => Partial<Payload> | undefined;

const READERS: Readonly<Record<string, Reader>> = {
  account: (value) => (typeof value === 'string' ? { account: value } : undefined),
  scope: (value) => (value === 'project' || value === 'user' || value === 'global' ? { scope: value } : undefined),
  set: (value) => asTexts(value, (set) => ({ set })),
  credentials: (value) => asTexts(value, (set) => ({ set })),
  set_env: (value) => asTexts(value, (setEnv) => ({ setEnv })),
  unset: (value) =>
    Array.isArray(value) && value.every((name) => typeof name === 'string') ? { unset: value as readonly string[] } : undefined,
  enabled: (value) => (typeof value === 'boolean' ? { enabled: value } : undefined),
  permissions: (value) => asTexts(value, (permissions) => ({ permissions })),
};

const WANTED: Readonly<Record<string, string>> = {
  account: 'a name',
  scope: '"project" or "user"',
  unset: 'a list of field names',
  enabled: 'true or false',
};

function readPayload(text: string, problems: Problem[]): Payload {
  let parsed: unknown;
  try {
    parsed = parseJsonExactly(text.replace(/^\ufeff/, ''));
  } catch {
    parsed = undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw usage('Invalid JSON supplied on stdin.', 'give an object: {"set": {"app_id": "…"}, "enabled": true}');
  let payload = NO_PAYLOAD;
  for (const [name, value] of Object.entries(parsed as Record<string, JsonValue>)) {
    const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
    const part = read?.(value);
    if (read === undefined)
      problems.push({ path: name, message: `There is no '${name}' on stdin; there are ${Object.keys(READERS).join(', ')}.` });
    else if (part === undefined)
      problems.push({ path: name, message: `${name} on stdin must be ${WANTED[name] ?? 'an object of texts'}.` });
    else payload = { ...payload, ...part, set: { ...payload.set, ...part.set } };
  }
  return payload;
}

function asTexts(value: JsonValue, make: (texts: Record<string, string>) => Partial<Payload>): Partial<Payload> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const entries = Object.entries(value).map(([name, text]) => [name, typeof text === 'number' ? String(text) : text]);
  return entries.every(([, text]) => typeof text === 'string') ? make(Object.fromEntries(entries) as Record<string, string>) : undefined;
}
