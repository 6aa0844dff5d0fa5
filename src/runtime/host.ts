import path from 'node:path';
import {
  type CallExamples,
  callExamples,
  type Documentation,
  findPage,
  type PageForm,
  pageNames,
  renderList,
  renderSearch,
} from '../docs/index.ts';
import { findTool } from '../integration/index.ts';
import { type HostEntry, openWorkers, Sandbox, type WorkerOptions, type Workers } from '../lua/index.ts';
import { createPolicy, isAudited, type PolicyOptions } from '../policy/index.ts';
import type { Settings } from '../settings/index.ts';
import type { Audit } from './calls/audit-observer.ts';
import { ConnectionPool } from './calls/connection-pool.ts';
import { type CallReport, callDirectly, type DirectCall, type DirectCallOptions } from './calls/direct-call.ts';
import { configuredAccounts, createEmulators } from './calls/emulator-account.ts';
import { describeProviders, type FunctionReport, findFunctions, type ProviderReport } from './discovery.ts';
import type { DiagnoseOptions } from './doctor/diagnose.ts';
import type { Diagnosis } from './doctor/diagnosis.ts';
import { type AvailableIntegration, loadIntegrations, toPolicyIntegration } from './integrations.ts';
import type { Finding } from './lint/finding.ts';
import { createHostMcp, type HostMcp } from './mcp/mcp-host.ts';
import { createMcpServers } from './mcp/server-registry.ts';
import { loadDocumentation, type ReadPage, readPage, visiblePages } from './scripts/docs-namespace.ts';
import { renderScriptTypes } from './scripts/render-script-types.ts';
import type { RunReport } from './scripts/run-report.ts';
import { prepareScript, runScript, type ScriptEnvironment } from './scripts/run-script.ts';
import type { RunOptions, SessionOptions } from './scripts/script-options.ts';
import { openSession, type Session } from './scripts/session.ts';
import { ModuleReader } from './workflow/modules.ts';

/** Options of a host. */
export interface HostOptions {
  /** Where credentials are read from first. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working folder: then the configuration of its project and of the user is read as well. @default undefined (no files) */
  readonly folder?: string;
  /** Folder of the Markdown pages that `docs.read` serves. */
  readonly guideFolder: string;
  /** The command for the audit log: `integrations:lua`. @default '' */
  readonly command?: string;
  /** Where integrations keep files of their own. @default undefined (no files) */
  readonly stateFolder?: string;
  /** Send every call to an emulator in this process. @default false */
  readonly emulate?: boolean;
  /** Further globals of scripts. @default {} */
  readonly globals?: Readonly<Record<string, HostEntry>>;
  /** MCP servers besides the configured ones, in the form of their configuration files. @default {} */
  readonly mcpServers?: Readonly<Record<string, unknown>>;
  /** Tell MCP servers that a user can answer their questions. A run or call that has no `elicit` refuses them. @default false */
  readonly canElicit?: boolean;
  /** Milliseconds for the use of each MCP server, its start included. @default the timeout of the server */
  readonly mcpTimeoutMs?: number | undefined;
  /** Run scripts in threads of their own, which can always be ended; calls are made here. @default undefined (this thread) */
  readonly isolate?: WorkerOptions;
}

/**
 * The integrations with their accounts, and the connections, MCP servers and threads that scripts and calls share. The only entry for the
 * command line, the MCP server and embedding programs.
 */
export class Host {
  /** MCP servers, which start when they are first needed. */
  readonly mcp: HostMcp;
  readonly #settings: Settings;
  readonly #environment: ScriptEnvironment;
  readonly #emulators = createEmulators();
  readonly #threads: WorkerOptions | undefined;
  #workers: Promise<Workers> | undefined;

  /** Throws `INVALID_CONFIGURATION` for invalid accounts in configuration files. */
  constructor(options: Omit<HostOptions, 'env' | 'folder'>, settings: Settings) {
    const {
      guideFolder,
      stateFolder,
      emulate = false,
      globals = {},
      mcpServers = {},
      canElicit = false,
      mcpTimeoutMs,
      command = '',
    } = options;
    const { config, env } = settings;
    const integrations = loadIntegrations(settings, emulate ? this.#emulators.accounts : configuredAccounts);
    const rules = createPolicy(config.layers, integrations.map(toPolicyIntegration));
    const connections = new ConnectionPool(emulate ? {} : { stateFolder });
    const audit = stateFolder !== undefined && isAudited(config.layers) ? auditIn(stateFolder, command, emulate) : undefined;
    const project = config.projectFolder === '' ? {} : { folder: config.projectFolder };
    const servers = createMcpServers({ env, overlay: mcpServers, canElicit, timeoutMs: mcpTimeoutMs, ...project });
    this.#settings = settings;
    this.#threads = options.isolate;
    this.#environment = {
      integrations,
      servers,
      connections,
      rules,
      layers: config.layers,
      env,
      guideFolder,
      globals,
      emulator: emulate,
      audit,
    };
    this.mcp = createHostMcp({ servers, connections, rules, audit });
  }

  /** Runs a script once. Never rejects: every failure is in the report. */
  run(code: string | Uint8Array, options: RunOptions): Promise<RunReport> {
    if (this.#threads !== undefined) this.#workers ??= openWorkers(this.#threads);
    return runScript(this.#environment, code, options, this.#workers);
  }

  /** Opens a state that keeps its globals between the chunks that it runs. */
  openSession(options: SessionOptions): Session {
    return openSession(this.#environment, options);
  }

  /** Finds mistakes in a script and the modules that it names, without running it. */
  async check(code: string | Uint8Array, modules = new ModuleReader(undefined)): Promise<readonly Finding[]> {
    const { lintWithModules } = await import('./lint/lint-modules.ts');
    const { sandboxOptions } = prepareScript(this.#environment, { chunk: 'script', policy: { force: false } });
    const sandbox = new Sandbox(sandboxOptions);
    return lintWithModules(code, { sandbox, integrations: this.#integrations, pages: pageNames(this.#documentation()) }, modules);
  }

  /** Makes one call. Rejects for a function that does not exist; every other failure is in the report. */
  async call({ integration, name, account, args }: DirectCall, options: DirectCallOptions): Promise<CallReport> {
    const provider = this.#find(integration);
    const tool = provider && findTool(provider.tools, name);
    if (provider === undefined || tool === undefined) throw new Error(`no function ${integration}.${name}`);
    const target = { provider, tool, account: provider.account(account), path: `${integration}.${tool.name}` };
    const { rules, connections, audit } = this.#environment;
    return callDirectly(target, args, { ...options, policy: { rules, ...options.policy } }, { connections, audit });
  }

  /** The value of a credential that is not a secret. */
  credential(integration: string, account: string, field: string): string | undefined {
    return this.#find(integration)?.accounts.find(({ name }) => name === account)?.known[field];
  }

  /** The integrations by id, with their functions and the state of their accounts. */
  providers(): Readonly<Record<string, ProviderReport>> {
    return describeProviders(this.#integrations);
  }

  /** The functions that match, best first, at most 20. */
  search(query: string): readonly FunctionReport[] {
    return findFunctions(this.providers(), query);
  }

  /** The state of an integration and its accounts, and what to do next; undefined for an integration that does not exist. */
  async diagnose(integration: string, options: DiagnoseOptions): Promise<Diagnosis | undefined> {
    const available = this.#find(integration);
    if (available === undefined) return undefined;
    const { diagnose } = await import('./doctor/diagnose.ts');
    return diagnose(available, this.#settings, this.#environment.rules, options);
  }

  /** What scripts see, as annotations of the Lua Language Server. */
  types(): Promise<string> {
    return renderScriptTypes(this.#environment);
  }

  /** Reads a page of the documentation. Throws for a page that does not exist or that `restrict` hides. */
  readDocs(page: string, { form, restrict }: { readonly form?: PageForm; readonly restrict?: PolicyOptions['restrict'] } = {}): ReadPage {
    return readPage(this.#documentation(), page, restrict, form);
  }

  /** Calls of a function, `agora.query_recording`; undefined if no function has that name. */
  examples(name: string): CallExamples | undefined {
    const page = findPage(this.#documentation(), name);
    return page?.kind === 'function' ? callExamples(page.integration.id, page.tool) : undefined;
  }

  /** The names of the visible pages, and the list of them as text. */
  listDocs(restrict?: PolicyOptions['restrict']): { readonly text: string; readonly pages: readonly string[] } {
    const visible = visiblePages(this.#documentation(), restrict);
    return { text: renderList(visible), pages: pageNames(visible) };
  }

  /** The results of a search in the documentation, as text. */
  searchDocs(query: string, restrict?: PolicyOptions['restrict']): string {
    return renderSearch(visiblePages(this.#documentation(), restrict), query);
  }

  /** Closes the threads, the connections and the MCP servers. */
  async close(): Promise<void> {
    const { connections, servers } = this.#environment;
    await (await this.#workers)?.close();
    await Promise.all([connections.close(), servers.close()]);
    await this.#emulators.close();
  }

  get #integrations(): readonly AvailableIntegration[] {
    return this.#environment.integrations;
  }

  #find(id: string): AvailableIntegration | undefined {
    return this.#integrations.find((integration) => integration.id === id);
  }

  #documentation(): Documentation {
    return loadDocumentation(this.#integrations, this.#environment);
  }
}

function auditIn(stateFolder: string, command: string, emulator: boolean): Audit {
  let log: ReturnType<Audit> | undefined;
  return () => {
    log ??= import('./calls/audit-log.ts').then(({ createAuditLog }) =>
      createAuditLog({ folder: path.join(stateFolder, 'audit'), command, emulator }),
    );
    return log;
  };
}
