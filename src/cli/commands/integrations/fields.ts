import type { Command } from 'commander';
import { describeAccount, emptyAccount, readAccounts } from '../../../credentials/index.ts';
import { COMPATIBILITY, DEFAULT_ACCOUNT } from '../../../integration/index.ts';
import { readSettings } from '../../../settings/index.ts';
import type { CommandContext } from '../../context.ts';
import { findIntegration } from '../../options/find-integration.ts';
import { addJsonOptions } from '../../options/json.ts';
import type { JsonOptions } from '../../options/mcp-scope.ts';
import { printJson, printNote, printTable, yesNo } from '../../terminal/output.ts';

interface FieldsOptions extends JsonOptions {
  readonly account: string;
}

const EXAMPLES = `
Examples:
  kosmo integrations:fields {id}
  kosmo integrations:fields {id} --account production --json`;

/** `kosmo integrations:fields`: the fields of an account, and which are set. */
export function addFieldsCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('integrations:fields')
    .description('list the fields of an account')
    .argument('<integration>', 'its id, as integrations:list prints it')
    .option('--account <name>', 'the account to look at', DEFAULT_ACCOUNT);
  addJsonOptions(command)
    .addHelpText('after', EXAMPLES)
    .action((id: string, options: FieldsOptions) => showFields(context, id, options));
}

async function showFields(context: CommandContext, id: string, { account: name, json, pretty }: FieldsOptions): Promise<void> {
  const integration = findIntegration(id);
  const { accounts } = readAccounts(integration, await readSettings(context));
  const account = accounts.find((candidate) => candidate.name === name) ?? emptyAccount(name, integration.credentials);
  const { fields } = describeAccount(integration, account);
  const flag = name === DEFAULT_ACCOUNT ? '' : ` --account=${name}`;
  const example = `kosmo integrations:configure ${id}${flag} --set key=value --enable --json`;
  if (json === true) {
    printJson(
      {
        success: true,
        provider: id,
        account: name,
        accounts: accounts.map((one) => one.name),
        ...COMPATIBILITY,
        auth_strategy: integration.authStrategy,
        fields,
        example,
      },
      pretty === true,
    );
    return;
  }
  printTable(
    ['Key', 'Label', 'Type', 'Required', 'Configured', 'From'],
    fields.map(({ key, label, type, required, configured, origin }) => [
      key,
      label,
      type,
      yesNo(required),
      yesNo(configured),
      origin ?? '',
    ]),
  );
  printNote(`Example: ${example.replace(' --json', '')}`);
}
