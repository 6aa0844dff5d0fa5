export { type Account, readAccounts, variableName } from './accounts.ts';
export { type Config, type ConfigLayer, type ConfigPlace, type ConfigScope, configFile, readConfig } from './config.ts';
export { editConfig } from './edit-config.ts';
export { changeFile, readFileIfThere } from './files.ts';
export { homeFolder } from './home.ts';
export { type Authorization, authorize, type CallRequest, type PolicyOptions } from './policy.ts';
export { findProject } from './project.ts';
export { openSecretStore, type SecretStore } from './secrets.ts';
