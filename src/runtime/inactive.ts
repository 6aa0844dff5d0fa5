import { KosmoError } from '../errors/index.ts';
import { DEFAULT_ACCOUNT, describeOrigin, variableName } from '../settings/index.ts';
import type { Target } from './pipeline.ts';

/** Why calls of an integration through an account are refused before anything else is looked at; undefined where they are not. */
export function whyInactive({ entry, account, disabled }: Pick<Target, 'entry' | 'account' | 'disabled'>): KosmoError | undefined {
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
  return new KosmoError(
    'NOT_CONFIGURED',
    `Integration '${id}' is not configured: it is missing required credentials for account '${name}' (${fields.join(', ')}). Nothing was sent.`,
    { hint: `kosmo integrations:configure ${id}${accountFlag(name)}, or export ${assignments}, or try the call with --emulator` },
  );
}

/** What names an account on a command line; nothing for `default`. */
export function accountFlag(account: string): string {
  return account === DEFAULT_ACCOUNT ? '' : ` --account ${account}`;
}
