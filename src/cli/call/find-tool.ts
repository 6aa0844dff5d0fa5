import { KosmoError } from '../../errors/index.ts';
import { normalizeFunctionName } from '../../integration/index.ts';
import { type IntegrationSummary, integrationSummaries } from '../../runtime/index.ts';
import { suggest } from '../../schema/index.ts';

/** A function of an integration, as the command line names it. */
export interface FoundTool {
  readonly id: string;
  readonly tool: IntegrationSummary['tools'][number];
}

/** The function `<id>.<name>`, also by its slug. Throws `UNKNOWN_FUNCTION` with close names. */
export function findTool(id: string, name: string): FoundTool {
  const fullName = name === '' ? id : `${id}.${name}`;
  const [owner = id, ...rest] = normalizeFunctionName(fullName.split('.'), integrationSummaries);
  const integration = integrationSummaries.find((candidate) => candidate.id === owner);
  const tool = integration?.tools.find((candidate) => candidate.name === rest.join('.'));
  if (tool !== undefined) return { id: owner, tool };
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
