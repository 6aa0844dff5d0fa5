export { type Converted, convert } from './convert.ts';
export {
  type CallContext,
  type CallFacts,
  type CommandContext,
  type CredentialField,
  type Credentials,
  defineIntegration,
  defineTool,
  type Integration,
  type IntegrationCommand,
  type ObjectSchema,
  type Operation,
  type RunningEmulator,
  type Tool,
  type ToolDocs,
} from './define.ts';
export type { PlacedProblem, Problem, ValuePath } from './problem.ts';
export { sampleArguments, sampleValue } from './sample.ts';
export type { JsonSchema } from './schema.ts';
export { type Searchable, searchFunctions } from './search.ts';
export { suggest } from './suggest.ts';
export { type CheckedArguments, type CompiledValidator, checkArguments, type ValidatorError } from './validate.ts';
