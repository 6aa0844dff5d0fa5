import { ProtocolError, ProtocolErrorCode, Server, type ServerContext } from '@modelcontextprotocol/server';
import { isKosmoError } from '../errors/index.ts';
import { VERSION } from '../platform/version.ts';
import { callTool } from './call-tool.ts';
import type { Gateway } from './gateway.ts';
import type { ToolCall } from './gateway-tool.ts';
import { logCall } from './notifications.ts';
import { replaceLoneSurrogates } from './replace-lone-surrogates.ts';
import type { ToolResult } from './tool-results.ts';

/** One MCP server in front of a gateway: for a connection over stdio, or for a request over HTTP. */
export function createMcpServer(gateway: Gateway): Server {
  const { serverResources, serverPrompts } = gateway;
  const server = new Server(
    { name: 'kosmo', title: 'kosmo', version: VERSION },
    {
      capabilities: { tools: { listChanged: true }, resources: {}, logging: {}, ...(serverPrompts !== undefined ? { prompts: {} } : {}) },
      instructions: gateway.instructions,
    },
  );
  // A client can read only the results whose link it received. Over HTTP one process serves several clients.
  const linkedUris = new Set<unknown>();
  server.setRequestHandler('tools/list', async () => ({
    tools: replaceLoneSurrogates((await gateway.tools()).map(({ definition }) => definition)) as never,
  }));
  server.setRequestHandler('tools/call', async ({ params }, ctx) => {
    const result = await callTool(gateway, server, params, ctx);
    for (const uri of linksIn(result as Partial<ToolResult>)) linkedUris.add(uri);
    return result as never;
  });
  server.setRequestHandler('resources/list', async (_request, ctx) => {
    const passedOn = (await serverResources?.list(toolCall(ctx))) ?? [];
    return { resources: [...gateway.kept.list().filter(({ uri }) => linkedUris.has(uri)), ...replaceLoneSurrogates(passedOn)] as never };
  });
  server.setRequestHandler('resources/templates/list', async (_request, ctx) => {
    const passedOn = (await serverResources?.templates(toolCall(ctx))) ?? [];
    return { resourceTemplates: replaceLoneSurrogates(passedOn) as never };
  });
  server.setRequestHandler('resources/read', async ({ params: { uri } }, ctx) => {
    const found = gateway.kept.read(uri);
    if (found !== undefined) return { contents: [{ uri, ...found }] };
    const passedOn = await orProtocolError(serverResources?.read(uri, toolCall(ctx)));
    if (passedOn === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown resource: ${replaceLoneSurrogates(uri)}`);
    return replaceLoneSurrogates(passedOn) as never;
  });
  if (serverPrompts !== undefined) {
    server.setRequestHandler('prompts/list', async (_request, ctx) => ({
      prompts: replaceLoneSurrogates(await serverPrompts.list(toolCall(ctx))) as never,
    }));
    server.setRequestHandler('prompts/get', async ({ params }, ctx) => {
      const { name, arguments: args = {} } = params;
      const found = await orProtocolError(serverPrompts.get(name, args, toolCall(ctx)));
      if (found === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown prompt: ${replaceLoneSurrogates(name)}`);
      return replaceLoneSurrogates(found) as never;
    });
  }
  const unsubscribe = gateway.onToolsChanged(() => {
    // A client that is not connected asks for the list when it connects.
    server.sendToolListChanged().catch(() => undefined);
  });
  server.onclose = unsubscribe;
  return server;
}

function linksIn({ content = [] }: Partial<ToolResult>): readonly unknown[] {
  return content.flatMap((block) => (block.type === 'resource_link' ? [block.uri] : []));
}

// Resources and prompts are reads: what the policy would ask about is refused.
function toolCall({ mcpReq }: ServerContext): ToolCall {
  return { signal: mcpReq.signal, tell: (event) => logCall(event, mcpReq) };
}

async function orProtocolError<Value>(value: Promise<Value> | undefined): Promise<Value | undefined> {
  try {
    return await value;
  } catch (thrown) {
    if (isKosmoError(thrown)) throw new ProtocolError(ProtocolErrorCode.InternalError, thrown.message, { error: thrown.toJSON() });
    throw thrown;
  }
}
