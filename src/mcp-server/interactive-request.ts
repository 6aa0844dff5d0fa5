import {
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
  inputRequired,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { KosmoError } from '../errors/index.ts';
import type { Elicit } from '../integration/index.ts';
import type { JsonValue } from '../json/index.ts';
import { approvalQuestion, isApproved } from './approval.ts';
import { ANSWER_TIMEOUT_MS, type AskClient, type InputRequests, type InputResponses } from './client-questions.ts';
import type { Gateway } from './gateway.ts';
import type { ToolCall } from './gateway-tool.ts';
import { startProgress } from './notifications.ts';
import type { PendingCall } from './pending-calls.ts';
import { markQuestions, missingCapabilities } from './server-questions.ts';

/** A request of a client that may ask the client something before it has a result, and the connection that it came over. */
export interface InteractiveRequest {
  readonly gateway: Gateway;
  readonly server: Server;
  readonly ctx: ServerContext;
  /** What the request is for, as progress names it. */
  readonly name: string;
  /** Identifies the request when the client makes it again with an answer. */
  readonly key: string;
}

/** Capabilities that a client declared: with the request since the revision 2026-07-28, with the connection before. */
type ClientCapabilities = Readonly<Record<string, JsonValue>>;

/**
 * Runs a request for a client, or continues one that waited for an answer. Questions go to the client: in the result, which the client
 * answers by making the request again, or before the revision 2026-07-28 as requests over the open connection.
 */
export async function runInteractively<Result extends object>(
  request: InteractiveRequest,
  run: (call: ToolCall) => Promise<Result>,
): Promise<Result | InputRequiredResult> {
  return follow((resume(request) ?? begin(request, run)) as PendingCall<Result>, request);
}

/** The capabilities of the client behind a request. */
function capabilitiesOf(server: Server, { mcpReq }: ServerContext): ClientCapabilities {
  const envelope = mcpReq.envelope as Readonly<Record<string, unknown>> | undefined;
  const declared = (envelope?.[CLIENT_CAPABILITIES_META_KEY] ?? server.getClientCapabilities() ?? {}) as ClientCapabilities;
  // Over an open connection the gateway forwards no other requests than elicitation.
  const { elicitation } = declared;
  return mcpReq.envelope !== undefined ? declared : elicitation === undefined ? {} : { elicitation };
}

function begin<Result extends object>(request: InteractiveRequest, run: (call: ToolCall) => Promise<Result>): PendingCall<Result> {
  const { gateway, server, ctx } = request;
  const capabilities = capabilitiesOf(server, ctx);
  const { elicitation } = capabilities as { readonly elicitation?: { readonly form?: unknown; readonly url?: unknown } };
  // A client that names no mode shows forms. A client that names only `url` does not.
  const showsForms = elicitation !== undefined && (elicitation.form !== undefined || elicitation.url === undefined);
  return gateway.calls.start(async ({ ask, holdPlace, tell, signal }) => {
    const approve: ToolCall['ask'] = async (asked) => isApproved(await holdPlace(() => ask(approvalQuestion(asked))));
    return run({
      signal,
      tell,
      holdPlace,
      meta: { ...traceOf(ctx), [CLIENT_CAPABILITIES_META_KEY]: capabilities },
      elicit: elicitThrough(ask, capabilities, ctx.mcpReq.inputResponses),
      ...(showsForms ? { ask: approve } : {}),
    });
  });
}

// Forwards the questions of an MCP server, if the client can answer them.
function elicitThrough(ask: AskClient, capabilities: ClientCapabilities, given: InputResponses | undefined): Elicit {
  let early = given;
  return async (questions, { server }) => {
    // A client that knows the questions of the tool may send its answers with the first request.
    const answers = early;
    early = undefined;
    if (answers !== undefined && Object.keys(questions).every((key) => Object.hasOwn(answers, key)))
      return answers as Readonly<Record<string, JsonValue>>;
    const missing = missingCapabilities(questions, capabilities);
    if (missing !== undefined) {
      const { code, message, data } = new MissingRequiredClientCapabilityError({ requiredCapabilities: missing as never });
      throw new KosmoError('ELICITATION_REQUIRED', `MCP server '${server}' asks something that the client cannot answer. ${message}.`, {
        details: { server, rpc_code: code, data: data as JsonValue },
        hint: 'use a client that supports elicitation',
      });
    }
    return (await ask(markQuestions(questions, server))) as Readonly<Record<string, JsonValue>>;
  };
}

/** Keys of `_meta` that say which trace a request belongs to (W3C Trace Context and Baggage). */
const TRACE_KEYS = ['traceparent', 'tracestate', 'baggage'];

/** The trace of a request, for the requests that it causes. */
function traceOf({ mcpReq }: ServerContext): Readonly<Record<string, string>> {
  const meta = (mcpReq._meta ?? {}) as Readonly<Record<string, unknown>>;
  return Object.fromEntries(TRACE_KEYS.flatMap((key) => (typeof meta[key] === 'string' ? [[key, meta[key]]] : [])));
}

// The client makes its request again, with the answers and the id of the call that waits for them.
function resume({ gateway: { calls }, key, ctx: { mcpReq } }: InteractiveRequest): PendingCall<object> | undefined {
  const id = mcpReq.requestState();
  if (typeof id !== 'string') return undefined;
  const call = calls.resume(id, key);
  if (call === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'No call waits for this answer.');
  call.answer(mcpReq.inputResponses ?? {});
  return call;
}

async function follow<Result extends object>(
  call: PendingCall<Result>,
  { gateway, name, key, ctx }: InteractiveRequest,
): Promise<Result | InputRequiredResult> {
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
