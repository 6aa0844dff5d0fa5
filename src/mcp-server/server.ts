import { type LoggingLevel, ResourceNotFoundError, type Result, Server, type ServerContext } from '@modelcontextprotocol/server';
import { VERSION } from '../platform/version.ts';
import { callTool } from './call-tool.ts';
import type { Members } from './exposed-servers.ts';
import { fitContents, fitMessages } from './fit-content.ts';
import type { Gateway } from './gateway.ts';
import type { ToolCall } from './gateway-tool.ts';
import { runInteractively } from './interactive-request.ts';
import { limitRate } from './notifications.ts';
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
        resources: gateway.serverResources === undefined ? {} : { subscribe: true, listChanged: true },
        logging: {},
        ...(hasPrompts ? { prompts: { listChanged: true } } : {}),
        ...(completes ? { completions: {} } : {}),
      },
      instructions: gateway.instructions,
    },
  );
  const connection: ClientConnection = { gateway, server, requests: new Set() };
  // A client can read only the results whose link it received. Over HTTP one process serves several clients.
  const linkedUris = new Set<unknown>();
  addTools(connection, linkedUris);
  addResources(connection, linkedUris);
  if (hasPrompts) addPrompts(connection);
  if (completes) addCompletion(connection);
  const endEvents = forwardEvents(connection);
  const endSubscriptions = addSubscriptions(connection);
  server.onclose = () => {
    endEvents();
    endSubscriptions();
  };
  return server;
}

/** Sends the client what MCP servers say outside of requests. Without a connection the SDK rejects, and the client asks when it connects. */
function forwardEvents({ gateway, server, requests }: ClientConnection): () => void {
  const ignore = (): void => undefined;
  const tryAcquire = limitRate();
  const endTools = gateway.onToolsChanged(() => void server.sendToolListChanged().catch(ignore));
  const endServers = gateway.onServerEvent((event) => {
    if (event.kind === 'promptsChanged') server.sendPromptListChanged().catch(ignore);
    else if (event.kind === 'resourcesChanged') server.sendResourceListChanged().catch(ignore);
    else if (event.kind === 'log' && tryAcquire()) {
      const { level, data, logger } = event;
      // With a request under way, on its stream.
      const request = [...requests].at(-1);
      const sent =
        request === undefined
          ? server.sendLoggingMessage({ level: level as LoggingLevel, data: replaceLoneSurrogates(data), logger })
          : request.mcpReq.log(level as LoggingLevel, replaceLoneSurrogates(data), logger);
      sent.catch(ignore);
    }
  });
  return () => {
    endTools();
    endServers();
  };
}

/** Subscriptions of clients before the revision 2026-07-28. They end with the connection. */
function addSubscriptions(connection: ClientConnection): () => void {
  const { gateway, server } = connection;
  const resources = gateway.serverResources;
  if (resources === undefined) return () => undefined;
  const uris = new Set<string>();
  server.setRequestHandler('resources/subscribe', async ({ params }, ctx) =>
    answer(connection, ctx, params, async (call) => {
      if (!uris.has(params.uri) && !(await resources.subscribe(params.uri, call))) throw unknownResource(params.uri);
      uris.add(params.uri);
      return {};
    }),
  );
  server.setRequestHandler('resources/unsubscribe', async ({ params }, ctx) =>
    answer(connection, ctx, params, async (call) => {
      if (uris.delete(params.uri)) await resources.unsubscribe(params.uri, call);
      return {};
    }),
  );
  const end = gateway.onServerEvent((event) => {
    if (event.kind === 'resourceUpdated' && uris.has(event.uri)) server.sendResourceUpdated({ uri: event.uri }).catch(() => undefined);
  });
  return () => {
    end();
    for (const uri of uris) resources.unsubscribe(uri, quietCall()).catch(() => undefined);
  };
}

// A call that no client waits for.
function quietCall(): ToolCall {
  const elicit = async (): Promise<Members> => ({});
  return { signal: new AbortController().signal, tell: () => undefined, meta: {}, elicit, holdPlace: (wait) => wait() };
}

interface ClientConnection {
  readonly gateway: Gateway;
  readonly server: Server;
  /** Requests under way, the latest last. */
  readonly requests: Set<ServerContext>;
}

function addTools({ gateway, server, requests }: ClientConnection, linkedUris: Set<unknown>): void {
  server.setRequestHandler('tools/list', async () => ({
    tools: replaceLoneSurrogates((await gateway.tools()).map(({ definition }) => definition)) as never,
  }));
  server.setRequestHandler('tools/call', async ({ params }, ctx) => {
    const result = await during(requests, ctx, () => callTool(gateway, server, params, ctx));
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
  { gateway, server, requests }: ClientConnection,
  ctx: ServerContext,
  params: RequestParams | undefined,
  run: (call: ToolCall) => Promise<Readonly<Record<string, unknown>>>,
): Promise<never> {
  const { method } = ctx.mcpReq;
  const { _meta, name = method, uri, ...others } = params ?? {};
  const request = { gateway, server, ctx, name: uri ?? name, key: JSON.stringify([method, name, uri, others]) };
  const read = async ({ ask: _ask, ...call }: ToolCall): Promise<Readonly<Record<string, unknown>>> => {
    try {
      return replaceLoneSurrogates(await run(call));
    } catch (thrown) {
      throw serverProtocolError(thrown, uri);
    }
  };
  return (await during(requests, ctx, () => runInteractively(request, read))) as Result as never;
}

async function during<Value>(requests: Set<ServerContext>, ctx: ServerContext, run: () => Promise<Value>): Promise<Value> {
  requests.add(ctx);
  try {
    return await run();
  } finally {
    requests.delete(ctx);
  }
}

function unknownResource(given: string): ResourceNotFoundError {
  const uri = replaceLoneSurrogates(given);
  return new ResourceNotFoundError(uri, `Unknown resource: ${uri}`);
}

function linksIn({ content = [] }: Partial<ToolResult>): readonly unknown[] {
  return content.flatMap((block) => (block.type === 'resource_link' ? [block.uri] : []));
}
