import type { Command } from 'commander';
import { homeFolder } from '../../../config/index.ts';
import { type AccountChange, changeAccount, describeAccount, readAccounts, validateAccountChange } from '../../../credentials/index.ts';
import { findOpen } from '../../../runtime/index.ts';
import { readSettings } from '../../../settings/index.ts';
import type { CommandContext } from '../../context.ts';
import { findIntegration } from '../../options/find-integration.ts';
import { addJsonOptions } from '../../options/json.ts';
import type { JsonOptions } from '../../options/mcp-scope.ts';
import { usage } from '../../options/parse-values.ts';
import { confirmRemoval } from '../../terminal/confirm-removal.ts';
import { printJson, printNote, printTable, printValue, yesNo } from '../../terminal/output.ts';

interface AccountsOptions extends JsonOptions {
  readonly project?: true;
  readonly force?: true;
}

const EXAMPLES = `
Examples:
  kosmo integrations:accounts {id}
  kosmo integrations:accounts {id} rename work production
  kosmo integrations:accounts {id} remove old`;

/** `kosmo integrations:accounts`: the accounts of an integration; renames and removes them. */
export function addAccountsCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('integrations:accounts')
    .description('list, rename or remove accounts')
    .argument('<integration>', 'its id, as integrations:list prints it')
    .argument('[action]', 'list, rename or remove', 'list')
    .argument('[names...]', 'the account; to rename it, also its new name')
    .option('--force', 'with remove: do not ask')
    .option('--project', "change the project's .kosmo/config.yaml too");
  addJsonOptions(command)
    .addHelpText('after', EXAMPLES)
    .action((id: string, action: string, names: readonly string[], options: AccountsOptions) =>
      runAccounts(context, id, { action, names }, options),
    );
}

async function runAccounts(
  context: CommandContext,
  id: string,
  { action, names }: { readonly action: string; readonly names: readonly string[] },
  options: AccountsOptions,
): Promise<void> {
  const integration = findIntegration(id);
  const place = context.location;
  const move = readMove(action, names, options.project === true);
  const before = readAccounts(integration, await readSettings(place));
  if (options.force === true && action !== 'remove') throw usage('--force belongs to remove; nothing else asks');
  const open = move === undefined ? [] : await findOpen(id, move.from, homeFolder(context.env));
  if (move !== undefined) {
    validateAccountChange(integration, before.accounts, move);
    if (move.to === undefined && options.force !== true) await confirmRemoval(id, move, open, options.json !== true);
    await changeAccount(integration, before.accounts, move, place);
  }
  const { accounts } = move === undefined ? before : readAccounts(integration, await readSettings(place));
  const warnings = move !== undefined && open.length > 0 ? [describeOpen(id, move, open)] : [];
  if (move !== undefined && accounts.some(({ name, origins }) => name === move.from && Object.keys(origins).length > 0))
    warnings.push(`The account '${move.from}' is still in the project's file; with --project it is changed there too.`);
  if (options.json === true) {
    const states = accounts.map((account) => describeAccount(integration, account));
    const changed = {
      renamed: move?.to === undefined ? null : { from: move.from, to: move.to },
      removed: move !== undefined && move.to === undefined ? move.from : null,
    };
    printJson({ success: true, provider: id, accounts: states, ...changed, warnings }, options.pretty === true);
    return;
  }
  if (move === undefined) {
    printTable(
      ['Account', 'Configured', 'Missing', 'From'],
      accounts.map((account) => {
        const { fields, missing, configured } = describeAccount(integration, account);
        const sources = new Set(fields.filter((field) => field.configured).map(({ origin }) => (origin ?? '').replace(/:\d+$/, '')));
        return [account.name, yesNo(configured), missing.join(', '), [...sources].join(', ')];
      }),
    );
  } else printValue(move.to === undefined ? `Removed ${id} (${move.from}).` : `Renamed ${id} (${move.from}) to ${move.to}.`);
  for (const warning of warnings) printNote(`warning: ${warning}`);
}

function describeOpen(id: string, { from, to }: AccountChange, open: readonly string[]): string {
  const back = to === undefined ? 'set up again under that name' : `renamed back: kosmo integrations:accounts ${id} rename ${to} ${from}`;
  return `Open with the account '${from}', and not to be stopped by kosmo until it is ${back}: ${open.join(', ')}.`;
}

function readMove(action: string, names: readonly string[], isProject: boolean): AccountChange | undefined {
  const [from, to, more] = names;
  const scope = isProject ? 'project' : 'user';
  if (action === 'list' && from === undefined) return undefined;
  if (action === 'rename' && from !== undefined && to !== undefined && more === undefined) return { from, to, scope };
  if (action === 'remove' && from !== undefined && to === undefined) return { from, scope };
  const wanted = { list: 'no names', rename: 'two names, the old and the new', remove: 'one name' }[action];
  throw usage(wanted === undefined ? `there is no action '${action}'; there are list, rename and remove` : `${action} takes ${wanted}`);
}
