import type { ConfigLayer, ConfigScope } from '../config/index.ts';
import { KosmoError, rememberSecret } from '../errors/index.ts';
import { type CredentialField, isAccountName, isVariableName, parseVariable, variableName } from '../integration/index.ts';
import { isObject, type JsonValue, valueAt } from '../json/index.ts';

/** The part of an integration that its accounts depend on. */
export interface CredentialedIntegration {
  readonly id: string;
  readonly credentials: readonly CredentialField[];
}

/** A place in the configuration. */
export interface ConfigOrigin {
  readonly from: ConfigScope;
  readonly file: string;
  readonly line?: number;
}

/** The setting of a field in one file: a value, or the environment variable that holds it. */
export type ConfiguredField = ConfigOrigin & ({ readonly value: string } | { readonly variable: string });

/** The accounts of one file by name, with the fields that it sets. */
export type ConfiguredAccounts = ReadonlyMap<string, Readonly<Record<string, ConfiguredField>>>;

/** Reads the accounts of an integration from a file. Throws `INVALID_CONFIGURATION` with file and line for invalid settings. */
export function configuredAccounts(owner: CredentialedIntegration, layer: ConfigLayer, layers: readonly ConfigLayer[]): ConfiguredAccounts {
  const { id, credentials: fields } = owner;
  const accounts = new Map<string, Record<string, ConfiguredField>>();
  for (const [name, values] of entriesOf(layer, ['integrations', id, 'accounts'])) {
    const setting = ['integrations', id, 'accounts', name];
    if (!isAccountName(name))
      throw invalid(layer, setting, 'is not a name of an account: lower-case letters, digits and _, a letter first');
    const known: Record<string, ConfiguredField> = {};
    for (const [field, value] of values === null ? [] : entriesOf(layer, setting)) {
      const described = fields.find((candidate) => candidate.name === field);
      const read = described === undefined ? undefined : readField({ id, account: name, layer }, described, value);
      const refusal =
        read !== undefined && 'variable' in read
          ? findVariableRefusal(owner, { field, variable: read.variable, scope: layer.scope }, layers)
          : undefined;
      if (refusal !== undefined) throw invalid(layer, [...setting, field], refusal.problem, [refusal.hint]);
      if (read !== undefined) known[field] = read;
    }
    accounts.set(name, known);
  }
  return accounts;
}

/**
 * Returns why a file may not read a field from a variable; undefined if it may. A project's file may name the variables of the field, and
 * those that the user's file names for it. Any other variable could be shown or sent by an untrusted file. A variable that holds a secret is
 * never read into a field that is shown.
 */
export function findVariableRefusal(
  { id, credentials }: CredentialedIntegration,
  { field, variable, scope }: { readonly field: string; readonly variable: string; readonly scope: ConfigScope },
  layers: readonly ConfigLayer[],
): { readonly problem: string; readonly hint: string } | undefined {
  const owned = parseVariable(id, credentials, variable)?.field;
  const isSecret = credentials.find(({ name }) => name === field)?.secret === true;
  const secretFields = credentials.filter(({ secret }) => secret);
  const holdsSecret =
    owned?.secret === true || SECRET_VARIABLES.has(variable) || secretFields.some(({ name }) => isNamed(layers, id, name, variable));
  if (!isSecret && holdsSecret)
    return {
      problem: `would show ${variable}, which holds a secret`,
      hint: `name another variable, such as ${variableName(id, 'default', field)}`,
    };
  if (
    scope !== 'project' ||
    owned?.name === field ||
    isNamed(
      layers.filter((layer) => layer.scope === 'user'),
      id,
      field,
      variable,
    )
  )
    return undefined;
  const wanted = `${id.toUpperCase()}_…_${field.toUpperCase()}`;
  return {
    problem: `is read from ${variable}, which a project's file may not name: it may name ${variableName(id, 'default', field)} and ${wanted}`,
    hint: `set ${variableName(id, 'default', field)}, or name ${variable} for this field in your own file: kosmo integrations:configure ${id} --set-env ${field}=${variable}`,
  };
}

/** Variables of kosmo itself that hold secrets. */
const SECRET_VARIABLES: ReadonlySet<string> = new Set(['KOSMO_CREDENTIAL_KEY']);

// Whether a file names the variable for the field, in any account.
function isNamed(layers: readonly ConfigLayer[], id: string, field: string, variable: string): boolean {
  return layers.some(({ values }) => {
    const accounts = valueAt(values, ['integrations', id, 'accounts']);
    return Object.keys(isObject(accounts) ? accounts : {}).some((name) => valueAt(accounts, [name, field, 'env']) === variable);
  });
}

/** Returns where an integration is disabled. A project's file can disable one, but cannot enable one that the user disabled. */
export function findDisabling(id: string, layers: readonly ConfigLayer[]): ConfigOrigin | undefined {
  const setting = ['integrations', id, 'enabled'];
  const disabling = layers.filter((layer) => {
    const enabled = tableAt(layer, ['integrations', id]).enabled ?? true;
    if (typeof enabled !== 'boolean') throw invalid(layer, setting, 'must be true or false');
    return !enabled;
  });
  return disabling[0] === undefined ? undefined : originOf(disabling[0], setting);
}

/** Where a field of an account stands. */
interface FieldPlace {
  readonly id: string;
  readonly account: string;
  readonly layer: ConfigLayer;
}

function readField(
  { id, account, layer }: FieldPlace,
  { name, secret, isEndpoint }: CredentialField,
  value: JsonValue,
): ConfiguredField | undefined {
  const setting = ['integrations', id, 'accounts', account, name];
  if (value === null || (typeof value === 'string' && value.trim() === '')) return undefined;
  const origin = originOf(layer, setting);
  const project = layer.scope === 'project' ? ' --project' : '';
  // The author of the project could have the user's secrets sent to a machine of the author.
  if (isEndpoint === true && layer.scope === 'project')
    throw invalid(layer, setting, 'says where credentials are sent, which only your own configuration may', [
      `kosmo integrations:configure ${id}${accountFlag(account)} --set ${name}=… sets it there`,
    ]);
  if (typeof value === 'string') {
    if (!secret) return { ...origin, value: value.trim() };
    rememberSecret(value.trim());
    throw invalid(layer, setting, 'is a secret, which must not stand in a configuration file', [
      `remove the line, and store it encrypted: kosmo integrations:configure ${id}${accountFlag(account)}${project}`,
    ]);
  }
  const { env: variable, ...others } = (typeof value === 'object' && !Array.isArray(value) ? value : {}) as Record<string, JsonValue>;
  if (typeof variable !== 'string' || !isVariableName(variable) || Object.keys(others).length > 0)
    throw invalid(layer, setting, `must be ${secret ? '' : 'text, or '}the name of an environment variable: { env: MY_VARIABLE }`);
  return { ...origin, variable };
}

function accountFlag(account: string): string {
  return account === 'default' ? '' : ` --account ${account}`;
}

function originOf(layer: ConfigLayer, setting: readonly string[]): ConfigOrigin {
  const line = layer.lineOf(setting);
  return { from: layer.scope, file: layer.file, ...(line === undefined ? {} : { line }) };
}

function tableAt(layer: ConfigLayer, setting: readonly string[]): Readonly<Record<string, JsonValue>> {
  return Object.fromEntries(entriesOf(layer, setting));
}

function entriesOf(layer: ConfigLayer, setting: readonly string[]): readonly [string, JsonValue][] {
  let table: JsonValue = layer.values as Record<string, JsonValue>;
  for (const [index, name] of setting.entries()) {
    table = (Object.hasOwn(table as object, name) ? (table as Record<string, JsonValue>)[name] : undefined) ?? {};
    if (typeof table !== 'object' || table === null || Array.isArray(table))
      throw invalid(layer, setting.slice(0, index + 1), 'must be a mapping');
  }
  return Object.entries(table as Record<string, JsonValue>);
}

function invalid(layer: ConfigLayer, setting: readonly string[], problem: string, hints: readonly string[] = []): KosmoError {
  const line = layer.lineOf(setting);
  return new KosmoError(
    'INVALID_CONFIGURATION',
    `${layer.file}${line === undefined ? '' : `:${line}`}: kosmo.${setting.join('.')} ${problem}.`,
    { hint: hints[0] ?? `edit ${layer.file}`, details: { file: layer.file, ...(line === undefined ? {} : { line }) } },
  );
}
