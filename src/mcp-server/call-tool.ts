import {
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { KosmoError, toKosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { Gateway } from './gateway.ts';
import type { GatewayTool, ToolCall } from './gateway-tool.ts';
import { startProgress } from './notifications.ts';
import { APPROVAL_TIMEOUT_MS, type PendingCall } from './pending-calls.ts';
import type { ToolResult } from './tool-results.ts';

/** What a client is asked when a call needs approval. */
const APPROVAL = {
  type: 'object',
  properties: { approve: { type: 'boolean', title: 'Allow this call', description: 'Yes lets it through once.' } },
  required: ['approve'],
} as const;

/** Calls a tool for a client, or goes on with a call that waited for its answer. */
export async function callTool(
  gateway: Gateway,
  server: Server,
  name: string,
  args: Readonly<Record<string, unknown>>,
  ctx: ServerContext,
): Promise<ToolResult | InputRequiredResult> {
  const request = JSON.stringify([name, args]);
  const operation = resume(gateway, request, ctx) ?? begin(gateway, name, args, canAsk(server, ctx));
  return follow(gateway, operation, name, request, ctx);
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

function begin(gateway: Gateway, name: string, args: Readonly<Record<string, unknown>>, mayAsk: boolean): PendingCall {
  return gateway.operations.start(async ({ approve, tell, signal }) => {
    const tool = await gateway.tool(name);
    if (tool === undefined) return gateway.results.failure((await gateway.missingToolError(name)).toJSON());
    const ask: ToolCall['ask'] = async (request) => approve(questionOf(request));
    return runTool(gateway, tool, args as Readonly<Record<string, JsonValue>>, { signal, tell, ...(mayAsk ? { ask } : {}) });
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
    return gateway.results.failure(toKosmoError(thrown).toJSON());
  }
}

// The client sends its request again, with the answer and the name of the operation that waits for it.
function resume({ operations }: Gateway, request: string, { mcpReq }: ServerContext): PendingCall | undefined {
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
  operation: PendingCall,
  name: string,
  request: string,
  ctx: ServerContext,
): Promise<ToolResult | InputRequiredResult> {
  const { mcpReq, http } = ctx;
  const cancel = (): void => operation.abort(new KosmoError('INTERRUPTED', 'the client cancelled the call'));
  mcpReq.signal.addEventListener('abort', cancel, { once: true });
  if (mcpReq.signal.aborted) cancel();
  const notices = startProgress(name, ctx);
  operation.listen(notices.tell);
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
        .elicitInput(question, { relatedRequestId: mcpReq.id, timeout: APPROVAL_TIMEOUT_MS, signal })
        .catch(() => ({ action: 'cancel' as const }));
      operation.answer(isYes(answer));
    }
  } finally {
    notices.stop();
    mcpReq.signal.removeEventListener('abort', cancel);
  }
}

function questionOf({ provider, name, account, args }: Parameters<NonNullable<ToolCall['ask']>>[0]): string {
  const what = account === null ? `MCP ${provider.id}.${name}` : `${provider.id}.${name} (account ${account})`;
  return `${what} changes something:\n${JSON.stringify(args, null, 2)}`;
}
