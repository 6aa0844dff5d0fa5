import type { Command } from 'commander';
import { readAccounts } from '../../credentials/index.ts';
import { DEFAULT_ACCOUNT, integrationProvider, mcpServerProvider, type Operation } from '../../integration/index.ts';
import { changeRule, type Permission, type PolicyChange, type PolicyScope, type RuleSubject } from '../../policy/index.ts';
import { integrationSummaries } from '../../runtime/index.ts';
import { readSettings } from '../../settings/index.ts';
import type { CommandContext } from '../context.ts';
import { printJson, printNote, printValue } from '../terminal/output.ts';
import { addJsonOptions } from './json.ts';
import type { JsonOptions } from './mcp-scope.ts';
import { usage } from './parse-values.ts';
import { accountOf, findFunction } from './policy-target.ts';

export interface RuleOptions extends JsonOptions {
  readonly account?: string;
  readonly project?: true;
}

const SUBJECT = 'a function such as {undo}, or {id}.read or {id}.write for all of them';

/** Adds the options of a command that changes the permission of one function. */
export function addRuleOptions(command: Command): Command {
  return addJsonOptions(command.argument('<function>', SUBJECT))
    .option('--account <name>', 'for this account only (default: all accounts)')
    .option('--project', "in the project's .kosmo/config.yaml, which can only make permissions stricter");
}

/** Changes the permission of one function and reports it. `level` null removes it. */
export async function changePermission(
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
