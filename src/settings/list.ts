import type { Config } from '../config/index.ts';
import { type CredentialedIntegration, readAccounts } from '../credentials/index.ts';
import { redactSecretFields } from '../errors/index.ts';
import { variableName } from '../integration/index.ts';
import { isObject, type JsonValue } from '../json/index.ts';
import { effectiveRules, type Rule } from '../policy/index.ts';
import type { Settings } from './load.ts';

/** A setting in effect, and its origin. */
export interface ListedSetting {
  /** `integrations.agora.accounts.default.app_id` */
  readonly name: string;
  /** Null for a secret, for a value that a file reads from a variable of another name, and for a missing value. */
  readonly value: JsonValue;
  readonly secret: boolean;
  readonly origin: SettingOrigin;
}

export interface SettingOrigin {
  readonly from: 'built-in' | 'environment' | 'user' | 'project' | 'secrets';
  readonly file: string | null;
  readonly line: number | null;
  readonly variable: string | null;
}

/** Facts that a single file does not give. */
const COUNTED = /^integrations\.[^.]+\.(?:accounts\.|enabled$|permissions\.(?:read|write)$)/;

const BUILT_IN: SettingOrigin = { from: 'built-in', file: null, line: null, variable: null };

/** Lists every setting in effect with its origin: settings of the files, built-in defaults and accounts. */
export function listSettings(settings: Settings, integrations: readonly CredentialedIntegration[]): readonly ListedSetting[] {
  const { layers } = settings.config;
  const found = new Map<string, ListedSetting>();
  const put = (name: string, value: JsonValue, origin: SettingOrigin, secret = false): void =>
    void found.set(name, { name, value: secret ? null : value, secret, origin });

  for (const owner of integrations) {
    const { accounts, disabled } = readAccounts(owner, settings);
    const at = `integrations.${owner.id}`;
    put(`${at}.enabled`, disabled === undefined, disabled === undefined ? BUILT_IN : originOf(disabled));
    for (const [operation, rule] of Object.entries(effectiveRules(settings.config, owner.id, null)))
      put(`${at}.permissions.${operation}`, rule.level, originOfRule(rule, layers));
    for (const account of accounts) {
      for (const field of owner.credentials) {
        const origin = account.origins[field.name];
        if (origin === undefined) continue;
        // A file can name any variable. Only the field's own variable is known to hold a value that may be shown.
        const isForeign = origin.from === 'environment' && origin.variable !== variableName(owner.id, account.name, field.name);
        const value = account.known[field.name] ?? null;
        put(`${at}.accounts.${account.name}.${field.name}`, value, originOf(origin), field.secret || (isForeign && value !== null));
      }
    }
  }
  put('audit_log', false, BUILT_IN);
  for (const layer of layers) {
    for (const { path, value } of leaves(layer.values)) {
      const name = path.join('.');
      if (COUNTED.test(name)) continue;
      const before = found.get(name);
      const origin = { from: layer.scope, file: layer.file, line: layer.lineOf(path) ?? null, variable: null };
      if (before === undefined || !isLooser(value, before)) put(name, redactSecretFields(value, path.at(-1)) as JsonValue, origin);
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

const STRICTNESS: readonly JsonValue[] = ['deny', 'ask', 'allow'];

// A project's file can only restrict the user's settings.
function isLooser(value: JsonValue, { name, value: before, origin }: ListedSetting): boolean {
  if (name === 'audit_log') return before === true;
  if (origin.from !== 'user') return value !== before && origin.from === 'project';
  if (before === false) return value === true;
  return STRICTNESS.includes(before) && STRICTNESS.indexOf(value) > STRICTNESS.indexOf(before);
}

function originOfRule({ scope, file, key }: Rule, layers: Config['layers']): SettingOrigin {
  const layer = layers.find((candidate) => candidate.file === file);
  return { from: scope, file, line: layer?.lineOf(key.split('.').slice(1)) ?? null, variable: null };
}

function originOf(origin: {
  readonly from: SettingOrigin['from'];
  readonly file?: string;
  readonly line?: number;
  readonly variable?: string;
}): SettingOrigin {
  const { from, file = null, line = null, variable = null } = origin;
  return { from, file, line, variable };
}

function leaves(
  value: JsonValue,
  path: readonly string[] = [],
): readonly { readonly path: readonly string[]; readonly value: JsonValue }[] {
  if (!isObject(value) || Object.keys(value).length === 0) return path.length === 0 ? [] : [{ path, value }];
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, [...path, name]));
}
