export { type AccountState, describeAccount, type FieldState } from './account-state.ts';
export {
  type Account,
  type AccountOwner,
  describeOrigin,
  emptyAccount,
  type FieldOrigin,
  type IntegrationAccounts,
  readAccounts,
} from './accounts.ts';
export { isAudited } from './audit-switch.ts';
export { type Config, type ConfigLayer, type ConfigPlace, type ConfigScope, configFile, readConfig } from './config.ts';
export { type AccountChanges, checkChanges, configure } from './configure.ts';
export { settingsDoubts } from './doubts.ts';
export { editConfig } from './edit-config.ts';
export { changeFile, readFileIfThere } from './files.ts';
export { homeFolder } from './home.ts';
export { permissionLevels } from './levels.ts';
export { type ListedSetting, listSettings } from './list-settings.ts';
export { type AccountMove, checkMove, moveAccount } from './move-account.ts';
export { DEFAULT_ACCOUNT, toAccountName, variableName } from './names.ts';
export { type AllowedFunction, allowName, parseFunction } from './policy/allow.ts';
export {
  type Authorization,
  authorize,
  authorizeByOption,
  type CallRequest,
  isBypassed,
  type PassedRule,
  type PolicyOptions,
} from './policy/authorize.ts';
export {
  changeRule,
  describeChange,
  type PolicyChange,
  type PolicyScope,
  type RuleSubject,
  ruleAt,
} from './policy/change.ts';
export type { GovernedIntegration } from './policy/check-rules.ts';
export type { CallSubject, Decision, PolicyLayer, PolicyLevel, Rule } from './policy/decide.ts';
export { type ExplainedRule, explainDecision, functionName, howToChange } from './policy/explain.ts';
export { createPolicy, type Policy } from './policy/policy.ts';
export { type ListedRule, listRules } from './policy/rules.ts';
export { findProject } from './project.ts';
export { openSecretStore, type SecretStore } from './secrets.ts';
export { setPermissions } from './set-permissions.ts';
export { environmentSettings, readSettings, type Settings } from './settings.ts';
