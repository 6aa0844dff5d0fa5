import type { Command } from 'commander';
import { readAccounts } from '../../../credentials/index.ts';
import { DEFAULT_ACCOUNT, type Operation } from '../../../integration/index.ts';
import type { McpTool } from '../../../mcp-client/index.ts';
import {
  type AllowedFunction,
  allowName,
  type CallSubject,
  changesToAllow,
  createPolicy,
  type ExplainedRule,
  explainDecision,
  functionName,
  type Permission,
  type Policy,
} from '../../../policy/index.ts';
import { integrationSummaries } from '../../../runtime/index.ts';
import { readSettings } from '../../../settings/index.ts';
import type { CommandContext } from '../../context.ts';
import { accountOf, findFunction } from '../../options/policy-target.ts';
import { printJson, printNote, printValue } from '../../terminal/output.ts';

interface ExplainOptions {
  readonly account?: string;
  readonly json?: true;
  readonly pretty?: true;
}

/** What the policy says of one call. */
interface ExplainedCall {
  readonly function: string;
  readonly operation: Operation;
  readonly level: Permission;
  /** The one that decided first. */
  readonly rules: readonly ExplainedRule[];
  /** What to run or edit so that it is allowed from now on. */
  readonly change: readonly string[];
}

const MEANINGS: Readonly<Record<Permission, string>> = {
  allow: 'kosmo makes the call without asking',
  ask: 'kosmo asks you on a terminal and refuses the call everywhere else',
  deny: 'kosmo refuses the call',
};

const EXAMPLES = `
Examples:
  kosmo policy:explain {write}
  kosmo policy:explain {undo} --account production --json
  kosmo policy:explain mcp.github.create_issue`;

/** `kosmo policy:explain`: what may happen with a function, and which rule in which file says so. */
export function addExplainCommand(program: Command, context: CommandContext): void {
  program
    .command('policy:explain')
    .description('explain whether a function may be called')
    .argument('<function>', 'for example {write}, or mcp.github.create_issue')
    .option('--account <name>', 'credential account (default: default)')
    .option('--json', 'print one JSON document instead of text')
    .option('--pretty', 'indent the JSON document')
    .addHelpText('after', EXAMPLES)
    .action((name: string, options: ExplainOptions) => explain(context, name, options));
}

async function explain(context: CommandContext, name: string, options: ExplainOptions): Promise<void> {
  const found = await findFunction(context, name, 'policy:explain');
  const account = accountOf(found, options.account) ?? (found.provider.hasAccounts ? DEFAULT_ACCOUNT : null);
  const settings = await readSettings(context);
  const integrations = integrationSummaries.map((entry) => ({
    id: entry.id,
    tools: entry.tools,
    accounts: readAccounts(entry, settings).accounts.map((known) => known.name),
  }));
  const policy = createPolicy(settings.config.layers, integrations);
  const tool = found.provider.hasAccounts ? undefined : await listedTool(context, found);
  const calls = callsOf({ ...found, account }, tool).map((subject) => explainCall(subject, policy));
  const level = (['deny', 'ask'] as const).find((strict) => calls.some((call) => call.level === strict)) ?? 'allow';
  const fullName = functionName(found);
  const allow = `--allow ${allowName({ ...found, account })}`;
  if (options.json === true)
    printJson({ success: true, function: fullName, account, level, calls, allow_flag: allow }, options.pretty === true);
  else
    printValue(
      describe({
        head: `${account === null ? fullName : `${fullName} (account ${account})`}: ${headOf(found, tool, level, calls)}`,
        level,
        calls,
        allow,
      }).join('\n'),
    );
  const known = integrations.find(({ id }) => id === found.provider.id)?.accounts ?? [];
  if (account !== null && !known.includes(account)) printNote(`note: the account '${account}' of ${found.provider.id} is not set up here`);
  for (const warning of policy.warnings(found.provider)) printNote(`note: ${warning}`);
}

// The server itself is not asked: it would have to be started.
async function listedTool(context: CommandContext, { provider, name }: AllowedFunction): Promise<McpTool | undefined> {
  const { readCachedTools, readServers } = await import('../../../mcp-client/index.ts');
  const place = context.location;
  const entry = (await readServers(place)).effective.get(provider.id);
  return entry === undefined ? undefined : (await readCachedTools(entry, place.env))?.find(name);
}

// A function that is made of others reads or writes as its calls do. Whether a tool reads or writes is known once its server listed it.
function callsOf({ provider, name, account }: Omit<CallSubject, 'operation'>, tool?: McpTool): readonly CallSubject[] {
  if (tool !== undefined) {
    const alias = tool.shown === tool.name ? {} : { alias: tool.shown };
    return [{ provider, name: tool.name, ...alias, operation: tool.operation, account }];
  }
  if (!provider.hasAccounts) return (['read', 'write'] as const).map((operation) => ({ provider, name, operation, account }));
  const tools = integrationSummaries.find(({ id }) => id === provider.id)?.tools ?? [];
  const names = tools.find((tool) => tool.name === name)?.usesTools ?? [name];
  return tools
    .filter((tool) => names.includes(tool.name))
    .map((tool) => ({ provider, name: tool.name, alias: tool.slug, operation: tool.operation, account }));
}

function explainCall(subject: CallSubject, policy: Policy): ExplainedCall {
  const decision = policy.decide(subject);
  return {
    function: functionName(subject),
    operation: subject.operation,
    level: decision.level,
    rules: explainDecision(decision),
    change: changesToAllow(subject, decision),
  };
}

function headOf({ provider }: AllowedFunction, tool: McpTool | undefined, level: Permission, calls: readonly ExplainedCall[]): string {
  if (provider.hasAccounts || tool !== undefined || calls.every((call) => call.level === level)) return `${level}: ${MEANINGS[level]}`;
  const levels = calls.map((call) => `${call.level} as a ${call.operation}`);
  return `${levels.join(', ')}; it is a read if the server says that the tool only reads, which is known once its tools were listed`;
}

interface Explanation {
  /** The first line. */
  readonly head: string;
  readonly level: Permission;
  readonly calls: readonly ExplainedCall[];
  /** The option that allows the function for one run. */
  readonly allow: string;
}

function describe({ head, level, calls, allow }: Explanation): readonly string[] {
  const steps = new Set(calls.flatMap(({ change }) => change));
  return [
    head,
    '',
    ...calls.flatMap((call) => [
      `${call.function} as a ${call.operation}: ${call.level}`,
      ...call.rules.map((rule) => `  ${rule.effect.padEnd(9)}  ${describeRule(rule)}`),
    ]),
    ...(level === 'allow' ? [] : ['', `for one run: ${allow}, or --force for every call`, `for good: ${[...steps].join('; ')}`]),
  ];
}

function describeRule({ scope, file, key, level }: ExplainedRule): string {
  return scope === 'built-in' ? `${key}: ${level}, built in` : `${key}: ${level} in ${file} (${scope})`;
}
