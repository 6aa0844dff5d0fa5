import type { ExposedServers, Members } from './exposed-servers.ts';
import { type ToolCall, withToolNames } from './gateway-tool.ts';

/** The prompts of the exposed MCP servers: `mcp__github__prompt__summarize`. */
export interface ServerPrompts {
  readonly list: (call: ToolCall) => Promise<readonly Members[]>;
  /** Undefined for a name that no server has. */
  readonly get: (name: string, args: Members, call: ToolCall) => Promise<Members | undefined>;
}

interface ServerPrompt {
  readonly server: string;
  readonly prompt: Members;
}

export function createServerPrompts({ fromEach, callFeature }: ExposedServers): ServerPrompts {
  const listAll = async (call: ToolCall): Promise<readonly (readonly [name: string, ServerPrompt])[]> =>
    withToolNames(
      await fromEach('prompts', async (server) =>
        ((await callFeature(server, 'prompts', {}, call)) as readonly Members[]).map((prompt) => ({ server, prompt })),
      ),
      ({ server, prompt }) => ['mcp', server, 'prompt', String(prompt.name)],
    );
  return {
    list: async (call) => (await listAll(call)).map(([name, { prompt }]) => ({ ...prompt, name })),
    async get(name, args, call) {
      const found = (await listAll(call)).find(([candidate]) => candidate === name);
      if (found === undefined) return undefined;
      const { server, prompt } = found[1];
      return (await callFeature(server, 'getPrompt', { name: String(prompt.name), arguments: args }, call)) as Members;
    },
  };
}
