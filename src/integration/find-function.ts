interface NamedTool {
  readonly name: string;
  readonly slug?: string;
}

interface NamedIntegration<Tool extends NamedTool> {
  readonly id: string;
  readonly tools: readonly Tool[];
}

/** Returns the tool that a name means: its name in Lua, or its slug, `agora_query_recording`. */
export function findTool<Tool extends NamedTool>(tools: readonly Tool[], name: string): Tool | undefined {
  return tools.find((tool) => tool.name === name) ?? tools.find((tool) => tool.slug === name);
}

/**
 * Returns the parts of a function's name with the tool by its own name: `agora_query_recording` and `agora.agora_query_recording` become
 * `agora`, `query_recording`, also behind `app.integrations`. An account between the two stays, and so do parts that name no function.
 */
export function normalizeFunctionName(parts: readonly string[], integrations: readonly NamedIntegration<NamedTool>[]): readonly string[] {
  const [first = '', ...rest] = withoutPath(parts);
  const last = rest.at(-1);
  const integration = integrations.find(({ id }) => id === first);
  if (integration !== undefined && last !== undefined)
    return [first, ...rest.slice(0, -1), findTool(integration.tools, last)?.name ?? last];
  if (integration !== undefined || last !== undefined) return parts;
  for (const { id, tools } of integrations) {
    const tool = tools.find(({ slug }) => slug === first);
    if (tool !== undefined) return [id, tool.name];
  }
  return parts;
}

// `app.integrations.agora.x` is how scripts write it.
function withoutPath(parts: readonly string[]): readonly string[] {
  const [app, integrations] = parts;
  if (app === 'app' && integrations === 'integrations') return parts.slice(2);
  return app === 'integrations' ? parts.slice(1) : parts;
}
