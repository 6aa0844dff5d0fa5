import { type Account, describeAccount, describeOrigin, emptyAccount } from '../../credentials/index.ts';
import { KosmoError, toKosmoError } from '../../errors/index.ts';
import { effectivePermissions, listRules, type Policy } from '../../policy/index.ts';
import type { Settings } from '../../settings/index.ts';
import type { CallReport } from '../calls/direct-call.ts';
import { accountFlag, disabledError, unconfiguredError } from '../calls/require-active.ts';
import type { AvailableIntegration } from '../integrations.ts';
import type { DiagnosedProblem, Diagnosis, ProbeResult } from './diagnosis.ts';
import { nextCommands } from './next-commands.ts';

export interface DiagnoseOptions {
  /** Only this account. @default all */
  readonly account?: string | undefined;
  /** An integration that is not set up is a problem only if the user asked about it. */
  readonly isRequested: boolean;
  /** Makes a call, to try each account that looks complete. @default undefined (no call) */
  readonly probe?: (account: string, name: string) => Promise<CallReport>;
}

const MAX_EXAMPLES = 5;

/** Checks everything that a call needs, secrets included. */
export async function diagnose(
  integration: AvailableIntegration,
  settings: Settings,
  policy: Policy,
  { account: asked, isRequested, probe: attempt }: DiagnoseOptions,
): Promise<Diagnosis> {
  const { entry, accounts, disabled } = integration;
  const { id, title, authStrategy, credentials, tools, probe } = entry;
  const chosen =
    asked === undefined ? configuredAccounts(accounts) : [accounts.find(({ name }) => name === asked) ?? emptyAccount(asked, credentials)];
  const wrong = policy.problems('integrations').map((error) => ({ account: null, ...error.toJSON() }));
  const problems = [...wrong, ...(await findProblems(integration, chosen, isRequested))];
  const main = chosen[0] as Account;
  const isTried = ({ name, missing }: Account): boolean =>
    disabled === undefined && missing.length === 0 && problems.every(({ account }) => account !== name && account !== null);
  const live = attempt === undefined || probe === undefined ? null : await tryAccounts(entry, probe, chosen.filter(isTried), attempt);
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
    permissions: effectivePermissions(settings.config, id, main.name),
    rules: listRules(settings.config.layers).filter(({ source, integration: of }) => source === 'integrations' && (of ?? id) === id),
    function_count: tools.length,
    example_functions: functions.slice(0, MAX_EXAMPLES),
    problems,
    next_commands: nextCommands(integration, chosen, { problems, live }),
    live,
  };
}

async function tryAccounts(
  { id, credentials }: AvailableIntegration['entry'],
  probe: string,
  accounts: readonly Account[],
  attempt: NonNullable<DiagnoseOptions['probe']>,
): Promise<readonly ProbeResult[]> {
  const trials: ProbeResult[] = [];
  for (const { name } of accounts) {
    const { success, error, error_detail } = await attempt(name, probe);
    const unproven = success ? credentials.filter((field) => field.notVerifiedByProbe === true).map((field) => field.name) : [];
    trials.push({ account: name, function: `${id}.${probe}`, success, error, error_detail, unproven });
  }
  return trials;
}

// If other accounts exist, an empty default account is not a problem.
function configuredAccounts(accounts: readonly Account[]): readonly Account[] {
  const used = accounts.filter(({ origins }) => Object.keys(origins).length > 0);
  return used.length === 0 ? accounts.slice(0, 1) : used;
}

async function findProblems(
  integration: AvailableIntegration,
  accounts: readonly Account[],
  isRequested: boolean,
): Promise<readonly DiagnosedProblem[]> {
  const { entry } = integration;
  const problems = new Map<string, DiagnosedProblem>();
  const add = (account: string | null, error: KosmoError): void => {
    if (!problems.has(error.message)) problems.set(error.message, { account, ...error.toJSON() });
  };
  for (const account of accounts) {
    const isBegun = Object.keys(account.origins).length > 0;
    const inactive = unconfiguredError(integration, account);
    if (inactive !== undefined && (isRequested || isBegun)) add(account.name, inactive);
    if (!isBegun) continue;
    try {
      const values = await account.readCredentials();
      for (const { path, message } of (await entry.load()).checkCredentials?.(values) ?? []) {
        const origin = account.origins[path];
        add(
          account.name,
          new KosmoError('INVALID_CONFIGURATION', `Account '${account.name}' of ${entry.id}: ${message}`, {
            hint: `kosmo integrations:configure ${entry.id}${accountFlag(account.name)} --set ${path}=…${origin === undefined ? '' : `; now it is read from ${describeOrigin(origin)}`}`,
            details: { field: path },
          }),
        );
      }
    } catch (thrown) {
      add(account.name, toKosmoError(thrown));
    }
  }
  const off = disabledError(integration);
  if (off !== undefined && isRequested) add(null, off);
  return [...problems.values()];
}
