import { statSync } from 'node:fs';
import path from 'node:path';
import type { ConfigLayer } from '../config/index.ts';
import type { CredentialedIntegration } from '../credentials/index.ts';
import { isObject, type JsonValue } from '../json/index.ts';
import { type PolicyIntegration, validateRules } from '../policy/index.ts';
import { suggest } from '../schema/index.ts';
import type { Settings } from './load.ts';

const SECTIONS = ['integrations', 'mcp', 'mcp_gateway', 'audit_log', 'oauth'];
const OF_OAUTH = ['clientMetadataUrl'];
const OF_INTEGRATION = ['enabled', 'accounts', 'permissions'];

type KnownIntegration = CredentialedIntegration & PolicyIntegration;

/** Warnings for settings without effect and for secret files that other users can read. Errors that block every call come from `validateRules`. */
export function lintSettings({ config, secrets }: Settings, integrations: readonly KnownIntegration[]): readonly string[] {
  return [...config.layers.flatMap((layer) => unknownSettings(layer, integrations)), ...findReadableSecrets(path.dirname(secrets.file))];
}

function unknownSettings(layer: ConfigLayer, integrations: readonly KnownIntegration[]): readonly string[] {
  const ids = integrations.map(({ id }) => id);
  const refused = validateRules('integrations', [layer], integrations).flatMap(({ details }) => details.keys ?? []);
  const check = (value: JsonValue | undefined, at: readonly string[], known: readonly string[]): string[] =>
    Object.keys(tableOf(value))
      .filter((name) => !known.includes(name) && !refused.includes(`kosmo.${[...at, name].join('.')}`))
      .map((name) => formatWarning(layer, [...at, name], known));
  const sections = tableOf(layer.values.integrations);
  return [
    ...check(layer.values, [], SECTIONS),
    ...check(layer.values.oauth, ['oauth'], OF_OAUTH),
    ...check(sections, ['integrations'], [...ids, 'permissions_default']),
    ...integrations.flatMap(({ id, credentials }) => {
      const integration = tableOf(sections[id]);
      const accounts = Object.entries(tableOf(integration.accounts));
      const fields = credentials.map(({ name }) => name);
      return [
        ...check(integration, ['integrations', id], OF_INTEGRATION),
        ...accounts.flatMap(([name, values]) => check(values, ['integrations', id, 'accounts', name], fields)),
      ];
    }),
  ];
}

function formatWarning({ file, lineOf }: ConfigLayer, setting: readonly string[], known: readonly string[]): string {
  const line = lineOf(setting);
  const [close] = suggest(setting.at(-1) ?? '', known, 1);
  const question = close === undefined ? '' : ` Did you mean ${close}?`;
  return `${file}${line === undefined ? '' : `:${line}`}: kosmo.${setting.join('.')} is not a setting and has no effect.${question}`;
}

function findReadableSecrets(home: string): readonly string[] {
  if (process.platform === 'win32') return [];
  return ['secrets.json', 'secrets.key'].flatMap((name) => {
    const file = path.join(home, name);
    const mode = modeOf(file);
    return (mode & 0o077) === 0 ? [] : [`Other users may read ${file}; chmod 600 ${file}`];
  });
}

// If the file cannot be inspected, its reader reports the error.
function modeOf(file: string): number {
  try {
    return statSync(file).mode;
  } catch {
    return 0;
  }
}

function tableOf(value: JsonValue | undefined): Readonly<Record<string, JsonValue>> {
  return isObject(value) ? value : {};
}
