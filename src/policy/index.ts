export { type AllowedFunction, allowName, covers, parseFunction } from './allow-list.ts';
export { isAudited } from './audit-setting.ts';
export {
  type Authorization,
  authorize,
  authorizeByOption,
  type CallRequest,
  type EndedApproval,
  isBypassed,
  type PassedRule,
  type PolicyOptions,
  type ScriptApproval,
} from './authorize.ts';
export { changeRule, describeChange, type PolicyChange, type PolicyScope, type RuleSubject, ruleAt } from './change.ts';
export type { CallSubject, Permission, Rule } from './decide.ts';
export { effectivePermissions, effectiveRules } from './effective-permissions.ts';
export { changesToAllow, type ExplainedRule, explainDecision, functionName } from './explain.ts';
export { type ConfiguredCap, configuredCaps } from './max-per-run.ts';
export { createPolicy, type Policy } from './policy.ts';
export { type ListedRule, listRules } from './rules.ts';
export {
  readApprovals,
  recordApproval,
  revokeApproval,
  type ScriptHashes,
  type StoredApproval,
} from './script-approvals.ts';
export { setPermissions } from './set-permissions.ts';
export { type PolicyIntegration, validateRules } from './validate-rules.ts';
