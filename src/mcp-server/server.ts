import { ResourceNotFoundError, type Result, Server, type ServerContext } from '@modelcontextprotocol/server';
import { VERSION } from '../platform/version.ts';
import { callTool } from './call-tool.ts';
import type { Members } from './exposed-servers.ts';
import { fitContents, fitMessages } from './fit-content.ts';
import type { Gateway } from './gateway.ts';
import type { ToolCall } from './gateway-tool.ts';
import { runInteractively } from './interactive-request.ts';
import { replaceLoneSurrogates } from './replace-lone-surrogates.ts';
import { serverProtocolError, unknownPrompt } from './server-errors.ts';
import type { ToolResult } from './tool-results.ts';

/** One MCP server in front of a gateway: for a connection over stdio, or for a request over HTTP. */
export function createMcpServer(gateway: Gateway): Server {
  const hasPrompts = gateway.serverPrompts !== undefined;
  const completes = hasPrompts || gateway.serverResources !== undefined;
  const server = new Server(
    { name: 'kosmo', title: 'kosmo', version: VERSION },
    {
      capabilities: {
        tools: { listChanged: true },
        resources: {},
        logging: {},
        ...(hasPrompts ? { prompts: {} } : {}),
        ...(completes ? { completions: {} } : {}),
      },
      instructions: gateway.instructions,
    },
  );
  const connection = { gateway, server };
  // A client can read only the results whose link it received. Over HTTP one process serves several clients.
  const linkedUris = new Set<unknown>();
  addTools(connection, linkedUris);
  addResources(connection, linkedUris);
  if (hasPrompts) addPrompts(connection);
  if (completes) addCompletion(connection);
  server.onclose = gateway.onToolsChanged(() => {
    // A client that is not connected asks for the list when it connects.
    server.sendToolListChanged().catch(() => undefined);
  });
  return server;
}

interface ClientConnection {
  readonly gateway: Gateway;
  readonly server: Server;
}

function addTools({ gateway, server }: ClientConnection, linkedUris: Set<unknown>): void {
  server.setRequestHandler('tools/list', async () => ({
    tools: replaceLoneSurrogates((await gateway.tools()).map(({ definition }) => definition)) as never,
  }));
  server.setRequestHandler('tools/call', async ({ params }, ctx) => {
    const result = await callTool(gateway, server, params, ctx);
    for (const uri of linksIn(result as Partial<ToolResult>)) linkedUris.add(uri);
    return result as never;
  });
}

function addResources(connection: ClientConnection, linkedUris: ReadonlySet<unknown>): void {
  const { server, gateway } = connection;
  const { kept, serverResources } = gateway;
  server.setRequestHandler('resources/list', async ({ params }, ctx) =>
    answer(connection, ctx, params, async (call) => ({
      resources: [...kept.list().filter(({ uri }) => linkedUris.has(uri)), ...((await serverResources?.list(call)) ?? [])],
    })),
  );
  server.setRequestHandler('resources/templates/list', async ({ params }, ctx) =>
    answer(connection, ctx, params, async (call) => ({ resourceTemplates: (await serverResources?.templates(call)) ?? [] })),
  );
  server.setRequestHandler('resources/read', async ({ params }, ctx) => {
    const { uri } = params;
    const found = kept.read(uri);
    if (found !== undefined) return { contents: [{ uri, ...found }] };
    return answer(connection, ctx, params, async (call) => {
      const result = await serverResources?.read(uri, call);
      if (result === undefined) throw unknownResource(uri);
      return fitContents(result);
    });
  });
}

function addPrompts(connection: ClientConnection): void {
  const { server, gateway } = connection;
  const prompts = gateway.serverPrompts;
  server.setRequestHandler('prompts/list', async ({ params }, ctx) =>
    answer(connection, ctx, params, async (call) => ({ prompts: (await prompts?.list(call)) ?? [] })),
  );
  server.setRequestHandler('prompts/get', async ({ params }, ctx) =>
    answer(connection, ctx, params, async (call) => {
      const { name, arguments: args = {} } = params;
      const result = await prompts?.get(name, args, call);
      if (result === undefined) throw unknownPrompt(name);
      return fitMessages(result);
    }),
  );
}

function addCompletion(connection: ClientConnection): void {
  const { server, gateway } = connection;
  server.setRequestHandler('completion/complete', async ({ params }, ctx) =>
    answer(connection, ctx, params, async (call) => {
      const { _meta, ref, ...rest } = params;
      const asked = rest as unknown as Members;
      if (ref.type === 'ref/resource') {
        const result = await gateway.serverResources?.complete(ref.uri, asked, call);
        if (result === undefined) throw unknownResource(ref.uri);
        return result;
      }
      const result = await gateway.serverPrompts?.complete(ref.name, asked, call);
      if (result === undefined) throw unknownPrompt(ref.name);
      return result;
    }),
  );
}

interface RequestParams {
  readonly name?: string;
  readonly uri?: string;
  readonly _meta?: unknown;
}

/** Answers a request for resources or prompts. They are reads: the policy cannot ask for approval, and refuses instead. */
async function answer(
  { gateway, server }: ClientConnection,
  ctx: ServerContext,
  params: RequestParams | undefined,
  run: (call: ToolCall) => Promise<Readonly<Record<string, unknown>>>,
): Promise<never> {
  const { method } = ctx.mcpReq;
  const { _meta, name = method, uri, ...others } = params ?? {};
  const request = { gateway, server, ctx, name: uri ?? name, key: JSON.stringify([method, name, uri, others]) };
  const result = await runInteractively(request, async ({ ask: _ask, ...call }) => {
    try {
      return replaceLoneSurrogates(await run(call));
    } catch (thrown) {
      throw serverProtocolError(thrown, uri);
    }
  });
  return result as Result as never;
}

function unknownResource(given: string): ResourceNotFoundError {
  const uri = replaceLoneSurrogates(given);
  return new ResourceNotFoundError(uri, `Unknown resource: ${uri}`);
}

function linksIn({ content = [] }: Partial<ToolResult>): readonly unknown[] {
  return content.flatMap((block) => (block.type === 'resource_link' ? [block.uri] : []));
}
