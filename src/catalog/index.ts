export { COMPATIBILITY } from './compatibility.ts';
export { convert } from './convert.ts';
export {
  type CallContext,
  type CallFacts,
  type CallFailure,
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
export { formatPath, type Problem, shorten, type ValuePath } from './problem.ts';
export { sampleArguments } from './sample.ts';
export type { JsonSchema } from './schema.ts';
export { searchFunctions } from './search.ts';
export { suggest } from './suggest.ts';
export { placeUnknown, whereKnown } from './unknown.ts';
export { argumentsWithout, type CheckedArguments, type CompiledValidator, checkArguments } from './validate.ts';
