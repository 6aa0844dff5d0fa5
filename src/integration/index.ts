export {
  DEFAULT_ACCOUNT,
  isAccountName,
  isVariableName,
  parseVariable,
  secretPrefix,
  toAccountName,
  variableName,
} from './account-names.ts';
export { COMPATIBILITY } from './compatibility.ts';
export {
  type CallContext,
  type CallMetadata,
  type CallProgress,
  type ConnectOptions,
  type CredentialField,
  type Credentials,
  defineIntegration,
  defineTool,
  type Integration,
  type IntegrationCommand,
  type IntegrationCommandContext,
  type OpenResource,
  type Operation,
  type RequestPreview,
  type RunningEmulator,
  type Tool,
  type ToolDescription,
  type ValidationResult,
} from './define.ts';
export type { Elicit, InputRequest } from './elicitation.ts';
export { findTool, normalizeFunctionName } from './find-function.ts';
export { createLazyManifest } from './lazy-manifest.ts';
export type { IntegrationEntry, ManifestEntry } from './manifest-entry.ts';
export { integrationProvider, mcpServerProvider, type Provider, type ProviderSection } from './provider.ts';
export type { Relay } from './relay.ts';
export { searchFunctions } from './search.ts';
