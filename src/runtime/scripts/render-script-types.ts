import { renderTypes } from '../../docs/index.ts';
import { scriptApi } from '../../lua/index.ts';
import type { AvailableIntegration } from '../integrations.ts';

/** Describes what scripts see, as annotations of the Lua Language Server. */
export async function renderScriptTypes(integrations: readonly AvailableIntegration[]): Promise<string> {
  return renderTypes(await Promise.all(integrations.map(typedIntegration)), scriptApi());
}

async function typedIntegration({ entry, accounts }: AvailableIntegration): Promise<Parameters<typeof renderTypes>[0][number]> {
  const { tools } = await entry.load();
  return {
    id: entry.id,
    description: entry.description,
    accounts: accounts.map(({ name }) => name).filter((name) => entry.tools.every((tool) => tool.name !== name)),
    tools: entry.tools.map((tool) => ({
      tool,
      documented: tools.find((candidate) => candidate.slug === tool.slug)?.fieldSchemas?.() ?? {},
    })),
  };
}
