import { type IntegrationSummary, integrationSummaries } from '../../runtime/index.ts';
import { suggest } from '../../schema/index.ts';
import { usage } from './parse-values.ts';

/** The integration of an id. Throws `USAGE` with close ones. */
export function findIntegration(id: string): IntegrationSummary {
  const found = integrationSummaries.find((candidate) => candidate.id === id);
  if (found !== undefined) return found;
  const ids = integrationSummaries.map((integration) => integration.id);
  const close = suggest(id, ids);
  throw usage(
    `Unknown integration provider: ${id}`,
    close.length === 0 ? `there are ${ids.join(', ')}` : `did you mean ${close.join(', ')}?`,
  );
}
