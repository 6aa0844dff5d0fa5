import type { ToolDescription } from '../integration/index.ts';
import { sampleArguments } from '../schema/index.ts';
import { luaLiteral } from './lua-literal.ts';

/** A call of a function with sample values for its required parameters, in each form in which it can be made. */
export interface CallExamples {
  readonly direct: string;
  readonly generic: string;
  readonly json: string;
  readonly lua: string;
  /** Lua that works as it stands. */
  readonly script: string;
}

export function callExamples(id: string, { name, input, docs }: Pick<ToolDescription, 'name' | 'input' | 'docs'>): CallExamples {
  const sample = sampleArguments(input);
  const flags = Object.entries(sample)
    .map(([parameter, value]) => ` --${parameter.replaceAll('_', '-')}=${value}`)
    .join('');
  return {
    direct: `kosmo integrations:${id} ${name}${flags}`,
    generic: `kosmo integrations:call ${id}.${name}${flags}`,
    json: `kosmo integrations:call ${id}.${name} '${JSON.stringify(sample)}' --json`,
    lua: `local result = app.integrations.${id}.${name}(${luaLiteral(sample)})`,
    script: docs.example.trim(),
  };
}
