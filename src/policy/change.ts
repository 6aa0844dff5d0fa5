import { type ConfigLocation, type ConfigScope, configFile, deleteSetting, editConfig, readConfig, setSetting } from '../config/index.ts';
import type { Operation, Provider } from '../integration/index.ts';
import { isObject, valueAt } from '../json/index.ts';
import { type CallSubject, decide, type Permission, type PolicyLayer, permissionAt } from './decide.ts';
import { functionName } from './explain.ts';

/** The calls that a rule is about: one function, or all reads or writes of an integration or an MCP server. */
export interface RuleSubject {
  readonly provider: Provider;
  /** Null for all functions of the operation. */
  readonly function: string | null;
  /** Of the function, if it is known; otherwise of the rule. */
  readonly operation: Operation | null;
  /** Null for all accounts. */
  readonly account: string | null;
}

/** The functions and accounts on this machine, to list those that a rule applies to. */
export interface PolicyScope {
  readonly tools: readonly {
    readonly name: string;
    readonly slug?: string;
    readonly operation: Operation;
    readonly usesTools?: readonly string[];
  }[];
  readonly accounts: readonly string[];
}

/** A change of the policy by a command. */
export interface PolicyChange {
  readonly key: string;
  readonly file: string;
  /** Null if the rule was removed. */
  readonly level: Permission | null;
  /** The permission before; null if there was no rule. */
  readonly previous: Permission | null;
  /** The functions for which the rule decides, or did until it was removed. */
  readonly functions: readonly string[];
  /** The accounts for which it decides; null for MCP servers, which have none. */
  readonly accounts: readonly string[] | null;
  /** A sentence for people, with the calls that another rule decides. */
  readonly sentence: string;
}

/** Returns the keys of a rule below `kosmo`. */
export function ruleKey({ provider, function: name, operation, account }: RuleSubject): readonly string[] {
  const permissions = [...provider.settingsPath, 'permissions'];
  const owner = account === null ? permissions : [...permissions, 'accounts', account];
  return name === null ? [...owner, operation ?? 'write'] : [...owner, 'functions', name];
}

/** Writes a rule into the file of a scope, or removes it (`level` null). Returns the change. */
export async function changeRule(
  subject: RuleSubject,
  level: Permission | null,
  place: ConfigLocation & { readonly scope: ConfigScope },
  scope: PolicyScope,
): Promise<PolicyChange> {
  const file = configFile(place.scope, place);
  const before = (await readConfig(place)).layers;
  const rule = valueAt(before.find((layer) => layer.file === file)?.values, ruleKey(subject));
  // A cap beside the permission stays.
  const keys = isObject(rule) ? [...ruleKey(subject), 'permission'] : ruleKey(subject);
  const previous = ruleAt(before, file, subject);
  if (previous !== level) {
    await editConfig(file, (document) => (level === null ? deleteSetting(document, keys) : setSetting(document, keys, level)), {
      isPrivate: place.scope === 'user',
    });
  }
  const after = (await readConfig(place)).layers;
  return describeChange(subject, { level, previous, file }, { before, after }, scope);
}

/** Describes the effect of a rule that was written or removed, with its functions and accounts. */
export function describeChange(
  subject: RuleSubject,
  { level, previous, file }: Pick<PolicyChange, 'level' | 'previous' | 'file'>,
  { before, after }: { readonly before: readonly PolicyLayer[]; readonly after: readonly PolicyLayer[] },
  scope: PolicyScope,
): PolicyChange {
  const key = ['kosmo', ...ruleKey(subject)].join('.');
  const calls = coveredCalls(subject, scope);
  const holding = level === null ? before : after;
  const decides = (call: CallSubject): boolean => {
    const { rule, own, project } = decide(holding, call);
    return [rule, own, ...project].some((candidate) => candidate.key === key && candidate.file === file);
  };
  const decided = calls.filter(decides);
  const accounts = !subject.provider.hasAccounts ? null : unique(decided.map(({ account }) => account ?? ''));
  const functions = unique(decided.map(({ name }) => nameOf(subject, name)));
  const facts = { key, file, level, previous, functions, accounts };
  return { ...facts, sentence: sentenceOf(subject, facts, calls, after) };
}

/** Returns the permission of a rule in a file; null if there is no rule. */
export function ruleAt(layers: readonly PolicyLayer[], file: string, subject: RuleSubject): Permission | null {
  const values = layers.find((layer) => layer.file === file)?.values;
  return permissionAt(values, ruleKey(subject)) ?? null;
}

function coveredCalls(subject: RuleSubject, { tools, accounts }: PolicyScope): readonly CallSubject[] {
  const { provider, function: name, operation, account } = subject;
  const named = tools.filter((tool) => tool.usesTools === undefined && (name === null ? tool.operation === operation : tool.name === name));
  // `*` means the tools of an MCP server that have no rule.
  const alone = name ?? (provider.hasAccounts ? null : '*');
  const known = named.length === 0 && alone !== null ? [{ name: alone, operation: operation ?? 'write' }] : named;
  const owners = !provider.hasAccounts ? [null] : account === null ? accounts : [account];
  return known.flatMap((tool) =>
    owners.map((owner) => ({
      provider,
      name: tool.name,
      ...('slug' in tool && tool.slug !== undefined ? { alias: tool.slug } : {}),
      operation: tool.operation,
      account: owner,
    })),
  );
}

const STATES: Readonly<Record<Permission, string>> = { allow: 'allowed', ask: 'asked about', deny: 'denied' };

function sentenceOf(
  subject: RuleSubject,
  { key, file, level, previous }: Pick<PolicyChange, 'key' | 'file' | 'level' | 'previous'>,
  calls: readonly CallSubject[],
  after: readonly PolicyLayer[],
): string {
  const { provider, function: name, operation, account } = subject;
  const what = name === null ? `Every ${operation} of ${provider.hasAccounts ? '' : 'MCP server '}${provider.id}` : nameOf(subject, name);
  const accounts = unique(calls.map((call) => call.account ?? ''));
  const whom = !provider.hasAccounts ? '' : account === null ? ` for all accounts (${accounts.join(', ')})` : ` for the account ${account}`;
  if (level === null) {
    if (previous === null) return `There is no rule ${key} in ${file}; nothing was changed.`;
    return `The rule ${key} (${previous}) was removed from ${file}.${remainder(subject, calls, after)}`;
  }
  const change = previous === level ? `stays ${STATES[level]}` : `is now ${STATES[level]}`;
  const was = previous === null || previous === level ? '' : ` (before: ${previous})`;
  const others = calls.filter((call) => decide(after, call).level !== level);
  return `${what} ${change}${whom}${was}, by ${key} in ${file}.${exceptions(subject, others, after)}`;
}

// The permissions of a rule's calls after it was removed.
function remainder(subject: RuleSubject, calls: readonly CallSubject[], after: readonly PolicyLayer[]): string {
  return grouped(subject, calls, after, (level) => `is now ${STATES[level]}`);
}

// The calls that another rule decides, because it is more specific or stricter.
function exceptions(subject: RuleSubject, calls: readonly CallSubject[], after: readonly PolicyLayer[]): string {
  return grouped(subject, calls, after, (level) => `stays ${STATES[level]}`);
}

function grouped(
  subject: RuleSubject,
  calls: readonly CallSubject[],
  after: readonly PolicyLayer[],
  verb: (level: Permission) => string,
): string {
  const groups = new Map<string, { readonly level: Permission; readonly from: string; readonly calls: CallSubject[] }>();
  for (const call of calls) {
    const { rule } = decide(after, call);
    const from = rule.file === null ? 'the built-in default' : `${rule.key} in ${rule.file}`;
    const group = groups.get(`${rule.level} ${from}`) ?? { level: rule.level, from, calls: [] };
    group.calls.push(call);
    groups.set(`${rule.level} ${from}`, group);
  }
  return [...groups.values()]
    .map((group) => {
      const names = unique(group.calls.map(({ name }) => nameOf(subject, name)));
      const owners = unique(group.calls.flatMap(({ account }) => account ?? []));
      const of = owners.length === 0 ? '' : ` of ${owners.join(', ')}`;
      return ` ${names.join(', ')}${of} ${verb(group.level)}, by ${group.from}.`;
    })
    .join('');
}

function nameOf({ provider }: RuleSubject, name: string): string {
  return functionName({ provider, name });
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}
