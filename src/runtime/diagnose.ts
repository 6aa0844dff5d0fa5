import { type ErrorDetail, KosmoError, toKosmoError } from '../errors/index.ts';
import {
  type Account,
  type AccountState,
  describeAccount,
  describeOrigin,
  emptyAccount,
  type Policy,
  permissionLevels,
  type Settings,
} from '../settings/index.ts';
import { accountFlag, whyInactive } from './inactive.ts';
import type { AvailableIntegration } from './namespace.ts';

/** A reason why calls would fail, and how to mend it. */
export interface DiagnosedProblem extends ErrorDetail {
  readonly account: string | null;
}

/** How an integration stands: whether its calls would get as far as being sent, and what to do next. */
export interface Diagnosis {
  readonly provider: string;
  readonly title: string;
  readonly enabled: boolean;
  /** Whether the account that was asked about has all that is required. */
  readonly configured: boolean;
  readonly active: boolean;
  readonly auth_strategy: string;
  readonly missing_credentials: readonly string[];
  readonly accounts: readonly string[];
  readonly account_states: readonly AccountState[];
  readonly permissions: { readonly read: string; readonly write: string };
  readonly function_count: number;
  readonly example_functions: readonly string[];
  readonly problems: readonly DiagnosedProblem[];
  readonly next_commands: readonly string[];
  /** The function to try the credentials with; null where there is none. */
  readonly probe: string | null;
}

export interface DiagnoseOptions {
  /** Only this account. @default all */
  readonly account?: string | undefined;
  /** An integration that nobody has set up is a problem where it was asked about. */
  readonly isAsked: boolean;
}

const MOST_EXAMPLES = 5;

/** Looks at all that a call needs, secrets included, without making one. */
export async function diagnose(
  integration: AvailableIntegration,
  settings: Settings,
  policy: Policy,
  { account: asked, isAsked }: DiagnoseOptions,
): Promise<Diagnosis> {
  const { entry, accounts, disabled } = integration;
  const { id, title, authStrategy, credentials, tools, probe = null } = entry;
  const chosen =
    asked === undefined ? worthLooking(accounts) : [accounts.find(({ name }) => name === asked) ?? emptyAccount(asked, credentials)];
  const wrong = policy.problems('integrations').map((error) => ({ account: null, ...error.toJSON() }));
  const problems = [...wrong, ...(await findProblems(integration, chosen, isAsked))];
  const main = chosen[0] as Account;
  const functions = tools.map(({ name }) => `${id}.${name}`);
  return {
    provider: id,
    title,
    enabled: disabled === undefined,
    configured: main.missing.length === 0,
    active: disabled === undefined && wrong.length === 0 && chosen.some(({ missing }) => missing.length === 0),
    auth_strategy: authStrategy,
    missing_credentials: main.missing,
    accounts: accounts.map(({ name }) => name),
    account_states: chosen.map((account) => describeAccount(entry, account)),
    permissions: permissionLevels(settings.config, id, main.name),
    function_count: tools.length,
    example_functions: functions.slice(0, MOST_EXAMPLES),
    problems,
    next_commands: nextCommands(integration, main, functions[0]),
    probe,
  };
}

// With other accounts there, an empty default one is nothing to mend.
function worthLooking(accounts: readonly Account[]): readonly Account[] {
  const used = accounts.filter(({ origins }) => Object.keys(origins).length > 0);
  return used.length === 0 ? accounts.slice(0, 1) : used;
}

async function findProblems(
  { entry, disabled }: AvailableIntegration,
  accounts: readonly Account[],
  isAsked: boolean,
): Promise<readonly DiagnosedProblem[]> {
  const problems = new Map<string, DiagnosedProblem>();
  const add = (account: string | null, error: KosmoError): void => {
    if (!problems.has(error.message)) problems.set(error.message, { account, ...error.toJSON() });
  };
  for (const account of accounts) {
    const isBegun = Object.keys(account.origins).length > 0;
    const inactive = whyInactive({ entry, account, disabled: undefined });
    if (inactive !== undefined && (isAsked || isBegun)) add(account.name, inactive);
    if (!isBegun) continue;
    try {
      const values = await account.readCredentials();
      for (const { path, message } of (await entry.load()).checkCredentials?.(values) ?? []) {
        const origin = account.origins[path];
        add(
          account.name,
          new KosmoError('INVALID_CONFIGURATION', `Account '${account.name}' of ${entry.id}: ${message}`, {
            hint: `kosmo integrations:configure ${entry.id}${accountFlag(account.name)} --set ${path}=…${origin === undefined ? '' : `; now it is read from ${describeOrigin(origin)}`}`,
          }),
        );
      }
    } catch (thrown) {
      add(account.name, toKosmoError(thrown));
    }
  }
  const [first] = accounts;
  const off = disabled === undefined || first === undefined ? undefined : whyInactive({ entry, account: first, disabled });
  if (off !== undefined && isAsked) add(null, off);
  return [...problems.values()];
}

function nextCommands(
  { entry: { id, credentials }, disabled }: AvailableIntegration,
  { name, missing }: Account,
  firstFunction: string | undefined,
): readonly string[] {
  const flag = accountFlag(name);
  if (missing.length > 0) {
    const required = credentials.filter((field) => missing.includes(field.name)).map((field) => ` --set ${field.name}=...`);
    return [`kosmo integrations:fields ${id}${flag} --json`, `kosmo integrations:configure ${id}${flag}${required.join('')} --json`];
  }
  if (disabled !== undefined)
    return [`kosmo integrations:configure ${id} --enable${disabled.from === 'project' ? ' --project' : ''} --json`];
  return [
    `kosmo integrations:doctor ${id}${flag} --live`,
    ...(firstFunction === undefined ? [] : [`kosmo integrations:docs ${firstFunction}`]),
  ];
}
