import {
  CLIENT_CAPABILITIES_META_KEY,
  inputRequired,
  inputResponse,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { isKosmoError, KosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import { VERSION } from '../version.ts';
import type { Gateway } from './gateway.ts';
import { ANSWER_WITHIN_MS, type Operation } from './operation.ts';
import type { ToolResult } from './results.ts';
import type { GatewayTool, ToolCall } from './tool.ts';

/** What a client is asked when a call needs approval. */
const APPROVAL = {
  type: 'object',
  properties: { approve: { type: 'boolean', title: 'Allow this call', description: 'Yes lets it through once.' } },
  required: ['approve'],
} as const;

/** How often a long call says that it goes on. */
const PROGRESS_EVERY_MS = 1000;

/** One MCP server in front of a gateway: for a connection over stdio, or for a request over HTTP. */
export function createMcpServer(gateway: Gateway): Server {
  const server = new Server(
    { name: 'kosmo', title: 'kosmo', version: VERSION },
    {
      capabilities: { tools: { listChanged: true }, resources: {}, logging: {}, ...(gateway.surfaces.prompts ? { prompts: {} } : {}) },
      instructions: gateway.instructions,
    },
  );
  // Kept results are for who was told of them: over HTTP, others may be served at the same time.
  const told = new Set<unknown>();
  server.setRequestHandler('tools/list', async () => ({ tools: (await gateway.tools()).map(({ definition }) => definition) as never }));
  server.setRequestHandler('tools/call', async ({ params }, ctx) => {
    const { name, arguments: args = {} } = params;
    const request = JSON.stringify([name, args]);
    const operation = resume(gateway, request, ctx) ?? begin(gateway, name, args, canAsk(server, ctx));
    const result = await follow(gateway, operation, name, request, ctx);
    for (const uri of linksIn(result as Partial<ToolResult>)) told.add(uri);
    return result as never;
  });
  server.setRequestHandler('resources/list', async (_request, ctx) => {
    const passedOn = gateway.surfaces.resources ? await gateway.upstream.resources(toolCall(ctx)) : [];
    return { resources: [...gateway.kept.list().filter(({ uri }) => told.has(uri)), ...passedOn] as never };
  });
  server.setRequestHandler('resources/read', async ({ params: { uri } }, ctx) => {
    const found = gateway.kept.read(uri);
    if (found !== undefined) return { contents: [{ uri, ...found }] };
    const passedOn = gateway.surfaces.resources ? await orProtocolError(gateway.upstream.readResource(uri, toolCall(ctx))) : undefined;
    if (passedOn === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown resource: ${uri}`);
    return passedOn as never;
  });
  if (gateway.surfaces.prompts) {
    server.setRequestHandler('prompts/list', async (_request, ctx) => ({
      prompts: (await gateway.upstream.prompts(toolCall(ctx))) as never,
    }));
    server.setRequestHandler('prompts/get', async ({ params }, ctx) => {
      const { name, arguments: args = {} } = params;
      const found = await orProtocolError(gateway.upstream.getPrompt(name, args, toolCall(ctx)));
      if (found === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Unknown prompt: ${name}`);
      return found as never;
    });
  }
  const unsubscribe = gateway.onToolsChanged(() => {
    // Whoever is not connected, or no more, asks for the list when it is.
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
  return { signal: mcpReq.signal };
}

async function orProtocolError<Value>(value: Promise<Value>): Promise<Value> {
  try {
    return await value;
  } catch (thrown) {
    if (isKosmoError(thrown)) throw new ProtocolError(ProtocolErrorCode.InternalError, thrown.message, { error: thrown.toJSON() });
    throw thrown;
  }
}

function begin(gateway: Gateway, name: string, args: Readonly<Record<string, unknown>>, mayAsk: boolean): Operation {
  return gateway.operations.start(async (approve, signal) => {
    const tool = await gateway.tool(name);
    if (tool === undefined) return gateway.results.failure((await gateway.noTool(name)).toJSON());
    const ask: ToolCall['ask'] = async (request) => approve(questionOf(request));
    return runTool(gateway, tool, args as Readonly<Record<string, JsonValue>>, { signal, ...(mayAsk ? { ask } : {}) });
  });
}

async function runTool(
  gateway: Gateway,
  tool: GatewayTool,
  args: Readonly<Record<string, JsonValue>>,
  call: ToolCall,
): Promise<ToolResult> {
  try {
    return await tool.run(args, call);
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return gateway.results.failure(new KosmoError('INTERNAL_ERROR', `internal error: ${message}`, { cause: thrown }).toJSON());
  }
}

// The client sends its request again, with the answer and the name of the operation that waits for it.
function resume({ operations }: Gateway, request: string, { mcpReq }: ServerContext): Operation | undefined {
  const id = mcpReq.requestState();
  if (typeof id !== 'string') return undefined;
  const operation = operations.resume(id, request);
  if (operation === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Nothing waits for this answer any more.');
  const response = inputResponse(mcpReq.inputResponses, 'approval');
  operation.answer(response.kind === 'elicit' && isYes(response));
  return operation;
}

// Whatever else a client answers, or that it does not, is a no.
function isYes({
  action,
  content,
}: {
  readonly action: string;
  readonly content?: Readonly<Record<string, unknown>> | undefined;
}): boolean {
  return action === 'accept' && content?.approve === true;
}

/** Follows an operation until it has a result, or a question that the client answers by making its request again. */
async function follow(
  gateway: Gateway,
  operation: Operation,
  name: string,
  request: string,
  { mcpReq, http }: ServerContext,
): Promise<unknown> {
  const cancel = (): void => operation.abort(new KosmoError('INTERRUPTED', 'the client cancelled the call'));
  mcpReq.signal.addEventListener('abort', cancel, { once: true });
  if (mcpReq.signal.aborted) cancel();
  const stopProgress = tellProgress(name, mcpReq);
  try {
    for (;;) {
      const next = await operation.next();
      if ('result' in next) return next.result;
      const question = { message: next.question, requestedSchema: APPROVAL as never };
      if (mcpReq.envelope !== undefined)
        return inputRequired({
          inputRequests: { approval: inputRequired.elicit(question) },
          requestState: gateway.operations.wait(operation, request),
        });
      // Before the revision 2026-07-28 the request stays open, and the question goes the other way.
      const gone = http?.req?.signal;
      const signal = gone === undefined ? mcpReq.signal : AbortSignal.any([mcpReq.signal, gone]);
      const answer = await mcpReq
        .elicitInput(question, { relatedRequestId: mcpReq.id, timeout: ANSWER_WITHIN_MS, signal })
        .catch(() => ({ action: 'cancel' as const }));
      operation.answer(isYes(answer));
    }
  } finally {
    stopProgress();
    mcpReq.signal.removeEventListener('abort', cancel);
  }
}

function tellProgress(name: string, { _meta, notify }: ServerContext['mcpReq']): () => void {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return () => undefined;
  let progress = 0;
  const timer = setInterval(() => {
    progress++;
    const message = `${name} has been running for ${progress} s`;
    // A client that has gone learns nothing, and the call ends by its signal.
    notify({ method: 'notifications/progress', params: { progressToken, progress, message } }).catch(() => undefined);
  }, PROGRESS_EVERY_MS);
  return () => clearInterval(timer);
}

function canAsk(server: Server, { mcpReq }: ServerContext): boolean {
  // From the revision 2026-07-28 on every request carries what its client can do.
  const envelope = mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
  const declared = (envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities()) as
    | { readonly elicitation?: { readonly form?: unknown; readonly url?: unknown } }
    | undefined;
  // One that names no way can show forms; one that names only addresses cannot.
  const { elicitation } = declared ?? {};
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

function questionOf({ source, integration, name, account, args }: Parameters<NonNullable<ToolCall['ask']>>[0]): string {
  const what = source === 'mcp' ? `MCP ${integration}.${name}` : `${integration}.${name} (account ${account})`;
  return `${what} changes something:\n${JSON.stringify(args, null, 2)}`;
}
