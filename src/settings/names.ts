/** The key of a configuration file that everything of ours stands under. */
export const ROOT = 'kosmo';

/** The account that needs no name. */
export const DEFAULT_ACCOUNT = 'default';

/** What a script can write after `app.integrations.agora.`, and an environment variable can hold in upper case. */
export function isAccountName(name: string): boolean {
  return /^[a-z][a-z0-9_]*$/.test(name) && name.length <= 64;
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
