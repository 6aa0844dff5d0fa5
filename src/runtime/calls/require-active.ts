import { type Account, describeOrigin } from '../../credentials/index.ts';
import { KosmoError } from '../../errors/index.ts';
import { DEFAULT_ACCOUNT, variableName } from '../../integration/index.ts';
import type { CallableProvider } from './provider.ts';
import type { Stage } from './stage.ts';

/** Refuses calls of a provider that is disabled or not configured. */
export const requireActive: Stage = ({ target: { provider, account, path } }) => {
  const error = provider.refusal ?? disabledError(provider) ?? (account === null ? undefined : unconfiguredError(provider, account, path));
  if (error !== undefined) throw error;
};

/** The error of each call of a provider that is switched off; undefined if it is not. */
export function disabledError({ id, label, disabled }: Pick<CallableProvider, 'id' | 'label' | 'disabled'>): KosmoError | undefined {
  if (disabled === undefined) return undefined;
  return new KosmoError('INTEGRATION_DISABLED', `${label} is disabled in ${describeOrigin(disabled)}. Nothing was sent.`, {
    hint: `kosmo integrations:configure ${id} --enable${disabled.from === 'project' ? ' --project' : ''}`,
  });
}

/** The error of each call through an account that lacks credentials; undefined if it has all of them. */
export function unconfiguredError(
  { id, label, accounts, hasEmulator }: Pick<CallableProvider, 'id' | 'label' | 'accounts' | 'hasEmulator'>,
  { name, missing, origins }: Account,
  path = '',
): KosmoError | undefined {
  if (missing.length === 0) return undefined;
  const fields = missing.map((field) => (origins[field] === undefined ? field : `${field} from ${describeOrigin(origins[field])}`));
  const assignments = missing.map((field) => `${variableName(id, name, field)}=…`).join(' ');
  const emulator = hasEmulator ? ', or try the call with --emulator' : '';
  const setUp = `kosmo integrations:configure ${id}${accountFlag(name)}, or export ${assignments}${emulator}`;
  const complete = accounts.filter((other) => other.missing.length === 0).map((other) => other.name);
  const there = complete.length === 0 ? '' : ` There is ${complete.join(', ')}.`;
  const use = path.startsWith('app.') ? `app.integrations.${id}.${complete[0]}` : `--account ${complete[0]}`;
  return new KosmoError(
    'NOT_CONFIGURED',
    `${label} is not configured: it is missing required credentials for account '${name}' (${fields.join(', ')}).${there} Nothing was sent.`,
    { hint: complete.length === 0 ? setUp : `use ${use}; to set up '${name}' itself: ${setUp}` },
  );
}

/** What names an account on a command line; nothing for `default`. */
export function accountFlag(account: string): string {
  return account === DEFAULT_ACCOUNT ? '' : ` --account ${account}`;
}
