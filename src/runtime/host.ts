import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { JsonSchema } from '../catalog/index.ts';
import {
  type CallExamples,
  callExamples,
  type Documentation,
  findPage,
  type PageForm,
  pageNames,
  renderList,
  renderSearch,
  renderTypes,
} from '../docs/index.ts';
import { type ErrorDetail, KosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import {
  createSandbox,
  type HostEntry,
  type LimitOptions,
  openWorkers,
  type RunOutcome,
  type SandboxOptions,
  type WorkerOptions,
  type Workers,
} from '../lua/index.ts';
import { createPolicy, isAudited, isBypassed, type PolicyOptions, type Settings } from '../settings/index.ts';
import { asGoverned, findIntegrations } from './available.ts';
import { type CallEvent, callEvents } from './call-events.ts';
import { type CallLogEntry, millisecondsSince } from './call-log.ts';
import type { Finding } from './check/finding.ts';
import { type Completion, completeName } from './complete-name.ts';
import { createConnections } from './connections.ts';
import type { DiagnoseOptions, Diagnosis } from './diagnose.ts';
import { type CallReport, callDirectly, type DirectCall, type DirectCallOptions } from './direct-call.ts';
import { describeProviders, type FunctionReport, findFunctions, type ProviderReport } from './discovery.ts';
import { docsGlobals, loadDocumentation, type ReadPage, readPage } from './docs-namespace.ts';
import { appNamespace } from './namespace.ts';
import { type Audit, createPipeline, type OpenResources, type PipelineOptions } from './pipeline.ts';
import { readServerPage } from './upstream/docs.ts';
import { createHostMcp, type HostMcp } from './upstream/host-mcp.ts';
import { mcpGlobal, serversNamespace } from './upstream/namespaces.ts';
import { createMcpServers, restrictServers } from './upstream/servers.ts';

export interface HostOptions {
  /** Where credentials are read from first. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working folder: then the settings of its project and of the user are read too. @default none are */
  readonly folder?: string;
  /** Folder of the Markdown pages that `docs.read` serves. */
  readonly guideFolder: string;
  /** What was run, for the audit log: `integrations:lua`. */
  readonly command?: string;
  /** Where integrations keep files of their own. @default they keep nothing */
  readonly stateFolder?: string;
  /** Send every call to an emulator in this process. @default false */
  readonly emulate?: boolean;
  /** Further globals of scripts. @default {} */
  readonly globals?: Readonly<Record<string, HostEntry>>;
  /** MCP servers besides those of the settings, as their files would have them. @default {} */
  readonly mcpServers?: Readonly<Record<string, unknown>>;
  /** Run scripts in threads of their own, which can be ended whatever they do; calls are made here. @default in this thread */
  readonly isolate?: WorkerOptions;
}

/** What a script may do and sees, whether it comes at once or line by line. */
export interface SessionOptions {
  /** How messages call the script: `eval`, `stdin`, a file's path. */
  readonly chunk: string;
  readonly policy: PolicyOptions;
  readonly limits?: LimitOptions;
  readonly input?: JsonValue;
  readonly onLine?: (line: Uint8Array) => void;
  /** Told of calls while the run goes on. @default nobody is */
  readonly onCall?: (event: CallEvent) => void;
  readonly breakOnSigint?: boolean;
  /** Stop what the run started and left running, whatever ended it. @default false */
  readonly stopOnExit?: boolean;
  /** Whether the script gets `app.integrations`, besides MCP servers. @default true */
  readonly integrations?: boolean;
}

/** A synchronous stop may take Agora 20 s. */
const STOP_WITHIN_MS = 60_000;

export interface RunOptions extends SessionOptions {
  readonly signal?: AbortSignal;
}

/** Where the calls of a run are written down. */
type Journal = Pick<PipelineOptions, 'record' | 'watch' | 'audit' | 'script'>;

/** A script that comes line by line: globals stay from one to the next, limits and call log are each one's own. */
export interface Session {
  /** Runs one chunk, bytes of Lua; values of an expression are printed. Never rejects: every failure is in the report. One at a time. */
  readonly run: (code: Uint8Array, options?: { readonly signal?: AbortSignal }) => Promise<RunReport>;
  /** Whether `code` can only be understood with more lines. */
  readonly isBeginning: (code: Uint8Array) => boolean;
  /** What the name at the end of `line` can become: after `app.int`, `integrations`. */
  readonly complete: (line: string) => Completion;
  /** Ends the chunk that still runs. */
  readonly close: () => void;
}

/** The envelope of a Lua run; `schemas/lua-run.json` describes it. */
export interface RunReport {
  readonly success: boolean;
  readonly output: string;
  /** The list of returned values; null when nothing was returned or the run failed. */
  readonly result: readonly JsonValue[] | null;
  readonly error: string | null;
  readonly error_detail: ErrorDetail | null;
  readonly execution_time_ms: number;
  /** Highest measured memory of the script in bytes. */
  readonly memory_usage: number;
  readonly call_log: readonly CallLogEntry[];
  /** The same list under its older name. */
  readonly integration_calls: readonly CallLogEntry[];
  /** What the script started and left running, or may have. */
  readonly open_recordings: readonly Readonly<Record<string, JsonValue>>[];
  readonly meta: {
    readonly permission_bypassed: boolean;
    readonly emulator: boolean;
    readonly output_cut: boolean;
    readonly cpu_time_ms: number;
  };
}

export interface Host {
  /** Makes one call. Never rejects, save for a function that does not exist: every failure is in the report. */
  readonly call: (call: DirectCall, options: DirectCallOptions) => Promise<CallReport>;
  /** The value of a credential that is no secret. */
  readonly credential: (integration: string, account: string, field: string) => string | undefined;
  /** What scripts see, as annotations of the Lua Language Server. */
  readonly types: () => Promise<string>;
  /** A page of the documentation. */
  readonly readDocs: (page: string, form?: PageForm) => ReadPage;
  /** Calls of a function, `agora.query_recording`; undefined when there is none of that name. */
  readonly examples: (name: string) => CallExamples | undefined;
  /** The pages that there are, and the list of them for people. */
  readonly listDocs: () => { readonly text: string; readonly pages: readonly string[] };
  /** What a search in the documentation finds, as text. */
  readonly searchDocs: (query: string) => string;
  /** The integrations by id, with their functions and the state of their accounts. */
  readonly providers: () => Readonly<Record<string, ProviderReport>>;
  /** How an integration stands, its accounts, and what to do next; undefined for one that does not exist. */
  readonly diagnose: (integration: string, options: DiagnoseOptions) => Promise<Diagnosis | undefined>;
  /** The functions that match, best first, at most 20. */
  readonly search: (query: string) => readonly FunctionReport[];
  /** MCP servers, which are started when they are first needed. */
  readonly mcp: HostMcp;
  /** Finds mistakes in a script without running it. */
  readonly check: (code: string | Uint8Array) => Promise<readonly Finding[]>;
  /** Runs a script once. Never rejects: every failure is in the report. */
  readonly run: (code: string | Uint8Array, options: RunOptions) => Promise<RunReport>;
  /** Opens a state that keeps its globals between the chunks that it runs. */
  readonly openSession: (options: SessionOptions) => Session;
  readonly close: () => Promise<void>;
}

/** One host: the integrations with their accounts, and the connections that its runs share. */
export function createHost(options: Omit<HostOptions, 'env' | 'folder'>, settings: Settings): Host {
  const { guideFolder, stateFolder, emulate = false, globals = {}, isolate, mcpServers = {}, command = '' } = options;
  const integrations = findIntegrations(settings);
  const rules = createPolicy(settings.config.layers, integrations.map(asGoverned));
  const connections = createConnections({ emulate, stateFolder });
  const audit = stateFolder !== undefined && isAudited(settings.config.layers) ? auditIn(stateFolder, command, emulate) : undefined;
  const { projectFolder } = settings.config;
  const servers = createMcpServers({ env: settings.env, overlay: mcpServers, ...(projectFolder === '' ? {} : { folder: projectFolder }) });

  let workers: Promise<Workers> | undefined;

  const prepare = (options: SessionOptions): Prepared => {
    let calls: CallLogEntry[] = [];
    const events = options.onCall && callEvents(options.onCall);
    const journal: Journal = {
      audit,
      script: options.chunk,
      watch: events?.watch,
      record(entry, id) {
        calls.push(entry);
        events?.ended(entry, id);
      },
    };
    const open: OpenResources = new Map();
    const pipeline = createPipeline({ connections, policy: { rules, ...options.policy }, emulate, ...journal, open });
    const { record } = journal;
    const visible = restrictServers(servers, options.policy.restrict);
    const mcp = { servers: visible, pipeline, record, rules, env: settings.env };
    const sandboxOptions: SandboxOptions = {
      globals: {
        app: appNamespace(options.integrations === false ? undefined : integrations, serversNamespace(mcp), pipeline, record),
        mcp: mcpGlobal(mcp),
        ...docsGlobals(integrations, { guideFolder, emulate }, (page) => readServerPage(visible, page)),
        ...globals,
      },
      ...(options.limits === undefined ? {} : { limits: options.limits }),
      ...(options.input === undefined ? {} : { input: options.input }),
      ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
      breakOnSigint: options.breakOnSigint ?? false,
    };
    return {
      sandboxOptions,
      async report(started, run) {
        calls = [];
        const outcome = await run();
        // A call that was cut off writes its entry in the log after the run has ended.
        if (outcome.error !== undefined) await nextTurn();
        if (options.stopOnExit === true) await stopAll(open, journal);
        return {
          success: outcome.error === undefined,
          output: outcome.output,
          result: outcome.result,
          error: outcome.error?.message ?? null,
          error_detail: detailOf(outcome.error, calls),
          execution_time_ms: millisecondsSince(started),
          memory_usage: outcome.memoryPeak,
          call_log: calls,
          integration_calls: calls,
          open_recordings: [...open.values()].map(({ facts }) => facts),
          meta: {
            permission_bypassed: isBypassed(options.policy),
            emulator: emulate,
            output_cut: outcome.outputCut,
            cpu_time_ms: Math.round(outcome.cpuMs * 10) / 10,
          },
        };
      },
    };
  };

  // As part of the run, whatever ended it, and allowed by whoever asked for it.
  const stopAll = async (open: OpenResources, journal: Journal): Promise<void> => {
    const pipeline = createPipeline({ connections, policy: { force: true }, emulate, ...journal, open });
    const signal = AbortSignal.timeout(STOP_WITHIN_MS);
    await Promise.all(
      [...open.values()].map(async ({ stop, entry, account }) => {
        const tool = entry.tools.find(({ name }) => name === stop?.tool);
        if (stop === undefined || tool === undefined) return;
        // A failure is in the call log, and the recording stays in the list of open ones.
        await pipeline({ entry, tool, account, path: `app.integrations.${entry.id}.${tool.name}` }, [stop.args], signal).catch(
          () => undefined,
        );
      }),
    );
  };

  const run: Host['run'] = (code, options) => {
    const started = performance.now();
    const { sandboxOptions, report } = prepare(options);
    if (isolate === undefined) return report(started, () => createSandbox(sandboxOptions).run(code, options.chunk, options.signal));
    workers ??= openWorkers(isolate);
    const pool = workers;
    return report(started, async () => (await pool).run(code, options.chunk, sandboxOptions, options.signal));
  };

  const check: Host['check'] = async (code) => {
    const { checkScript } = await import('./check/check-script.ts');
    return checkScript(
      code,
      createSandbox(prepare({ chunk: 'script', policy: { force: false } }).sandboxOptions),
      integrations,
      pageNames(documentation()),
    );
  };

  const openSession: Host['openSession'] = (options) => {
    const { sandboxOptions, report } = prepare(options);
    const sandbox = createSandbox(sandboxOptions);
    const closed = new AbortController();
    return {
      run(code, { signal } = {}) {
        const ended = signal === undefined ? closed.signal : AbortSignal.any([closed.signal, signal]);
        return report(performance.now(), () => sandbox.runLine(code, options.chunk, ended));
      },
      isBeginning: sandbox.isBeginning,
      complete: (line) => completeName(line, sandbox.names),
      close: () => closed.abort(new KosmoError('INTERRUPTED', 'the session was closed')),
    };
  };

  const documentation = (): Documentation => loadDocumentation(integrations, { guideFolder, emulate });

  const providers: Host['providers'] = () => describeProviders(integrations, emulate);

  const diagnose: Host['diagnose'] = async (id, more) => {
    const available = integrations.find(({ entry }) => entry.id === id);
    if (available === undefined) return undefined;
    const doctor = await import('./diagnose.ts');
    return doctor.diagnose(available, settings, rules, more);
  };

  const types: Host['types'] = async () =>
    renderTypes(
      await Promise.all(
        integrations.map(async ({ entry, accounts }) => {
          const { tools } = await entry.load();
          const documented = (slug: string): Readonly<Record<string, JsonSchema>> =>
            tools.find((candidate) => candidate.slug === slug)?.documented?.() ?? {};
          return {
            ...entry,
            accounts: accounts.map(({ name }) => name).filter((name) => entry.tools.every((tool) => tool.name !== name)),
            tools: entry.tools.map((tool) => ({ tool, documented: documented(tool.slug) })),
          };
        }),
      ),
    );

  const credential: Host['credential'] = (integration, account, field) => {
    const available = integrations.find(({ entry }) => entry.id === integration);
    return available?.accounts.find(({ name }) => name === account)?.known[field];
  };

  return {
    run,
    check,
    openSession,
    call: (call, options) =>
      callDirectly(call, { ...options, policy: { rules, ...options.policy }, audit, integrations, connections, emulate }),
    credential,
    types,
    readDocs: (page, form) => readPage(documentation(), page, form),
    examples: (name) => {
      const page = findPage(documentation(), name);
      return page?.kind === 'function' ? callExamples(page.integration.id, page.tool) : undefined;
    },
    listDocs: () => ({ text: renderList(documentation()), pages: pageNames(documentation()) }),
    searchDocs: (query) => renderSearch(documentation(), query),
    providers,
    diagnose,
    search: (query) => findFunctions(providers(), query),
    mcp: createHostMcp({ servers, connections, rules, audit }),
    async close() {
      await (await workers)?.close();
      await Promise.all([connections.close(), servers.close()]);
    },
  };
}

function auditIn(stateFolder: string, command: string, emulator: boolean): Audit {
  let log: ReturnType<Audit> | undefined;
  return () => {
    log ??= import('./audit-log.ts').then(({ createAuditLog }) =>
      createAuditLog({ folder: path.join(stateFolder, 'audit'), command, emulator }),
    );
    return log;
  };
}

interface Prepared {
  readonly sandboxOptions: SandboxOptions;
  /** Runs something in a sandbox and reports on it; `started` is when that began. */
  readonly report: (started: number, run: () => Promise<RunOutcome>) => Promise<RunReport>;
}

// A run that was cut off while a write was on its way does not know how that ended.
function detailOf(error: KosmoError | undefined, calls: readonly CallLogEntry[]): ErrorDetail | null {
  if (error === undefined) return null;
  const detail = error.toJSON();
  const cutOff = calls.some(({ code, outcome }) => code === error.code && outcome === 'unknown');
  return cutOff ? { ...detail, outcome: 'unknown' } : detail;
}
