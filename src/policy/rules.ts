import type { Operation, ProviderSection } from '../integration/index.ts';
import { isObject, type JsonValue, valueAt } from '../json/index.ts';
import { type Permission, type PolicyLayer, permissionAt } from './decide.ts';

/** A rule of a configuration file, and the calls that it applies to. */
export interface ListedRule {
  readonly scope: 'user' | 'project';
  readonly file: string;
  readonly line: number | null;
  /** `kosmo.integrations.agora.permissions.write` */
  readonly key: string;
  readonly level: Permission;
  readonly source: ProviderSection;
  /** The integration or MCP server; null for all of them (`permissions_default`). */
  readonly integration: string | null;
  /** Null for all accounts. */
  readonly account: string | null;
  /** Null for all functions of an operation. */
  readonly function: string | null;
  /** Null for a function, and for both operations. */
  readonly operation: Operation | null;
}

/** Returns the rules of all files in their order. Invalid permissions are left out: `Policy.problems` names them. */
export function listRules(layers: readonly PolicyLayer[]): readonly ListedRule[] {
  return layers.flatMap((layer) => [
    ...rulesAt(layer, ['integrations', 'permissions_default'], { source: 'integrations' }),
    ...namesAt(layer, ['integrations']).flatMap((id) => integrationRules(layer, id)),
    ...rulesAt(layer, ['mcp', 'permissions_default'], { source: 'mcp' }),
    ...namesAt(layer, ['mcp', 'servers']).flatMap((name) =>
      permissionRules(layer, ['mcp', 'servers', name, 'permissions'], { source: 'mcp', integration: name }),
    ),
  ]);
}

type Subject = Pick<ListedRule, 'source'> & Partial<Pick<ListedRule, 'integration' | 'account' | 'function' | 'operation'>>;

function integrationRules(layer: PolicyLayer, id: string): readonly ListedRule[] {
  const keys = ['integrations', id, 'permissions'];
  const subject = { source: 'integrations', integration: id } as const;
  const accounts = namesAt(layer, [...keys, 'accounts']);
  return [
    ...permissionRules(layer, keys, subject),
    ...accounts.flatMap((account) => permissionRules(layer, [...keys, 'accounts', account], { ...subject, account })),
  ];
}

function permissionRules(layer: PolicyLayer, keys: readonly string[], subject: Subject): readonly ListedRule[] {
  return [
    ...(['read', 'write'] as const).flatMap((operation) => rulesAt(layer, [...keys, operation], { ...subject, operation })),
    ...namesAt(layer, [...keys, 'functions']).flatMap((name) =>
      rulesAt(layer, [...keys, 'functions', name], { ...subject, function: name }),
    ),
  ];
}

function rulesAt({ scope, file, values, lineOf }: PolicyLayer, keys: readonly string[], subject: Subject): readonly ListedRule[] {
  const level = permissionAt(values as JsonValue, keys);
  if (level === undefined) return [];
  const place = { scope, file, line: lineOf?.(keys) ?? null, key: ['kosmo', ...keys].join('.'), level };
  return [{ ...place, integration: null, account: null, function: null, operation: null, ...subject }];
}

function namesAt({ values }: PolicyLayer, keys: readonly string[]): readonly string[] {
  const table = valueAt(values as JsonValue, keys);
  return isObject(table) ? Object.keys(table) : [];
}
