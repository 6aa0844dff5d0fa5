import type { CredentialField, Credentials } from '../catalog/index.ts';
import { rememberSecret } from '../errors/index.ts';

/** One account of an integration: what is set, and which required fields are not. */
export interface Account {
  readonly name: string;
  readonly credentials: Credentials;
  readonly missing: readonly string[];
}

const DEFAULT_ACCOUNT = 'default';

/**
 * The accounts of an integration from the environment: `AGORA_APP_ID` belongs to `default`, `AGORA_PRODUCTION_APP_ID` to `production`.
 * `default` is always there and first; the others are sorted. Blank values count as not set. Secret values are remembered for redaction.
 */
export function readAccounts(
  integrationId: string,
  fields: readonly CredentialField[],
  env: Readonly<Record<string, string | undefined>>,
): readonly Account[] {
  const prefix = `${integrationId.toUpperCase()}_`;
  const byAccount = new Map<string, Record<string, string>>([[DEFAULT_ACCOUNT, {}]]);
  for (const [variable, value] of Object.entries(env)) {
    if (!variable.startsWith(prefix) || value === undefined || value.trim() === '') continue;
    const found = parseVariable(variable.slice(prefix.length), fields);
    if (found === undefined) continue;
    const credentials = byAccount.get(found.account) ?? {};
    credentials[found.field.name] = value.trim();
    byAccount.set(found.account, credentials);
    if (found.field.secret) rememberSecret(value.trim());
  }
  // `AGORA_WEBHOOK_URL` alone is no account: one has at least a required field.
  const isAccount = ([name, credentials]: readonly [string, Credentials]): boolean =>
    name === DEFAULT_ACCOUNT || fields.some((field) => field.required && credentials[field.name] !== undefined);
  const [first, ...others] = [...byAccount].filter(isAccount).map(([name, credentials]) => ({
    name,
    credentials,
    missing: missingFields(fields, credentials),
  }));
  return [first as Account, ...others.sort((a, b) => (a.name < b.name ? -1 : 1))];
}

/** The environment variable that holds a field of an account. */
export function variableName(integrationId: string, account: string, field: string): string {
  return [integrationId, ...(account === DEFAULT_ACCOUNT ? [] : [account]), field].join('_').toUpperCase();
}

// `APP_ID` → default; `MY_TEAM_APP_ID` → my_team. Longer field names first, so that no field hides in another's end.
function parseVariable(
  rest: string,
  fields: readonly CredentialField[],
): { readonly account: string; readonly field: CredentialField } | undefined {
  const longestFirst = [...fields].sort((a, b) => b.name.length - a.name.length);
  for (const field of longestFirst) {
    const name = field.name.toUpperCase();
    if (rest === name) return { account: DEFAULT_ACCOUNT, field };
    const account = rest.endsWith(`_${name}`) ? rest.slice(0, -name.length - 1).toLowerCase() : '';
    if (/^[a-z][a-z0-9_]*$/.test(account) && account !== DEFAULT_ACCOUNT) return { account, field };
  }
  return undefined;
}

function missingFields(fields: readonly CredentialField[], credentials: Credentials): readonly string[] {
  return fields.filter(({ name, required }) => required && credentials[name] === undefined).map(({ name }) => name);
}
