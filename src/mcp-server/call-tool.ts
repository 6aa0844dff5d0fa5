import {
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  inputRequired,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { KosmoError, toKosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import { approvalQuestion, isApproved } from './approval.ts';
import { ANSWER_TIMEOUT_MS, type InputRequests, type InputResponses } from './client-questions.ts';
import type { Gateway } from './gateway.ts';
import type { GatewayTool, ToolCall } from './gateway-tool.ts';
import { startProgress } from './notifications.ts';
import type { PendingCall } from './pending-calls.ts';
import type { ToolResult } from './tool-results.ts';

/** A `tools/call` of a client, and the connection that it came over. */
interface Request {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly ctx: ServerContext;
  readonly server: Server;
  /** Identifies the request when the client makes it again with an answer. */
  readonly key: string;
}

/** Calls a tool for a client, or continues a call that waited for an answer of the client. */
export async function callTool(
  gateway: Gateway,
  server: Server,
  { name, arguments: args = {} }: { readonly name: string; readonly arguments?: Readonly<Record<string, unknown>> | undefined },
  ctx: ServerContext,
): Promise<ToolResult | InputRequiredResult> {
  const request: Request = { name, args, ctx, server, key: JSON.stringify([name, args]) };
  return follow(gateway, resume(gateway, request) ?? begin(gateway, request), request);
}

function canAsk({ server, ctx: { mcpReq } }: Request): boolean {
  // Since the revision 2026-07-28 every request has the capabilities of its client.
  const envelope = mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
  const declared = (envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities()) as
    | { readonly elicitation?: { readonly form?: unknown; readonly url?: unknown } }
    | undefined;
  // A client that names no mode shows forms. A client that names only `url` does not.
  const { elicitation } = declared ?? {};
  return elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
}

function begin(gateway: Gateway, request: Request): PendingCall {
  const { name, args } = request;
  const mayAsk = canAsk(request);
  return gateway.calls.start(async ({ ask, tell, signal }) => {
    const tool = await gateway.tool(name);
    if (tool === undefined) return gateway.results.failure((await gateway.missingToolError(name)).toJSON());
    const approve: ToolCall['ask'] = async (asked) => isApproved(await ask(approvalQuestion(asked)));
    return runTool(gateway, tool, args as Readonly<Record<string, JsonValue>>, { signal, tell, ...(mayAsk ? { ask: approve } : {}) });
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

// The client makes its request again, with the answers and the id of the call that waits for them.
function resume({ calls }: Gateway, { key, ctx: { mcpReq } }: Request): PendingCall | undefined {
  const id = mcpReq.requestState();
  if (typeof id !== 'string') return undefined;
  const call = calls.resume(id, key);
  if (call === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'No call waits for this answer.');
  call.answer(mcpReq.inputResponses ?? {});
  return call;
}

/** Follows a call until it has a result, or a question that the client answers by making its request again. */
async function follow(gateway: Gateway, call: PendingCall, request: Request): Promise<ToolResult | InputRequiredResult> {
  const { name, key, ctx } = request;
  const { mcpReq } = ctx;
  const cancel = (): void => call.abort(new KosmoError('INTERRUPTED', 'the client cancelled the call'));
  mcpReq.signal.addEventListener('abort', cancel, { once: true });
  if (mcpReq.signal.aborted) cancel();
  const progress = startProgress(name, ctx);
  call.listen(progress.tell);
  try {
    for (;;) {
      const next = await call.next();
      if ('result' in next) return next.result;
      if (mcpReq.envelope !== undefined)
        return inputRequired({ inputRequests: next.questions as never, requestState: gateway.calls.wait(call, key) });
      call.answer(await askOverConnection(next.questions, ctx));
    }
  } finally {
    progress.stop();
    mcpReq.signal.removeEventListener('abort', cancel);
  }
}

// Before the revision 2026-07-28 the request of the client stays open, and the gateway sends requests to the client.
async function askOverConnection(questions: InputRequests, { mcpReq, http }: ServerContext): Promise<InputResponses> {
  const gone = http?.req?.signal;
  const signal = gone === undefined ? mcpReq.signal : AbortSignal.any([mcpReq.signal, gone]);
  const responses: Record<string, unknown> = {};
  for (const [key, { params }] of Object.entries(questions)) {
    responses[key] = await mcpReq
      .elicitInput(params as never, { relatedRequestId: mcpReq.id, timeout: ANSWER_TIMEOUT_MS, signal })
      .catch(() => ({ action: 'cancel' }));
  }
  return responses;
}
