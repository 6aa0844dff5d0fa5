import { existsSync } from 'node:fs';
import {
  type ConfigLayer,
  type ConfigLocation,
  type ConfigScope,
  configFile,
  deleteSetting,
  editConfig,
  setSetting,
} from '../config/index.ts';
import { isAccountName, isVariableName, type Operation, secretPrefix } from '../integration/index.ts';
import { type Problem, suggest } from '../schema/index.ts';
import { type CredentialedIntegration, findVariableRefusal } from './account-config.ts';
import { openSecretStore } from './open-secret-store.ts';

/** Changes of the settings of an integration. */
export interface AccountChanges {
  readonly account: string;
  readonly scope: ConfigScope;
  /** Values by field. */
  readonly set: Readonly<Record<string, string>>;
  /** By field, the environment variable that holds the value. */
  readonly setEnv: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
  readonly enabled?: boolean | undefined;
  readonly permissions: Readonly<Partial<Record<Operation, string>>>;
  /** The permissions are for this account only. @default false (for all accounts) */
  readonly isForAccount?: boolean;
}

const LEVELS = ['allow', 'ask', 'deny'];

/** Returns all problems of the changes. `reserved` are names that an account cannot have. */
export function checkChanges(
  owner: CredentialedIntegration,
  changes: AccountChanges,
  reserved: readonly string[],
  layers: readonly ConfigLayer[],
): readonly Problem[] {
  const { id, credentials } = owner;
  const { account, scope, set, setEnv, unset, permissions } = changes;
  const names = credentials.map(({ name }) => name);
  const problems: Problem[] = [];
  const add = (path: string, message: string): void => void problems.push({ path, message });

  if (!isAccountName(account)) add('account', `An account is named with lower-case letters, digits and _, not '${account}'.`);
  else if (reserved.includes(account)) add('account', `'${account}' is a function of ${id}, so no account can have that name.`);

  const given = [...Object.keys(set), ...Object.keys(setEnv), ...unset];
  for (const name of new Set(given)) {
    const [close] = suggest(name, names);
    if (!names.includes(name)) {
      const question = close === undefined ? '' : ` Did you mean ${close}?`;
      add(name, `${id} has no credential '${name}'; there are ${names.join(', ')}.${question}`);
    } else if (given.filter((other) => other === name).length > 1) add(name, `${name} is given more than once.`);
  }
  for (const [name, value] of Object.entries(set)) {
    if (value.trim() === '') add(name, `${name} is blank; to remove it, use --unset ${name}.`);
  }
  for (const [name, variable] of Object.entries(setEnv)) {
    if (!isVariableName(variable)) add(name, `${name} is to be read from '${variable}', which is not a name of an environment variable.`);
    else if (names.includes(name)) {
      const refusal = findVariableRefusal(owner, { field: name, variable, scope }, layers);
      if (refusal !== undefined) add(name, `${name} ${refusal.problem}.`);
    }
  }
  for (const { name } of credentials.filter(({ isEndpoint: target }) => target === true)) {
    if (scope === 'project' && (name in set || name in setEnv))
      add(name, `${name} says where credentials are sent, which a project cannot decide; leave out --project.`);
  }
  for (const [operation, level] of Object.entries(permissions)) {
    const isLevel = LEVELS.includes(level) && (operation === 'read' || operation === 'write');
    if (!isLevel) add(operation, `Invalid permission '${operation}:${level}'. Use read/write with allow, ask, or deny.`);
  }
  return problems;
}

/**
 * Applies changes that were checked. Secrets go encrypted into the user's store in every scope, everything else into the file of the scope.
 * If a secret cannot be encrypted, it throws before the first change.
 */
export async function configure(
  { id, credentials }: CredentialedIntegration,
  changes: AccountChanges,
  place: ConfigLocation,
): Promise<void> {
  const { account, scope, set, setEnv, unset, enabled, permissions, isForAccount = false } = changes;
  const owner = isForAccount ? ['permissions', 'accounts', account] : ['permissions'];
  const isSecret = (name: string): boolean => credentials.find((field) => field.name === name)?.secret === true;
  const store = openSecretStore({ env: place.env });
  const keyOf = (name: string): string => `${secretPrefix(id, account)}${name}`;

  const secrets = Object.entries(set).filter(([name]) => isSecret(name));
  if (secrets.length > 0) await store.change(() => Object.fromEntries(secrets.map(([name, value]) => [keyOf(name), value.trim()])));

  const settings: readonly (readonly [readonly string[], unknown])[] = [
    ...Object.entries(set)
      .filter(([name]) => !isSecret(name))
      .map(([name, value]) => [['accounts', account, name], value.trim()] as const),
    ...Object.entries(setEnv).map(([name, variable]) => [['accounts', account, name], { env: variable }] as const),
    ...(enabled === undefined ? [] : [[['enabled'], enabled] as const]),
    ...Object.entries(permissions).map(([operation, level]) => [[...owner, operation], level] as const),
  ];
  const removed = [...secrets.map(([name]) => name), ...unset].map((name) => ['accounts', account, name]);
  const below = (setting: readonly string[]): readonly string[] => ['integrations', id, ...setting];
  const file = configFile(scope, place);
  // Do not make an empty file.
  if (settings.length > 0 || existsSync(file)) {
    await editConfig(
      file,
      (document) => {
        for (const [setting, value] of settings) setSetting(document, below(setting), value);
        for (const setting of removed) deleteSetting(document, below(setting));
      },
      { isPrivate: scope === 'user' },
    );
  }

  await store.remove([...Object.keys(setEnv), ...unset].filter(isSecret).map(keyOf));
}
