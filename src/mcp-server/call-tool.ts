import type { InputRequiredResult, Server, ServerContext } from '@modelcontextprotocol/server';
import { toKosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import { fitContent } from './fit-content.ts';
import type { Gateway } from './gateway.ts';
import type { ToolCall } from './gateway-tool.ts';
import { type InteractiveRequest, runInteractively } from './interactive-request.ts';
import { toolProtocolError } from './server-errors.ts';
import type { ToolResult } from './tool-results.ts';

type Arguments = Readonly<Record<string, JsonValue>>;

/** Calls a tool for a client, or continues a call that waited for an answer of the client. */
export async function callTool(
  gateway: Gateway,
  server: Server,
  { name, arguments: args = {} }: { readonly name: string; readonly arguments?: Readonly<Record<string, unknown>> | undefined },
  ctx: ServerContext,
): Promise<ToolResult | InputRequiredResult> {
  const request = { gateway, server, ctx, name, key: JSON.stringify([name, args]) };
  return runInteractively(request, (call) => runTool(request, args as Arguments, call));
}

async function runTool({ gateway, name, ctx }: InteractiveRequest, args: Arguments, call: ToolCall): Promise<ToolResult> {
  const tool = await gateway.tool(name);
  if (tool === undefined) return gateway.results.failure((await gateway.missingToolError(name)).toJSON());
  try {
    const result = await tool.run(args, call);
    return { ...result, content: fitContent(result.content) as ToolResult['content'] };
  } catch (thrown) {
    const forwarded = toolProtocolError(thrown, ctx.mcpReq.envelope !== undefined);
    if (forwarded !== undefined) throw forwarded;
    return gateway.results.failure(toKosmoError(thrown).toJSON());
  }
}
