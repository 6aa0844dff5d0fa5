import type { ExposedServers, Members } from './exposed-servers.ts';
import { type ToolCall, withToolNames } from './gateway-tool.ts';

/** The prompts of the exposed MCP servers: `mcp__github__prompt__summarize`. */
export interface ServerPrompts {
  readonly list: (call: ToolCall) => Promise<readonly Members[]>;
  /** Undefined for a name that no server has. */
  readonly get: (name: string, args: Members, call: ToolCall) => Promise<Members | undefined>;
  /** Completes an argument of a prompt. Undefined for a name that no server has. */
  readonly complete: (name: string, params: Members, call: ToolCall) => Promise<Members | undefined>;
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
  const find = async (name: string, call: ToolCall): Promise<ServerPrompt | undefined> =>
    (await listAll(call)).find(([candidate]) => candidate === name)?.[1];
  return {
    list: async (call) => (await listAll(call)).map(([name, { prompt }]) => ({ ...prompt, name })),
    async get(name, args, call) {
      const found = await find(name, call);
      if (found === undefined) return undefined;
      return (await callFeature(found.server, 'getPrompt', { name: String(found.prompt.name), arguments: args }, call)) as Members;
    },
    async complete(name, params, call) {
      const found = await find(name, call);
      if (found === undefined) return undefined;
      const ref = { type: 'ref/prompt', name: String(found.prompt.name) };
      return (await callFeature(found.server, 'complete', { ...params, ref }, call)) as Members;
    },
  };
}
