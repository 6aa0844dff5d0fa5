export type { CredentialedIntegration } from './account-config.ts';
export {
  type Account,
  type CredentialSources,
  describeOrigin,
  emptyAccount,
  type IntegrationAccounts,
  readAccounts,
} from './accounts.ts';
export { type AccountChanges, checkChanges, configure } from './configure.ts';
export { type AccountState, describeAccount } from './describe-account.ts';
export { loadCipher, openSecretStore } from './open-secret-store.ts';
export { type AccountChange, changeAccount, validateAccountChange } from './rename-account.ts';
export type { SecretStore } from './secret-store.ts';
