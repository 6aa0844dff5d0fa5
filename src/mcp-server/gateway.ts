import { KosmoError } from '../errors/index.ts';
import type { Host, RunOptions } from '../runtime/index.ts';
import { suggest } from '../schema/index.ts';
import { codeModeTools } from './code-mode.ts';
import { createExposure, type ExposureOptions } from './exposure.ts';
import { functionRefusal, functionTools } from './function-tools.ts';
import type { GatewayTool, ToolCall } from './gateway-tool.ts';
import { createPendingCalls, type PendingCalls } from './pending-calls.ts';
import { createProxiedServers, type ProxiedServers } from './proxied-servers.ts';
import { createResultStore, createResults, type ResultStore, type Results } from './tool-results.ts';

export interface GatewayOptions extends ExposureOptions {
  readonly host: Host;
  /** One tool a function, the four of code mode, or both. */
  readonly tools: 'functions' | 'code' | 'all';
  /** Characters of text, and of data as JSON, that one result may have. */
  readonly maxResultCharacters: number;
  /** What is allowed without asking, besides what the settings files allow. */
  readonly policy: Omit<RunOptions['policy'], 'ask' | 'restrict'>;
  /** Told what goes wrong with an MCP server. */
  readonly note: (line: string) => void;
}

/** What a gateway offers, the same over every transport. */
export interface Gateway {
  readonly instructions: string;
  /** Those that are there now; servers that were added or have changed count. */
  readonly tools: () => Promise<readonly GatewayTool[]>;
  readonly tool: (name: string) => Promise<GatewayTool | undefined>;
  /** Why there is no tool of this name. */
  readonly missingToolError: (name: string) => Promise<KosmoError>;
  readonly upstream: ProxiedServers;
  /** Whether there may be any of MCP servers. */
  readonly surfaces: { readonly resources: boolean; readonly prompts: boolean };
  /** Calls the listener when tools came, went or changed; returns how to end that. */
  readonly onToolsChanged: (listener: () => void) => () => void;
  readonly results: Results;
  readonly kept: ResultStore;
  readonly operations: PendingCalls;
  /** Ends what still runs, and waits until scripts have done what they deferred. */
  readonly close: () => Promise<void>;
}

const FUNCTIONS_HINT = 'Each function of the integrations is a tool.';

const CODE_HINT =
  'Find functions with lua_list_docs or lua_search_docs, read the page of each one you need with lua_read_doc, then run ONE script with execute_lua: it can make many calls, wait and handle errors. Credentials are in place; a script cannot see them.';

const ALWAYS_HINT =
  'Calls that change something may need the approval of a person. An error says what was sent: outcome none (nothing), done (refused by the remote side) or unknown (look before you repeat). What a script starts it should stop, or tell.';

/** Puts a gateway together: the same exposure decides what is listed and what scripts and calls reach. */
export function createGateway({ host, tools, maxResultCharacters, policy, note, ...exposed }: GatewayOptions): Gateway {
  const exposure = createExposure(exposed);
  const kept = createResultStore();
  const results = createResults(kept, maxResultCharacters);
  const operations = createPendingCalls();
  const policyOf = ({ ask }: ToolCall): RunOptions['policy'] => ({
    ...policy,
    restrict: exposure.refusal,
    ...(ask === undefined ? {} : { ask }),
  });
  const shared = { host, exposure, results, policy: policyOf };
  const upstream = createProxiedServers({ ...shared, note });
  const proxies = exposed.upstreams === 'all' || exposed.upstreams.length > 0;
  const ownTools = [...(tools === 'functions' ? [] : codeModeTools(shared)), ...(tools === 'code' ? [] : functionTools(shared))];
  const proxiedTools = async (fresh: boolean): Promise<readonly GatewayTool[]> =>
    proxies && tools !== 'code' ? upstream.tools(fresh) : [];
  const named = (list: readonly GatewayTool[], name: string): GatewayTool | undefined =>
    list.find(({ definition }) => definition.name === name);
  return {
    instructions: [tools === 'code' ? '' : FUNCTIONS_HINT, tools === 'functions' ? '' : CODE_HINT, ALWAYS_HINT].filter(Boolean).join(' '),
    tools: async () => [...ownTools, ...(await proxiedTools(true))],
    tool: async (name) => named(ownTools, name) ?? named(await proxiedTools(false), name),
    upstream,
    surfaces: { resources: proxies && exposed.resources, prompts: proxies && exposed.prompts },
    onToolsChanged: host.mcp.onToolsChanged,
    results,
    kept,
    operations,
    async missingToolError(name) {
      const refusal = functionRefusal(host, exposure, name) ?? (await upstream.refusal(name));
      if (refusal !== undefined) return refusal;
      if (tools === 'code' && /^(?:integration|mcp)__/.test(name))
        return new KosmoError('NOT_EXPOSED', `${name} is no tool: this gateway runs scripts only. Nothing was sent.`, {
          hint: 'call the function from a script with execute_lua',
        });
      const close = suggest(
        name,
        [...ownTools, ...(await proxiedTools(false))].map(({ definition }) => definition.name),
      );
      const question = close.length === 0 ? '' : ` Did you mean ${close.join(', ')}?`;
      return new KosmoError('UNKNOWN_FUNCTION', `Unknown gateway tool: ${name}.${question}`);
    },
    close: operations.close,
  };
}
