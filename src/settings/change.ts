import { type ConfigLocation, type ConfigScope, configFile, deleteSetting, editConfig, setSetting } from '../config/index.ts';
import { readAccounts } from '../credentials/index.ts';
import { KosmoError, redactSecretFields } from '../errors/index.ts';
import { isObject, type JsonValue, valueAt } from '../json/index.ts';
import { validateRules } from '../policy/index.ts';
import { readSettings, type Settings } from './load.ts';
import type { KnownIntegration } from './setting-kind.ts';

/** A change of one setting in a configuration file. */
export interface SettingChange {
  /** `kosmo.audit_log` */
  readonly key: string;
  readonly scope: ConfigScope;
  readonly file: string;
  readonly changed: boolean;
  /** The value in the file; null if it was removed. */
  readonly value: JsonValue;
  /** The value in the file before; null if there was none. */
  readonly previous: JsonValue;
}

/**
 * Sets a setting in the file of a scope, or removes it (`value` null). Keeps comments. Throws `USAGE` before a change that would make the
 * file invalid, such as the URL of an account in a project's file.
 */
export async function changeSetting(
  path: readonly string[],
  value: JsonValue,
  place: ConfigLocation & { readonly scope: ConfigScope },
  integrations: readonly KnownIntegration[],
): Promise<SettingChange> {
  const { scope } = place;
  const file = configFile(scope, place);
  const settings = await readSettings(place);
  const values = settings.config.layers.find((layer) => layer.file === file)?.values ?? {};
  const write = writeAt(values, path, value);
  const previous = plainRule(valueAt(values, path)) ?? null;
  const changed = JSON.stringify(previous) !== JSON.stringify(value);
  const [key, shownValue, shownPrevious] = [['kosmo', ...path].join('.'), shown(value, path), shown(previous, path)];
  const facts = { key, scope, file, changed, value: shownValue, previous: shownPrevious };
  if (!changed) return facts;
  if (value !== null) validate(settings, { file, key, values: merged(values, write.path, write.value) }, integrations);
  await editConfig(
    file,
    (document) => (value === null ? deleteSetting(document, write.path) : setSetting(document, write.path, write.value)),
    { isPrivate: scope === 'user' },
  );
  return facts;
}

// `deny` and `{permission: deny}` are the same rule. A cap beside the permission stays.
function writeAt(
  values: Settings['config']['layers'][number]['values'],
  path: readonly string[],
  value: JsonValue,
): { readonly path: readonly string[]; readonly value: JsonValue } {
  if (path.at(-2) === 'functions' && isObject(valueAt(values, path))) return { path: [...path, 'permission'], value };
  const parent = path.slice(0, -1);
  const rule = valueAt(values, parent);
  if (path.at(-3) !== 'functions' || typeof rule !== 'string') return { path, value };
  const name = path.at(-1) ?? '';
  if (name === 'permission') return { path: parent, value };
  return value === null ? { path, value } : { path: parent, value: { permission: rule, [name]: value } };
}

function plainRule(value: JsonValue | undefined): JsonValue | undefined {
  return isObject(value) ? value.permission : value;
}

function shown(value: JsonValue, path: readonly string[]): JsonValue {
  return redactSecretFields(value, path.at(-1)) as JsonValue;
}

function merged(values: JsonValue | undefined, [name, ...rest]: readonly string[], value: JsonValue): Record<string, JsonValue> {
  const table = isObject(values) ? values : {};
  if (name === undefined) return table;
  return { ...table, [name]: rest.length === 0 ? value : merged(table[name], rest, value) };
}

function validate(
  settings: Settings,
  { file, key, values }: { readonly file: string; readonly key: string; readonly values: Record<string, JsonValue> },
  integrations: readonly KnownIntegration[],
): void {
  // The lines are those of the file before.
  const layers = settings.config.layers.map((layer) => (layer.file === file ? { ...layer, values, lineOf: () => undefined } : layer));
  const changedLayers = layers.filter((layer) => layer.file === file);
  const problems = (['integrations', 'mcp'] as const).flatMap((section) => validateRules(section, changedLayers, integrations));
  // The file may have other invalid rules, which are fixed one by one.
  const problem = problems.find(({ details }) => ((details.keys ?? []) as readonly string[]).some((name) => key.startsWith(name)));
  const sources = { ...settings, config: { ...settings.config, layers } };
  const refusal = problem ?? attempt(() => void integrations.map((owner) => readAccounts(owner, sources)));
  if (refusal === undefined) return;
  const message = refusal.message.replace(/ Nothing was sent\.$/, '');
  const { hint = '' } = refusal;
  // A hint to edit the file is no help: the value came from the command line.
  throw new KosmoError('USAGE', `${message} Nothing was changed.`, hint === '' || hint.startsWith('edit ') ? {} : { hint });
}

function attempt(run: () => void): KosmoError | undefined {
  try {
    run();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof KosmoError) return thrown;
    throw thrown;
  }
}
