import type { IntegrationSummary } from '../runtime/index.ts';
import { sampleArguments } from '../schema/index.ts';

/** A call that changes nothing, as it follows `kosmo integrations:<id>`: the integration's own example, or one made of samples. */
export function readExample({ helpExamples, tools }: IntegrationSummary): string {
  if (helpExamples !== undefined) return helpExamples.read;
  const tool = tools.find(({ operation }) => operation === 'read') ?? tools[0];
  if (tool === undefined) return '';
  const samples = Object.entries(sampleArguments(tool.input));
  return [tool.name, ...samples.flatMap(([name, value]) => [`--${name.replaceAll('_', '-')}`, String(value)])].join(' ');
}
