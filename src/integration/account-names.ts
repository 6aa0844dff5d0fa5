import type { CredentialField } from './define.ts';

/** The name of the default account. */
export const DEFAULT_ACCOUNT = 'default';

/** A Lua name after `app.integrations.agora.`, and in upper case a part of an environment variable. */
export function isAccountName(name: string): boolean {
  return /^[a-z][a-z0-9_]*$/.test(name) && name.length <= 64;
}

/** Returns a valid name close to an invalid one: `Prod 1` → `prod_1`. */
export function toAccountName(text: string): string {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^[_0-9]+|_+$/g, '')
    .slice(0, 64);
  return name === '' ? 'production' : name;
}

export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name);
}

/** Returns the environment variable of a field of an account. */
export function variableName(integrationId: string, account: string, field: string): string {
  return [integrationId, ...(account === DEFAULT_ACCOUNT ? [] : [account]), field].join('_').toUpperCase();
}

/** Returns the prefix of the names of an integration's secrets, or of one account's. */
export function secretPrefix(integrationId: string, account?: string): string {
  const accounts = `integration.${integrationId}.accounts.`;
  return account === undefined ? accounts : `${accounts}${account}.`;
}

/**
 * Returns the account and the field of an environment variable: `AGORA_APP_ID` → `app_id` of `default`, `AGORA_MY_TEAM_APP_ID` → `app_id` of
 * `my_team`; undefined for other variables.
 */
export function parseVariable(
  integrationId: string,
  fields: readonly CredentialField[],
  variable: string,
): { readonly account: string; readonly field: CredentialField } | undefined {
  const prefix = `${integrationId.toUpperCase()}_`;
  if (!variable.startsWith(prefix)) return undefined;
  const rest = variable.slice(prefix.length);
  // Longer names first: a field name can be the end of another one.
  const longestFirst = [...fields].sort((a, b) => b.name.length - a.name.length);
  for (const field of longestFirst) {
    const name = field.name.toUpperCase();
    if (rest === name) return { account: DEFAULT_ACCOUNT, field };
    const account = rest.endsWith(`_${name}`) ? rest.slice(0, -name.length - 1).toLowerCase() : '';
    if (/^[a-z][a-z0-9_]*$/.test(account) && account !== DEFAULT_ACCOUNT) return { account, field };
  }
  return undefined;
}
