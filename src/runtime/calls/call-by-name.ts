import { KosmoError, toKosmoError } from '../../errors/index.ts';
import { normalizeFunctionName } from '../../integration/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { suggest } from '../../schema/index.ts';
import type { Host } from '../host.ts';
import type { CallReport, DirectCallOptions } from './direct-call.ts';
import { failedCall } from './failed-call.ts';

type Arguments = Readonly<Record<string, JsonValue>>;

/** Calls `agora.query_recording`, also by its slug. Never rejects: an unknown function is in the report as well. */
export async function callIntegration(
  host: Host,
  { name, account = 'default', args }: { readonly name: string; readonly account?: string; readonly args: Arguments },
  options: DirectCallOptions,
): Promise<CallReport> {
  const integrations = Object.entries(host.providers()).map(([id, { functions }]) => ({
    id,
    tools: functions.map(({ function: own, slug }) => ({ name: own, slug })),
  }));
  const [id = '', ...rest] = normalizeFunctionName(name.split('.'), integrations);
  const tool = integrations.find((each) => each.id === id)?.tools.find((each) => each.name === rest.join('.'));
  if (tool !== undefined) return host.call({ integration: id, name: tool.name, account, args }, options);
  const all = integrations.flatMap((each) => each.tools.map((one) => `${each.id}.${one.name}`));
  const close = suggest(name, all, 3);
  return failedCall(
    new KosmoError('UNKNOWN_FUNCTION', `Unknown integration function: ${name}`, {
      details: { function_name: name },
      hint: close.length > 0 ? `did you mean ${close.join(', ')}?` : 'write <integration>.<function>',
    }),
  );
}

/** Calls `github.create_issue` of an MCP server. Never rejects: an unknown server or tool is in the report as well. */
export async function callMcpTool(host: Host, name: string, args: Arguments, options: DirectCallOptions): Promise<CallReport> {
  const [, server = '', tool = ''] = /^(?:app\.)?(?:mcp\.)?([^.]+)\.(.+)$/s.exec(name) ?? [];
  if (server === '')
    return failedCall(
      new KosmoError('UNKNOWN_FUNCTION', `Unknown MCP function: ${name}`, {
        details: { function_name: name },
        hint: 'write <server>.<tool>',
      }),
    );
  try {
    return await host.mcp.call(server, tool, args, options);
  } catch (thrown) {
    const error = toKosmoError(thrown);
    return failedCall(error, `${server}.${tool}`);
  }
}
