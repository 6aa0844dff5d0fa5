export {
  type Account,
  type CredentialedIntegration,
  describeOrigin,
  emptyAccount,
  type IntegrationAccounts,
  readAccounts,
} from './accounts.ts';
export { type AccountChanges, checkChanges, configure } from './configure.ts';
export { type AccountState, describeAccount } from './describe-account.ts';
export { openSecretStore, type SecretStore } from './open-secret-store.ts';
export { type AccountChange, changeAccount, validateAccountChange } from './rename-account.ts';
