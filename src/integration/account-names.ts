import type { CredentialField } from './define.ts';

/** The account that needs no name. */
export const DEFAULT_ACCOUNT = 'default';

/** What a script can write after `app.integrations.agora.`, and an environment variable can hold in upper case. */
export function isAccountName(name: string): boolean {
  return /^[a-z][a-z0-9_]*$/.test(name) && name.length <= 64;
}

/** A name of an account that is close to a text which cannot be one: `Prod 1` → `prod_1`. */
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

/** The environment variable that holds a field of an account. */
export function variableName(integrationId: string, account: string, field: string): string {
  return [integrationId, ...(account === DEFAULT_ACCOUNT ? [] : [account]), field].join('_').toUpperCase();
}

/** What the keys of an integration's secrets begin with, or those of one account. */
export function secretPrefix(integrationId: string, account?: string): string {
  const accounts = `integration.${integrationId}.accounts.`;
  return account === undefined ? accounts : `${accounts}${account}.`;
}

/**
 * The account and the field that an environment variable belongs to: `AGORA_APP_ID` → `app_id` of `default`, `AGORA_MY_TEAM_APP_ID` → of
 * `my_team`; undefined for a variable of something else.
 */
export function parseVariable(
  integrationId: string,
  fields: readonly CredentialField[],
  variable: string,
): { readonly account: string; readonly field: CredentialField } | undefined {
  const prefix = `${integrationId.toUpperCase()}_`;
  if (!variable.startsWith(prefix)) return undefined;
  const rest = variable.slice(prefix.length);
  // Longer field names first, so that no field hides in another's end.
  const longestFirst = [...fields].sort((a, b) => b.name.length - a.name.length);
  for (const field of longestFirst) {
    const name = field.name.toUpperCase();
    if (rest === name) return { account: DEFAULT_ACCOUNT, field };
    const account = rest.endsWith(`_${name}`) ? rest.slice(0, -name.length - 1).toLowerCase() : '';
    if (/^[a-z][a-z0-9_]*$/.test(account) && account !== DEFAULT_ACCOUNT) return { account, field };
  }
  return undefined;
}
