import { KosmoError } from '../errors/index.ts';
import type { Host, OfferedWorkflow, RunOptions } from '../runtime/index.ts';
import { suggest } from '../schema/index.ts';
import { codeModeTools } from './code-mode.ts';
import { createExposedServers } from './exposed-servers.ts';
import { createExposure, type ExposureOptions } from './exposure.ts';
import { functionRefusal, functionTools } from './function-tools.ts';
import type { GatewayTool, ToolOptions } from './gateway-tool.ts';
import { createPendingCalls, type PendingCalls } from './pending-calls.ts';
import { createResultStore, type ResultStore } from './result-store.ts';
import { onServerEvent, type ServerEvent } from './server-events.ts';
import { createServerPrompts, type ServerPrompts } from './server-prompts.ts';
import { createServerResources, type ServerResources } from './server-resources.ts';
import { createServerTools, type ServerTools } from './server-tools.ts';
import { createResults, type Results } from './tool-results.ts';
import { workflowRefusal, workflowTools } from './workflow-tools.ts';

export interface GatewayOptions extends ExposureOptions {
  readonly host: Host;
  /** One tool for each function, the four of code mode, or both. */
  readonly tools: 'functions' | 'code' | 'all';
  /** Characters of text, and of data as JSON, that one result may have. */
  readonly maxResultCharacters: number;
  /** What is allowed without approval, besides what the configuration files allow. */
  readonly policy: Omit<RunOptions['policy'], 'ask' | 'restrict'>;
  /** Workflows that are tools. @default [] */
  readonly workflows?: readonly OfferedWorkflow[];
  /** Called with the problems of MCP servers. */
  readonly note: (line: string) => void;
}

const FUNCTIONS_HINT = 'Each function of the integrations is a tool.';

const CODE_HINT =
  'Find functions with lua_list_docs or lua_search_docs, read the page of each one you need with lua_read_doc, then run ONE script with execute_lua: it can make many calls, wait and handle errors. Credentials are in place; a script cannot see them.';

const ALWAYS_HINT =
  'Calls that change something may need the approval of a person. An error says what was sent: outcome none (nothing), done (refused by the remote side) or unknown (look before you repeat). What a script starts it should stop, or tell.';

/** One MCP server with its pending calls and kept results, the same over every transport. */
export class Gateway {
  readonly results: Results;
  /** Results that were too long for a response. */
  readonly kept: ResultStore;
  readonly calls: PendingCalls;
  /** Undefined if the gateway exposes no resources of MCP servers. */
  readonly serverResources: ServerResources | undefined;
  readonly serverPrompts: ServerPrompts | undefined;
  readonly #options: GatewayOptions;
  readonly #shared: ToolOptions;
  readonly #ownTools: readonly GatewayTool[];
  readonly #serverTools: ServerTools;

  constructor(options: GatewayOptions) {
    const { host, tools, maxResultCharacters, policy, note } = options;
    const exposure = createExposure(options);
    this.#options = options;
    this.kept = createResultStore();
    this.results = createResults(this.kept, maxResultCharacters);
    this.calls = createPendingCalls();
    this.#shared = {
      host,
      exposure,
      results: this.results,
      policy: ({ ask }) => ({ ...policy, restrict: exposure.refusal, ...(ask === undefined ? {} : { ask }) }),
    };
    const ofServers = { ...this.#shared, note };
    const servers = createExposedServers(ofServers);
    this.#ownTools = [
      ...(tools === 'functions' ? [] : codeModeTools(this.#shared)),
      ...(tools === 'code' ? [] : functionTools(this.#shared)),
      ...workflowTools(this.#shared, options.workflows ?? []),
    ];
    this.#serverTools = createServerTools(ofServers, servers);
    this.serverResources = this.#hasServers && options.resources ? createServerResources(servers) : undefined;
    this.serverPrompts = this.#hasServers && options.prompts ? createServerPrompts(servers) : undefined;
  }

  /** What a client should tell its model. */
  get instructions(): string {
    const { tools } = this.#options;
    return [tools === 'code' ? '' : FUNCTIONS_HINT, tools === 'functions' ? '' : CODE_HINT, ALWAYS_HINT].filter(Boolean).join(' ');
  }

  /** The tools that exist now. Asks the MCP servers for theirs. */
  async tools(): Promise<readonly GatewayTool[]> {
    return [...this.#ownTools, ...(await this.#toolsOfServers(true))];
  }

  async tool(name: string): Promise<GatewayTool | undefined> {
    const named = (list: readonly GatewayTool[]): GatewayTool | undefined => list.find(({ definition }) => definition.name === name);
    return named(this.#ownTools) ?? named(await this.#toolsOfServers(false));
  }

  /** Why no tool has this name. */
  async missingToolError(name: string): Promise<KosmoError> {
    const { host, exposure } = this.#shared;
    const { workflows = [] } = this.#options;
    const refusal =
      functionRefusal(host, exposure, name) ?? workflowRefusal(name, workflows, exposure) ?? (await this.#serverTools.refusal(name));
    if (refusal !== undefined) return refusal;
    if (this.#options.tools === 'code' && /^(?:integration|mcp)__/.test(name))
      return new KosmoError('NOT_EXPOSED', `${name} is no tool: this gateway runs scripts only. Nothing was sent.`, {
        hint: 'call the function from a script with execute_lua',
      });
    const names = [...this.#ownTools, ...(await this.#toolsOfServers(false))].map(({ definition }) => definition.name);
    const close = suggest(name, names);
    const question = close.length === 0 ? '' : ` Did you mean ${close.join(', ')}?`;
    return new KosmoError('UNKNOWN_FUNCTION', `Unknown gateway tool: ${name}.${question}`);
  }

  /** Calls the listener when tools are added, removed or changed. Returns the function that ends that. */
  onToolsChanged(listener: () => void): () => void {
    return this.#options.host.mcp.onToolsChanged(listener);
  }

  /** Calls the listener for what MCP servers say outside of requests. Returns the function that ends that. */
  onServerEvent(listener: (event: ServerEvent) => void): () => void {
    return this.#hasServers ? onServerEvent(this.#options.host, this.#shared.exposure, listener) : () => undefined;
  }

  /** Aborts the calls that still run, and waits for the deferred functions of their scripts. */
  async close(): Promise<void> {
    await this.calls.close();
  }

  get #hasServers(): boolean {
    const { upstreams } = this.#options;
    return upstreams === 'all' || upstreams.length > 0;
  }

  async #toolsOfServers(fresh: boolean): Promise<readonly GatewayTool[]> {
    return this.#hasServers && this.#options.tools !== 'code' ? this.#serverTools.list(fresh) : [];
  }
}
