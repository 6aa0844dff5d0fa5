import type { Command } from 'commander';
import { readAccounts } from '../../../credentials/index.ts';
import { DEFAULT_ACCOUNT, integrationProvider, mcpServerProvider, type Operation } from '../../../integration/index.ts';
import {
  changeRule,
  createPolicy,
  type ListedRule,
  listRules,
  type Permission,
  type PolicyChange,
  type PolicyScope,
  type RuleSubject,
} from '../../../policy/index.ts';
import { integrationSummaries } from '../../../runtime/index.ts';
import { readSettings } from '../../../settings/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import type { JsonOptions } from '../../options/mcp-scope.ts';
import { usage } from '../../options/parse-values.ts';
import { accountOf, findFunction } from '../../options/policy-target.ts';
import { printJson, printNote, printTable, printValue } from '../../terminal/output.ts';

interface RuleOptions extends JsonOptions {
  readonly account?: string;
  readonly project?: true;
}

const LEVELS: readonly string[] = ['allow', 'ask', 'deny'];

const SET_EXAMPLES = `
Examples:
  kosmo policy:set agora.stop_recording deny --account production
  kosmo policy:set agora.write ask                      # every write of agora
  kosmo policy:set mcp.github.create_issue deny --project`;

const UNSET_EXAMPLES = `
Examples:
  kosmo policy:unset agora.stop_recording --account production
  kosmo policy:unset agora.write --project`;

const LIST_EXAMPLES = `
Examples:
  kosmo policy:list
  kosmo policy:list --json`;

const SUBJECT = 'a function such as agora.stop_recording, or agora.read or agora.write for all of them';

/** `kosmo policy:set`, `policy:unset` and `policy:list`: the rules of the configuration files. */
export function addPolicyCommands(program: Command, context: CommandContext): void {
  const command = (name: string, description: string, examples: string): Command =>
    addJsonOptions(program.command(name).description(description).argument('<function>', SUBJECT))
      .option('--account <name>', 'for this account only (default: all accounts)')
      .option('--project', "in the project's .kosmo/config.yaml, which can only make permissions stricter")
      .addHelpText('after', examples);
  command('policy:set', 'set the permission of a function', SET_EXAMPLES)
    .addArgument(program.createArgument('<level>', 'what happens with its calls').choices(LEVELS))
    .action((name: string, level: Permission, options: RuleOptions) => setRule(context, name, level, options));
  command('policy:unset', 'remove the permission of a function', UNSET_EXAMPLES).action((name: string, options: RuleOptions) =>
    unsetRule(context, name, options),
  );
  addJsonOptions(program.command('policy:list').description('list the permissions that your files set'))
    .addHelpText('after', LIST_EXAMPLES)
    .action((options: JsonOptions) => showRules(context, options));
}

async function setRule(context: CommandContext, name: string, level: Permission, options: RuleOptions): Promise<void> {
  if (options.project === true && level === 'allow')
    throw usage("a project's file can only make permissions stricter, so it cannot allow", 'leave out --project');
  await change(context, 'policy:set', { name, level }, options);
}

async function unsetRule(context: CommandContext, name: string, options: RuleOptions): Promise<void> {
  await change(context, 'policy:unset', { name, level: null }, options);
}

async function change(
  context: CommandContext,
  command: string,
  { name, level }: { readonly name: string; readonly level: Permission | null },
  options: RuleOptions,
): Promise<void> {
  const subject = await findSubject(context, command, name, options.account);
  const place = context.location;
  const scope = await scopeOf(context, subject);
  const report = await changeRule(subject, level, { ...place, scope: options.project === true ? 'project' : 'user' }, scope);
  printChange(report, options);
  if (subject.account !== null && !scope.accounts.includes(subject.account))
    printNote(`note: the account '${subject.account}' of ${subject.provider.id} is not set up here`);
}

function printChange(report: PolicyChange, { json, pretty }: JsonOptions): void {
  if (json === true) printJson({ success: true, changed: report.level !== report.previous, ...report }, pretty === true);
  else printValue(report.sentence);
}

async function findSubject(context: CommandContext, command: string, name: string, given: string | undefined): Promise<RuleSubject> {
  const all = /^(?:app\.)?(?:integrations\.)?(?:(mcp)\.)?([^.]+)\.(read|write)$/.exec(name.trim());
  const [, mcp, id = '', operation] = all ?? [];
  if (operation !== undefined && (mcp !== undefined || integrationSummaries.some((summary) => summary.id === id))) {
    const provider = mcp === undefined ? integrationProvider(id) : mcpServerProvider(id);
    return { provider, function: null, operation: operation as Operation, account: accountOf({ provider, account: null }, given) };
  }
  const found = await findFunction(context, name, command);
  const { provider, name: functionName } = found;
  const summary = provider.hasAccounts ? integrationSummaries.find((candidate) => candidate.id === provider.id) : undefined;
  const tool = summary?.tools.find((candidate) => candidate.name === functionName);
  if (tool?.usesTools !== undefined)
    throw usage(
      `${provider.id}.${functionName} has no permission of its own: it is made of ${tool.usesTools.join(' and ')}`,
      `kosmo ${command} ${provider.id}.${tool.usesTools[0]}${command === 'policy:set' ? ' …' : ''}`,
    );
  return { provider, function: functionName, operation: tool?.operation ?? null, account: accountOf(found, given) };
}

async function scopeOf(context: CommandContext, { provider, account }: RuleSubject): Promise<PolicyScope> {
  const described = integrationSummaries.find(({ id }) => provider.hasAccounts && id === provider.id);
  if (described === undefined) return { tools: [], accounts: [] };
  const settings = await readSettings(context);
  const accounts = readAccounts(described, settings).accounts.map(({ name }) => name);
  return { tools: described.tools, accounts: account === null && accounts.length === 0 ? [DEFAULT_ACCOUNT] : accounts };
}

async function showRules(context: CommandContext, { json, pretty }: JsonOptions): Promise<void> {
  const settings = await readSettings(context);
  const { layers } = settings.config;
  const rules = listRules(layers);
  const policy = createPolicy(layers, integrationSummaries);
  const problems = (['integrations', 'mcp'] as const).flatMap((source) => policy.problems(source).map(({ message }) => message));
  const warnings = [...new Set(problems)].map((message) => message.replace(/ Nothing was sent\.$/, ''));
  if (json === true) {
    printJson({ success: true, rules, built_in: { read: 'allow', write: 'ask' }, warnings }, pretty === true);
    return;
  }
  if (rules.length === 0) printNote('your files set no permissions: reads are allowed, and writes ask');
  else
    printTable(
      ['Calls', 'Account', 'Permission', 'From'],
      rules.map((rule) => [callsOf(rule), accountsOf(rule), rule.level, `${rule.file}${rule.line === null ? '' : `:${rule.line}`}`]),
    );
  for (const warning of warnings) printNote(`warning: ${warning}`);
}

// By the `source` of a rule in the JSON document.
const OWNERS = {
  integrations: { every: 'every integration', provider: integrationProvider },
  mcp: { every: 'every MCP server', provider: mcpServerProvider },
} as const;

function callsOf({ source, integration, function: name, operation }: ListedRule): string {
  const { every, provider } = OWNERS[source];
  return integration === null ? every : `${provider(integration).path}.${name ?? operation}`;
}

function accountsOf({ source, account }: ListedRule): string {
  return OWNERS[source].provider('').hasAccounts ? (account ?? 'all') : '';
}
