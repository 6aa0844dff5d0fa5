import type { CredentialedIntegration } from '../credentials/index.ts';
import { findTool } from '../integration/index.ts';
import type { PolicyIntegration } from '../policy/index.ts';
import { suggest } from '../schema/index.ts';

/** The values that a setting takes. */
export type SettingKind = 'boolean' | 'permission' | 'count' | 'text' | 'secret';

/** A setting that a command can write. */
export interface KnownSetting {
  /** Below `kosmo`; a slug of a function is replaced by its name. */
  readonly path: readonly string[];
  readonly kind: SettingKind;
}

export type KnownIntegration = CredentialedIntegration & PolicyIntegration;

type Node = SettingKind | Table | ((name: string) => Found | undefined);
interface Table {
  readonly [name: string]: Node;
}
interface Found {
  readonly name: string;
  readonly node: Node;
}

const FUNCTION_RULE: Table = { permission: 'permission', max_per_run: 'count' };

/**
 * Finds the setting of a dotted name such as `integrations.agora.permissions.write`, also with `kosmo.` before it. Otherwise returns
 * close names.
 */
export function findSetting(name: string, integrations: readonly KnownIntegration[]): KnownSetting | { readonly close: readonly string[] } {
  const words = splitName(name);
  let node: Node = settingsTree(integrations);
  const path: string[] = [];
  for (const [i, word] of words.entries()) {
    if (typeof node === 'string') return { close: [path.join('.')] };
    const found: Found | undefined = enter(node, word);
    if (found === undefined) return { close: closeNames(node, path, word, words.slice(i + 1)) };
    path.push(found.name);
    ({ node } = found);
  }
  if (typeof node === 'string') return { path, kind: node };
  const last = words.at(-2) === 'functions' ? { path, kind: 'permission' as const } : undefined;
  return last ?? { close: closeNames(node, path, '', []) };
}

// The name of an MCP tool can contain dots.
function splitName(name: string): readonly string[] {
  const words = name
    .trim()
    .replace(/^kosmo\./, '')
    .split('.');
  const at = words.indexOf('functions');
  if (words[0] !== 'mcp' || at === -1) return words;
  const last = words.at(-1) ?? '';
  const hasFact = words.length > at + 2 && Object.hasOwn(FUNCTION_RULE, last);
  const tool = words.slice(at + 1, hasFact ? -1 : undefined).join('.');
  return [...words.slice(0, at + 1), tool, ...(hasFact ? [last] : [])];
}

function enter(node: Exclude<Node, string>, word: string): Found | undefined {
  if (typeof node === 'function') return node(word);
  const inner = Object.hasOwn(node, word) ? node[word] : undefined;
  return inner === undefined ? undefined : { name: word, node: inner };
}

function closeNames(node: Exclude<Node, string>, path: readonly string[], word: string, rest: readonly string[]): readonly string[] {
  const names = typeof node === 'function' ? [] : Object.keys(node);
  const close = word === '' ? names : suggest(word, names);
  return close.slice(0, 3).map((name) => [...path, name, ...rest].join('.'));
}

function settingsTree(integrations: readonly KnownIntegration[]): Table {
  return {
    audit_log: 'boolean',
    oauth: { clientMetadataUrl: 'text' },
    integrations: {
      permissions_default: 'permission',
      ...Object.fromEntries(integrations.map((each) => [each.id, integrationTree(each)])),
    },
    mcp: {
      permissions_default: 'permission',
      servers: (name) => named(name, { permissions: permissionsTree((tool) => named(tool, FUNCTION_RULE)) }),
    },
  };
}

function integrationTree({ credentials, tools }: KnownIntegration): Table {
  const functions = (name: string): Found | undefined => {
    const tool = findTool(tools, name);
    return tool === undefined ? undefined : { name: tool.name, node: FUNCTION_RULE };
  };
  const fields = Object.fromEntries(credentials.map(({ name, secret }) => [name, secret ? 'secret' : 'text'] as const));
  const permissions = permissionsTree(functions);
  return {
    enabled: 'boolean',
    accounts: (account) => named(account, fields),
    permissions: { ...permissions, accounts: (account) => named(account, permissions) },
  };
}

function permissionsTree(functions: (name: string) => Found | undefined): Table {
  return { read: 'permission', write: 'permission', functions };
}

function named(name: string, node: Node): Found | undefined {
  return name === '' ? undefined : { name, node };
}
