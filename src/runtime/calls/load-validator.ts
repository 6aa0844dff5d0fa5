import type { ManifestEntry, Tool, ToolDescription } from '../../integration/index.ts';
import type { CompiledValidator } from '../../schema/index.ts';

/** Checks the arguments of a tool. */
export interface ToolValidator {
  readonly validator: CompiledValidator;
  readonly check: Tool<unknown>['validate'];
}

/** Loads what the arguments of a tool are checked with, in a call and in a script that is not run. */
export async function loadToolValidator(
  entry: Pick<ManifestEntry, 'load' | 'loadValidators'>,
  { slug }: ToolDescription,
): Promise<ToolValidator> {
  const validator = (await entry.loadValidators(slug))[slug];
  if (validator === undefined) throw new Error(`the manifest has no validator for ${slug}`);
  return { validator, check: (await entry.load()).tools.find((tool) => tool.slug === slug)?.validate };
}
