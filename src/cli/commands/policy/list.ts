import type { Command } from 'commander';
import { integrationProvider, mcpServerProvider } from '../../../integration/index.ts';
import { createPolicy, type ListedRule, listRules } from '../../../policy/index.ts';
import { integrationSummaries } from '../../../runtime/index.ts';
import { readSettings } from '../../../settings/index.ts';
import type { CommandContext } from '../../context.ts';
import { addJsonOptions } from '../../options/json.ts';
import type { JsonOptions } from '../../options/mcp-scope.ts';
import { printJson, printNote, printTable } from '../../terminal/output.ts';

const EXAMPLES = `
Examples:
  kosmo policy:list
  kosmo policy:list --json`;

/** `kosmo policy:list`: the rules of the configuration files. */
export function addPolicyListCommand(program: Command, context: CommandContext): void {
  addJsonOptions(program.command('policy:list').description('list the permissions that your files set'))
    .addHelpText('after', EXAMPLES)
    .action((options: JsonOptions) => showRules(context, options));
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
