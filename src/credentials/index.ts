export { type Account, type AccountOwner, describeOrigin, emptyAccount, type IntegrationAccounts, readAccounts } from './accounts.ts';
export { type AccountChanges, checkChanges, configure } from './configure.ts';
export { type AccountState, describeAccount } from './describe-account.ts';
export { openSecretStore, type SecretStore } from './open-secret-store.ts';
export { type AccountMove, checkMove, moveAccount } from './rename-account.ts';
