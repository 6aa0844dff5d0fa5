import type { Config } from '../config/index.ts';
import { rememberSecret } from '../errors/index.ts';
import {
  type CredentialField,
  type Credentials,
  DEFAULT_ACCOUNT,
  parseVariable,
  secretPrefix,
  variableName,
} from '../integration/index.ts';
import { type ConfigOrigin, type CredentialedIntegration, configuredAccounts, findDisabling } from './account-config.ts';
import type { SecretStore } from './secret-store.ts';

/** Where the value of a field comes from. */
export type FieldOrigin =
  | { readonly from: 'environment'; readonly variable: string; readonly isSet: boolean }
  | { readonly from: 'secrets'; readonly file: string }
  | ConfigOrigin;

/** One account of an integration: its values, and the required fields that are missing. */
export interface Account {
  readonly name: string;
  /** The values that are not secret. */
  readonly known: Credentials;
  /** Origin of every configured field. */
  readonly origins: Readonly<Record<string, FieldOrigin>>;
  readonly missing: readonly string[];
  readonly isSet: (field: string) => boolean;
  /** All values, secrets decrypted and remembered for redaction. Throws `SECRET_UNREADABLE`. */
  readonly readCredentials: () => Promise<Credentials>;
}

/** The sources of accounts. */
export interface CredentialSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config: Config;
  readonly secrets: SecretStore;
  /** The names of the stored secrets. */
  readonly secretKeys: readonly string[];
}

/** The accounts of an integration, and where it is disabled. */
export interface IntegrationAccounts {
  /** `default` is always the first; the others are sorted. */
  readonly accounts: readonly Account[];
  readonly disabled: ConfigOrigin | undefined;
}

interface FieldValue {
  readonly origin: FieldOrigin;
  readonly value?: string;
  /** A secret that has not been decrypted. */
  readonly secretKey?: string;
}

/**
 * Reads the accounts of an integration. The first of these that has a field wins: the environment (`AGORA_APP_ID` for `default`,
 * `AGORA_PRODUCTION_APP_ID` for `production`), the project's file, the user's file or for secrets the store. Blank values count as not set.
 * Throws `INVALID_CONFIGURATION`.
 */
export function readAccounts({ id, credentials: fields }: CredentialedIntegration, sources: CredentialSources): IntegrationAccounts {
  const { env, config, secrets, secretKeys } = sources;
  const variables = readVariables(id, fields, env);
  const layers = config.layers.map((layer) => configuredAccounts({ id, credentials: fields }, layer, config.layers)).reverse();

  const find = (account: string, field: CredentialField): FieldValue | undefined => {
    const variable = variables.get(account)?.[field.name];
    if (variable !== undefined)
      return { origin: { from: 'environment', variable: variableName(id, account, field.name), isSet: true }, value: variable };
    for (const layer of layers) {
      const configured = layer.get(account)?.[field.name];
      if (configured === undefined) continue;
      if ('variable' in configured) return fromVariable(configured.variable, env, field.secret);
      const { value, ...origin } = configured;
      return { origin, value };
    }
    const key = `${secretPrefix(id, account)}${field.name}`;
    return field.secret && secretKeys.includes(key) ? { origin: { from: 'secrets', file: secrets.file }, secretKey: key } : undefined;
  };

  const readAccount = (name: string): Account => {
    const found = fields.flatMap((field) => {
      const one = find(name, field);
      return one === undefined ? [] : [{ field, ...one }];
    });
    const set = new Set(
      found.filter(({ value, secretKey: sealed }) => value !== undefined || sealed !== undefined).map(({ field }) => field.name),
    );
    return {
      name,
      known: Object.fromEntries(found.flatMap(({ field, value }) => (value === undefined || field.secret ? [] : [[field.name, value]]))),
      origins: Object.fromEntries(found.map(({ field, origin }) => [field.name, origin])),
      missing: fields.filter(({ name: field, required }) => required && !set.has(field)).map((field) => field.name),
      isSet: (field) => set.has(field),
      async readCredentials() {
        const values = await Promise.all(
          found.map(async ({ field, value, secretKey: sealed }) => [
            field.name,
            value ?? (sealed === undefined ? undefined : await secrets.get(sealed)),
          ]),
        );
        return Object.fromEntries(values.filter(([, value]) => value !== undefined)) as Credentials;
      },
    };
  };

  const prefix = secretPrefix(id);
  const stored = secretKeys.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length).split('.')[0] ?? '');
  // `AGORA_WEBHOOK_URL` alone does not make an account: a required field must be set.
  const exported = [...variables].filter(([, values]) => fields.some(({ name, required }) => required && values[name] !== undefined));
  const names = new Set([...exported.map(([name]) => name), ...layers.flatMap((layer) => [...layer.keys()]), ...stored]);
  names.delete(DEFAULT_ACCOUNT);
  return {
    accounts: [DEFAULT_ACCOUNT, ...[...names].sort()].map(readAccount),
    disabled: findDisabling(id, config.layers),
  };
}

/** Makes an account without values. */
export function emptyAccount(name: string, fields: readonly CredentialField[]): Account {
  const missing = fields.filter(({ required }) => required).map((field) => field.name);
  return { name, known: {}, origins: {}, missing, isSet: () => false, readCredentials: async () => ({}) };
}

/** Describes for people where a value comes from. */
export function describeOrigin(origin: FieldOrigin): string {
  if (origin.from === 'environment') return origin.isSet ? origin.variable : `${origin.variable}, which is not set`;
  return 'line' in origin && origin.line !== undefined ? `${origin.file}:${origin.line}` : origin.file;
}

function fromVariable(variable: string, env: CredentialSources['env'], isSecret: boolean): FieldValue {
  const value = env[variable]?.trim() ?? '';
  if (isSecret) rememberSecret(value);
  return { origin: { from: 'environment', variable, isSet: value !== '' }, ...(value === '' ? {} : { value }) };
}

// By account, then by field. Unused secrets are remembered for redaction as well.
function readVariables(
  id: string,
  fields: readonly CredentialField[],
  env: CredentialSources['env'],
): ReadonlyMap<string, Record<string, string>> {
  const byAccount = new Map<string, Record<string, string>>();
  for (const [variable, text] of Object.entries(env)) {
    const value = text?.trim() ?? '';
    if (value === '') continue;
    const found = parseVariable(id, fields, variable);
    if (found === undefined) continue;
    byAccount.set(found.account, { ...byAccount.get(found.account), [found.field.name]: value });
    if (found.field.secret) rememberSecret(value);
  }
  return byAccount;
}
