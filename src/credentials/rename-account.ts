import { existsSync } from 'node:fs';
import {
  type ConfigDocument,
  type ConfigLocation,
  type ConfigScope,
  configFile,
  deleteSetting,
  editConfig,
  ROOT_KEY,
  setSetting,
} from '../config/index.ts';
import { KosmoError } from '../errors/index.ts';
import { isAccountName, secretPrefix, toAccountName, variableName } from '../integration/index.ts';
import type { CredentialedIntegration } from './account-config.ts';
import type { Account } from './accounts.ts';
import { openSecretStore } from './open-secret-store.ts';

/** The change of an account: another name, or without one its removal. */
export interface AccountChange {
  readonly from: string;
  readonly to?: string;
  /** Also changes the project's file. */
  readonly scope: ConfigScope;
}

/**
 * Renames or removes an account: its fields, secrets and rules. Throws `USAGE` for an unknown account, an account of the environment, and
 * an invalid or existing new name.
 */
export async function changeAccount(
  owner: CredentialedIntegration,
  accounts: readonly Account[],
  move: AccountChange,
  place: ConfigLocation,
): Promise<void> {
  validateAccountChange(owner, accounts, move);
  const { from, to, scope } = move;
  const store = openSecretStore({ env: place.env });
  const prefix = secretPrefix(owner.id, from);
  const keys = await store.keys(prefix);
  if (to !== undefined && keys.length > 0) {
    const newKey = (key: string): string => `${secretPrefix(owner.id, to)}${key.slice(prefix.length)}`;
    await store.change((read) => Object.fromEntries(keys.map((key) => [newKey(key), read(key) ?? ''])));
  }

  const scopes: readonly ConfigScope[] = scope === 'project' ? ['user', 'project'] : ['user'];
  for (const one of scopes) {
    const file = configFile(one, place);
    if (existsSync(file)) await editConfig(file, (document) => moveIn(document, owner.id, from, to), { isPrivate: one === 'user' });
  }
  // Last, so that an error or a kill leaves the secrets with one of the two names.
  await store.remove(keys);
}

/** Throws the errors of `changeAccount`, and changes nothing. */
export function validateAccountChange(
  { id, credentials }: CredentialedIntegration,
  accounts: readonly Account[],
  { from, to }: AccountChange,
): void {
  const names = accounts.map(({ name }) => name);
  const account = accounts.find(({ name }) => name === from);
  const nothing = account === undefined || Object.keys(account.origins).length === 0;
  if (account === undefined || (nothing && from === 'default'))
    throw usage(`${id} has no account '${from}'${account === undefined ? `; there are ${names.join(', ')}` : ' with values'}.`);
  const exported = credentials.filter(({ name }) => {
    const origin = account.origins[name];
    return origin?.from === 'environment' && origin.variable === variableName(id, from, name) && origin.isSet;
  });
  if (exported.length > 0) {
    const variables = exported.map(({ name }) => variableName(id, from, name)).join(', ');
    throw usage(`The account '${from}' is set in the environment, which kosmo cannot change.`, `unset ${variables}`);
  }
  if (to === undefined) return;
  if (!isAccountName(to))
    throw usage(`An account is named with lower-case letters, digits and _, not '${to}'.`, `such as ${toAccountName(to)}`);
  const taken = accounts.find(({ name }) => name === to);
  if (taken !== undefined && Object.keys(taken.origins).length > 0)
    throw usage(`${id} has an account '${to}' already.`, `kosmo integrations:accounts ${id} remove ${to}`);
}

function moveIn(document: ConfigDocument, id: string, from: string, to: string | undefined): void {
  for (const parent of [
    ['integrations', id, 'accounts'],
    ['integrations', id, 'permissions', 'accounts'],
  ]) {
    const value = document.getIn([ROOT_KEY, ...parent, from], true);
    if (value === undefined) continue;
    if (to !== undefined) setSetting(document, [...parent, to], value);
    deleteSetting(document, [...parent, from]);
  }
}

function usage(message: string, hint?: string): KosmoError {
  return new KosmoError('USAGE', message, hint === undefined ? {} : { hint });
}
