import { describeOrigin } from '../../credentials/index.ts';
import { KosmoError } from '../../errors/index.ts';
import { DEFAULT_ACCOUNT, variableName } from '../../integration/index.ts';
import type { Target } from './target.ts';

/** Why calls of an integration through an account are refused before anything else is looked at; undefined where they are not. */
export function inactiveError({
  entry,
  account,
  accounts = [],
  disabled,
  path = '',
}: Pick<Target, 'entry' | 'account' | 'accounts' | 'disabled'> & { readonly path?: string }): KosmoError | undefined {
  const { id } = entry;
  if (disabled !== undefined) {
    return new KosmoError('INTEGRATION_DISABLED', `Integration '${id}' is disabled in ${describeOrigin(disabled)}. Nothing was sent.`, {
      hint: `kosmo integrations:configure ${id} --enable${disabled.from === 'project' ? ' --project' : ''}`,
    });
  }
  const { name, missing, origins } = account;
  if (missing.length === 0) return undefined;
  const fields = missing.map((field) => (origins[field] === undefined ? field : `${field} from ${describeOrigin(origins[field])}`));
  const assignments = missing.map((field) => `${variableName(id, name, field)}=…`).join(' ');
  const setUp = `kosmo integrations:configure ${id}${accountFlag(name)}, or export ${assignments}, or try the call with --emulator`;
  const complete = accounts.filter((other) => other.missing.length === 0).map((other) => other.name);
  const there = complete.length === 0 ? '' : ` There is ${complete.join(', ')}.`;
  const use = path.startsWith('app.') ? `app.integrations.${id}.${complete[0]}` : `--account ${complete[0]}`;
  return new KosmoError(
    'NOT_CONFIGURED',
    `Integration '${id}' is not configured: it is missing required credentials for account '${name}' (${fields.join(', ')}).${there} Nothing was sent.`,
    { hint: complete.length === 0 ? setUp : `use ${use}; to set up '${name}' itself: ${setUp}` },
  );
}

/** What names an account on a command line; nothing for `default`. */
export function accountFlag(account: string): string {
  return account === DEFAULT_ACCOUNT ? '' : ` --account ${account}`;
}
