import type { Command } from 'commander';
import { type ConfigLocation, configFile } from '../../../config/index.ts';
import {
  type Account,
  type AccountChanges,
  checkChanges,
  configure,
  describeOrigin,
  emptyAccount,
  readAccounts,
} from '../../../credentials/index.ts';
import { KosmoError, rememberSecret } from '../../../errors/index.ts';
import { COMPATIBILITY, DEFAULT_ACCOUNT, integrationProvider, type Operation, toAccountName } from '../../../integration/index.ts';
import {
  describeChange,
  effectivePermissions,
  type Permission,
  type PolicyChange,
  type RuleSubject,
  ruleAt,
} from '../../../policy/index.ts';
import { checkCredentials, type IntegrationSummary } from '../../../runtime/index.ts';
import type { Problem } from '../../../schema/index.ts';
import { readSettings, type Settings } from '../../../settings/index.ts';
import type { CommandContext } from '../../context.ts';
import { type ChangeFlags, readChanges } from '../../options/account-changes.ts';
import { findIntegration } from '../../options/find-integration.ts';
import { readStdin, usage } from '../../options/parse-values.ts';
import { askFields } from '../../terminal/ask-fields.ts';
import { isInteractive } from '../../terminal/capabilities.ts';
import { printJson, printNote, printValue } from '../../terminal/output.ts';
import { openTerminalPrompt } from '../../terminal/prompt.ts';

interface ConfigureOptions extends ChangeFlags {
  readonly stdinJson?: true;
  readonly json?: true;
  readonly pretty?: true;
}

const EXAMPLES = `
Examples:
  kosmo integrations:configure {id}                      # asks for what is missing
  kosmo integrations:configure {id} --account production
  kosmo integrations:configure {id} --set app_id=… --set-env customer_secret=MY_SECRET
  echo '{"set": {"customer_secret": "…"}}' | kosmo integrations:configure {id} --stdin-json
  kosmo integrations:configure {id} --write deny --project`;

/** `kosmo integrations:configure`: accounts, permissions and the switch of an integration. */
export function addConfigureCommand(program: Command, context: CommandContext): void {
  program
    .command('integrations:configure')
    .description('set up an account')
    .argument('<integration>', 'its id, as integrations:list prints it')
    .option('--account <name>', `the account to set up (default ${DEFAULT_ACCOUNT})`)
    .option('--set <field=value>', 'set a field; may be repeated', collect)
    .option('--set-env <field=VARIABLE>', 'read a field from this environment variable whenever it is used; may be repeated', collect)
    .option('--unset <field>', 'remove a field; may be repeated', collect)
    .option('--stdin-json', 'read {"account", "scope", "set", "set_env", "unset", "enabled", "permissions"} from stdin')
    .option('--enable', 'allow calls of the integration again')
    .option('--disable', 'refuse all calls of the integration')
    .option('--read <level>', 'permission of reads, of --account alone if given: allow, ask or deny')
    .option('--write <level>', 'permission of writes, of --account alone if given: allow, ask or deny')
    .option('--project', "write to the project's .kosmo/config.yaml (never secrets)")
    .option('--json', 'print one JSON document instead of text')
    .option('--pretty', 'indent the JSON document')
    .addHelpText('after', EXAMPLES)
    .action((id: string, options: ConfigureOptions) => runConfigure(context, id, options));
}

function collect(value: string, all: readonly string[] = []): readonly string[] {
  return [...all, value];
}

async function runConfigure(context: CommandContext, id: string, options: ConfigureOptions): Promise<void> {
  const integration = findIntegration(id);
  const stdin = options.stdinJson === true ? (await readStdin()).toString('utf8') : undefined;
  const { changes: given, problems } = readChanges(options, stdin);
  for (const { name } of integration.credentials.filter(({ secret }) => secret)) rememberSecret(given.set[name]?.trim() ?? '');
  const place = context.location;
  const settingsBefore = await readSettings(place);
  const { config } = settingsBefore;
  const before = findAccount(integration, settingsBefore, given.account);
  await refuseProblems(integration, given, problems, config.layers);
  const changes = isEmpty(given) ? { ...given, set: await ask(context, integration, before, options) } : given;
  if (isEmpty(changes)) throw usage('Nothing was changed.', `kosmo integrations:fields ${id} lists what can be set`);
  await configure(integration, changes, place);
  const settings = await readSettings(place);
  const permissionChanges = describeLevels(integration, changes, { before: settingsBefore, after: settings }, place);
  const report = await describe(integration, changes, settings, { permissionChanges, isOnCommandLine: options.set !== undefined });
  if (options.json === true) printJson({ success: true, ...report }, options.pretty === true);
  else await printForPeople(report, settings);
}

function findAccount(integration: IntegrationSummary, settings: Settings, name: string): Account {
  return (
    readAccounts(integration, settings).accounts.find((candidate) => candidate.name === name) ?? emptyAccount(name, integration.credentials)
  );
}

function isEmpty({ set, setEnv, unset, enabled, permissions }: AccountChanges): boolean {
  return [set, setEnv, unset, permissions].every((part) => Object.keys(part).length === 0) && enabled === undefined;
}

async function refuseProblems(
  integration: IntegrationSummary,
  changes: AccountChanges,
  more: readonly Problem[],
  layers: Settings['config']['layers'],
): Promise<void> {
  const { id, tools } = integration;
  const reserved = tools.map(({ name }) => name);
  const problems = [...more, ...checkChanges(integration, changes, reserved, layers), ...(await checkCredentials(id, changes.set))];
  if (problems.length === 0) return;
  throw new KosmoError('USAGE', `${problems.map(({ message }) => message).join(' ')} Nothing was changed.`, {
    hint: hintFor(id, problems, changes),
    details: { problems },
  });
}

// The hint fits the mistake: what a level, a name or a field can be.
function hintFor(id: string, problems: readonly Problem[], { account }: AccountChanges): string {
  const isAbout = (paths: readonly string[]): boolean => problems.some(({ path }) => paths.includes(path));
  const hints = [
    ...(isAbout(['account']) ? [`name the account as in --account ${toAccountName(account)}`] : []),
    ...(isAbout(['read', 'write']) ? ['a permission is allow, ask or deny, as in --write=ask'] : []),
  ];
  const others = problems.some(({ path }) => !['account', 'read', 'write'].includes(path));
  return [...hints, ...(others ? [`kosmo integrations:fields ${id} lists the fields`] : [])].join('; ');
}

async function ask(
  context: CommandContext,
  integration: IntegrationSummary,
  account: Account,
  { json }: ConfigureOptions,
): Promise<AccountChanges['set']> {
  const prompt = json !== true && isInteractive() ? openTerminalPrompt() : undefined;
  if (prompt !== undefined) return askFields(integration, account, prompt, context.signal);
  const fields = account.missing.length === 0 ? ' --set <field>=…' : account.missing.map((name) => ` --set ${name}=…`).join('');
  const command = `kosmo integrations:configure ${integration.id}${account.name === DEFAULT_ACCOUNT ? '' : ` --account ${account.name}`}`;
  throw usage(
    `There is nothing to change for ${integration.id} on the command line, and no terminal to ask on.`,
    `${command}${fields}, or ${command} in a terminal, which asks`,
  );
}

function describeLevels(
  integration: IntegrationSummary,
  { account, scope, permissions, isForAccount = false }: AccountChanges,
  { before, after }: { readonly before: Settings; readonly after: Settings },
  place: ConfigLocation,
): readonly PolicyChange[] {
  const { id, tools } = integration;
  const accounts = readAccounts(integration, after).accounts.map(({ name }) => name);
  const file = configFile(scope, place);
  const layers = { before: before.config.layers, after: after.config.layers };
  return Object.entries(permissions).map(([operation, level]) => {
    const subject: RuleSubject = {
      ...{ provider: integrationProvider(id), function: null, account: isForAccount ? account : null },
      operation: operation as Operation,
    };
    const previous = ruleAt(layers.before, file, subject);
    return describeChange(subject, { level: level as Permission, previous, file }, layers, { tools, accounts });
  });
}

interface ConfigureReport {
  readonly provider: string;
  readonly account: string;
  readonly scope: string;
  readonly credentials_set: readonly string[];
  readonly credentials_unset: readonly string[];
  readonly enabled: boolean;
  readonly configured: boolean;
  readonly missing_credentials: readonly string[];
  readonly cli_setup_supported: boolean;
  readonly cli_runtime_supported: boolean;
  readonly permissions: { readonly read: string; readonly write: string };
  readonly permission_changes: readonly PolicyChange[];
  readonly warnings: readonly string[];
}

async function describe(
  integration: IntegrationSummary,
  { account: name, scope, set, setEnv, unset, enabled, permissions }: AccountChanges,
  settings: Settings,
  { permissionChanges, isOnCommandLine }: { readonly permissionChanges: readonly PolicyChange[]; readonly isOnCommandLine: boolean },
): Promise<ConfigureReport> {
  const { id, credentials } = integration;
  const account = findAccount(integration, settings, name);
  const { disabled } = readAccounts(integration, settings);
  const levels = effectivePermissions(settings.config, id, name);
  const warnings: string[] = [];
  for (const field of credentials) {
    const origin = account.origins[field.name];
    const isUsed =
      origin === undefined ||
      (field.name in set && (field.secret ? origin.from === 'secrets' : origin.from === scope)) ||
      (field.name in setEnv && origin.from === 'environment' && origin.variable === setEnv[field.name]);
    if ((field.name in set || field.name in setEnv) && !isUsed)
      warnings.push(`${field.name} is read from ${describeOrigin(origin)}, which counts before what was set now.`);
    if (unset.includes(field.name) && account.isSet(field.name) && origin !== undefined)
      warnings.push(`${field.name} is still read from ${describeOrigin(origin)}.`);
    if (field.secret && field.name in set && isOnCommandLine)
      warnings.push(
        `${field.name} stood on the command line, where other programs and the shell's history see it; a prompt or --stdin-json is safer.`,
      );
  }
  if (enabled === true && disabled !== undefined) warnings.push(`${id} is still disabled in ${describeOrigin(disabled)}.`);
  for (const [operation, level] of Object.entries(permissions)) {
    const actual = levels[operation as keyof typeof levels];
    if (actual !== level) warnings.push(`${operation} stays ${actual}: another file says so, and a project's file can only be stricter.`);
  }
  return {
    provider: id,
    account: name,
    scope,
    credentials_set: [...Object.keys(set), ...Object.keys(setEnv)],
    credentials_unset: unset,
    enabled: disabled === undefined,
    configured: account.missing.length === 0,
    missing_credentials: account.missing,
    cli_setup_supported: COMPATIBILITY.cli_setup_supported,
    cli_runtime_supported: COMPATIBILITY.cli_runtime_supported,
    permissions: levels,
    permission_changes: permissionChanges,
    warnings,
  };
}

async function printForPeople(report: ConfigureReport, { secrets, secretKeys }: Settings): Promise<void> {
  const { provider, account, credentials_set: set, credentials_unset: unset, missing_credentials: missing, warnings } = report;
  // Who changes a permission or the switch may use another account.
  const isAboutAccount = set.length > 0 || unset.length > 0;
  const flag = account === DEFAULT_ACCOUNT ? '' : ` --account ${account}`;
  printValue(`Configured ${provider} (${account}).`);
  for (const { sentence } of report.permission_changes) printValue(sentence);
  if (secretKeys.length > 0) printNote(`Secrets are in ${secrets.file}, encrypted with the key ${await secrets.describeKey()}.`);
  for (const warning of warnings) printNote(`warning: ${warning}`);
  printNote(
    missing.length > 0 && isAboutAccount
      ? `Still missing: ${missing.join(', ')}. Next: kosmo integrations:configure ${provider}${flag}`
      : `Next: kosmo integrations:doctor ${provider}${flag}${missing.length > 0 ? '' : ' --live'}`,
  );
}
