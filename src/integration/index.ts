export {
  DEFAULT_ACCOUNT,
  isAccountName,
  isVariableName,
  parseVariable,
  ROOT,
  secretPrefix,
  toAccountName,
  variableName,
} from './account-names.ts';
export { COMPATIBILITY } from './compatibility.ts';
export {
  type CallContext,
  type CallFacts,
  type CallProgress,
  type CommandContext,
  type CredentialField,
  type Credentials,
  defineIntegration,
  defineTool,
  type Findings,
  type Integration,
  type IntegrationCommand,
  type ObjectSchema,
  type OpenResource,
  type Operation,
  type RequestPreview,
  type RunningEmulator,
  type Surroundings,
  type Tool,
  type ToolDescription,
} from './define.ts';
export { describeIntegrations } from './lazy-manifest.ts';
export type { IntegrationEntry, ManifestEntry } from './manifest-entry.ts';
export { searchFunctions } from './search.ts';
