export { type Account, readAccounts, variableName } from './accounts.ts';
export { homeFolder } from './home.ts';
export { type Authorization, authorize, type CallRequest, type PolicyOptions } from './policy.ts';
