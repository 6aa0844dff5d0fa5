import { KosmoError } from '../errors/index.ts';
import { findTool, type ProviderSection } from '../integration/index.ts';
import { isObject, type JsonValue, valueAt } from '../json/index.ts';
import { suggest } from '../schema/index.ts';
import { PERMISSIONS, type PolicyLayer } from './decide.ts';

/** The facts of an integration that its rules depend on. */
export interface PolicyIntegration {
  readonly id: string;
  /** `usesTools` lists the functions that one calls. */
  readonly tools: readonly { readonly name: string; readonly slug?: string; readonly usesTools?: readonly string[] }[];
  /** The accounts on this machine. @default undefined (not known) */
  readonly accounts?: readonly string[];
}

const OPERATIONS = ['read', 'write'];
const DEFAULT_LEVEL = 'permissions_default';
const SETTINGS_BESIDE = ['enabled', 'accounts', 'permissions'];

/**
 * Validates the rules of each file. Returns an `INVALID_CONFIGURATION` for each file, with each key. An invalid rule blocks every call,
 * because ignoring it could allow a call that it was meant to deny. Tool names of MCP servers are not checked: they are not known here.
 */
export function validateRules(
  section: ProviderSection,
  layers: readonly PolicyLayer[],
  integrations: readonly PolicyIntegration[],
): readonly KosmoError[] {
  return layers.flatMap((layer) => {
    const problems = CHECKS[section](layer, integrations);
    if (problems.length === 0) return [];
    const message = `${problems.map((problem) => formatProblem(layer, problem)).join(' ')} Nothing was sent.`;
    const details = { file: layer.file, keys: problems.map(({ keys }) => dotted(keys)) };
    return [new KosmoError('INVALID_CONFIGURATION', message, { hint: `edit ${layer.file}`, details })];
  });
}

const CHECKS: Readonly<
  Record<ProviderSection, (layer: PolicyLayer, integrations: readonly PolicyIntegration[]) => readonly RuleProblem[]>
> = { integrations: checkIntegrations, mcp: checkMcp };

interface RuleProblem {
  readonly keys: readonly string[];
  readonly message: string;
}

function formatProblem({ file, lineOf }: PolicyLayer, { keys, message }: RuleProblem): string {
  const line = lineOf?.(keys);
  return `${file}${line === undefined ? '' : `:${line}`}: ${dotted(keys)} ${message}`;
}

const dotted = (keys: readonly string[]): string => ['kosmo', ...keys].join('.');

function checkIntegrations({ values }: PolicyLayer, integrations: readonly PolicyIntegration[]): RuleProblem[] {
  const names = [...integrations.map(({ id }) => id), DEFAULT_LEVEL];
  return entriesOf(valueAt(values, ['integrations']), ['integrations']).flatMap(([name, value, keys]) => {
    if (name === DEFAULT_LEVEL) return checkLevel(value, keys);
    const known = integrations.find(({ id }) => id === name);
    if (known === undefined) return [{ keys, message: `is not an integration.${didYouMean(name, names)}` }];
    const misplaced = entriesOf(value, keys)
      .filter(([key]) => !SETTINGS_BESIDE.includes(key))
      .flatMap(([key, , at]) => checkMisplacedRule(key, at));
    return [...misplaced, ...checkPermissions(valueAt(value, ['permissions']), [...keys, 'permissions'], known)];
  });
}

// A key beside `permissions` that looks like a rule.
function checkMisplacedRule(key: string, keys: readonly string[]): RuleProblem[] {
  const [meant] = suggest(key, ['permissions', ...OPERATIONS, 'functions', DEFAULT_LEVEL], 1);
  if (meant === undefined) return [];
  if (meant === 'permissions') return [{ keys, message: 'is not a setting. Did you mean permissions?' }];
  const place = meant === DEFAULT_LEVEL ? ['integrations', meant] : [...keys.slice(0, -1), 'permissions', meant];
  return [{ keys, message: `is not a place for a rule; write it at ${dotted(place)}.` }];
}

function checkMcp({ values }: PolicyLayer): RuleProblem[] {
  const servers = entriesOf(valueAt(values, ['mcp', 'servers']), ['mcp', 'servers']);
  return [
    ...entriesOf(valueAt(values, ['mcp']), ['mcp']).flatMap(([name, value, keys]) =>
      name === DEFAULT_LEVEL ? checkLevel(value, keys) : [],
    ),
    ...servers.flatMap(([, value, keys]) => checkPermissions(valueAt(value, ['permissions']), [...keys, 'permissions'])),
  ];
}

function checkPermissions(value: JsonValue | undefined, at: readonly string[], integration?: PolicyIntegration): RuleProblem[] {
  const allowed = [...OPERATIONS, 'functions', ...(integration === undefined ? [] : ['accounts'])];
  return checkTable(value, at, (name, inner, keys) => {
    if (OPERATIONS.includes(name)) return checkLevel(inner, keys);
    if (name === 'functions') return checkFunctions(inner, keys, integration);
    if (name !== 'accounts' || integration === undefined)
      return [{ keys, message: `is unknown; there are ${allowed.join(', ')}.${didYouMean(name, allowed)}` }];
    return checkTable(inner, keys, (account, rules, ofAccount) => {
      if (!/^[a-z][a-z0-9_]*$/.test(account))
        return [{ keys: ofAccount, message: 'is not a name of an account: lower-case letters, digits and _.' }];
      return checkTable(rules, ofAccount, (key, level, last) => {
        if (OPERATIONS.includes(key)) return checkLevel(level, last);
        if (key === 'functions') return checkFunctions(level, last, integration);
        return [{ keys: last, message: `is unknown; there are read, write, functions.${didYouMean(key, [...OPERATIONS, 'functions'])}` }];
      });
    });
  });
}

function checkFunctions(value: JsonValue | undefined, at: readonly string[], integration: PolicyIntegration | undefined): RuleProblem[] {
  return checkTable(value, at, (name, level, keys) => {
    if (integration === undefined) return checkFunctionRule(level, keys);
    const { id, tools } = integration;
    const tool = findTool(tools, name);
    if (tool === undefined) {
      const names = tools.filter(({ usesTools }) => usesTools === undefined).map((candidate) => candidate.name);
      return [{ keys, message: `is not a function of ${id}.${didYouMean(name, names)}` }];
    }
    if (tool.name !== name && isObject(value) && Object.hasOwn(value, tool.name))
      return [{ keys, message: `is another name of ${tool.name}, which has a rule here. Keep one of them.` }];
    if (tool.usesTools === undefined) return checkFunctionRule(level, keys);
    if (isObject(level) && level.permission === undefined) return checkFunctionRule(level, keys);
    return [{ keys, message: `has no rule of its own: it is made of ${tool.usesTools.join(' and ')}, whose rules apply.` }];
  });
}

// `allow`, or `{permission: allow, max_per_run: 3}`.
function checkFunctionRule(rule: JsonValue, at: readonly string[]): RuleProblem[] {
  if (!isObject(rule)) return checkLevel(rule, at);
  return checkTable(rule, at, (name, value, keys) => {
    if (name === 'permission') return checkLevel(value, keys);
    if (name !== 'max_per_run')
      return [{ keys, message: `is unknown; there are permission, max_per_run.${didYouMean(name, ['permission', 'max_per_run'])}` }];
    return Number.isInteger(value) && Number(value) >= 1 ? [] : [{ keys, message: 'must be a whole number of 1 or more.' }];
  });
}

function checkTable(
  value: JsonValue | undefined,
  keys: readonly string[],
  check: (name: string, value: JsonValue, keys: readonly string[]) => RuleProblem[],
): RuleProblem[] {
  if (value === undefined || value === null) return [];
  if (!isObject(value)) return [{ keys, message: 'must be a mapping.' }];
  return Object.entries(value).flatMap(([name, inner]) => check(name, inner, [...keys, name]));
}

function checkLevel(value: JsonValue, keys: readonly string[]): RuleProblem[] {
  if (PERMISSIONS.some((level) => level === value)) return [];
  return [{ keys, message: `must be allow, ask or deny, not ${JSON.stringify(value).slice(0, 40)}.` }];
}

function entriesOf(value: JsonValue | undefined, keys: readonly string[]): [string, JsonValue, readonly string[]][] {
  return isObject(value) ? Object.entries(value).map(([name, inner]) => [name, inner, [...keys, name]]) : [];
}

function didYouMean(name: string, candidates: readonly string[]): string {
  const [close] = suggest(name, candidates, 1);
  return close === undefined ? '' : ` Did you mean ${close}?`;
}
