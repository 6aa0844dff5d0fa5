export { coerceArguments } from './coerce.ts';
export type { JsonSchema } from './json-schema.ts';
export type { ObjectSchema } from './object-schema.ts';
export { markUnknown, skipIfUnknown } from './partial-values.ts';
export { formatPath, type Problem, shorten, type ValuePath } from './problem.ts';
export { sampleArguments } from './sample-arguments.ts';
export { suggest } from './suggest.ts';
export { argumentsWithout, type CompiledValidator, checkArguments } from './validate.ts';
