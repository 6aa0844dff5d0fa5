import { KosmoError } from '../../errors/index.ts';
import { type IntegrationSummary, integrationSummaries } from '../../runtime/index.ts';
import { suggest } from '../../schema/index.ts';

/** The function `<id>.<name>`. Throws `UNKNOWN_FUNCTION` with close names. */
export function findTool(id: string, name: string): IntegrationSummary['tools'][number] {
  const integration = integrationSummaries.find((candidate) => candidate.id === id);
  const tool = integration?.tools.find((candidate) => candidate.name === name);
  if (tool !== undefined) return tool;
  const fullName = name === '' ? id : `${id}.${name}`;
  throw new KosmoError('UNKNOWN_FUNCTION', `Unknown integration function: ${fullName}`, {
    details: { function_name: fullName },
    hint: closeTo(fullName, integration),
  });
}

function closeTo(fullName: string, integration: IntegrationSummary | undefined): string {
  if (fullName === integration?.id) return `write <integration>.<function>; kosmo integrations:${fullName} lists the functions`;
  const all = integrationSummaries.flatMap(({ id, tools }) => tools.map(({ name }) => `${id}.${name}`));
  const [, name = fullName] = /\.(.*)/.exec(fullName) ?? [];
  const found = suggest(
    name,
    all.map((full) => full.slice(full.indexOf('.') + 1)),
  );
  const close = all.filter((full) => found.includes(full.slice(full.indexOf('.') + 1)));
  if (close.length > 0) return `did you mean ${close.slice(0, 3).join(', ')}?`;
  if (integration !== undefined) return `kosmo integrations:${integration.id} lists the functions`;
  return `write <integration>.<function>; kosmo integrations:list lists them`;
}
