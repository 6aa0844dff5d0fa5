import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { callExamples, type Documentation, findPage, pageNames, renderList, renderSearch, renderTypes } from '../docs/index.ts';
import { type ErrorDetail, KosmoError } from '../errors/index.ts';
import { openWorkers, type RunOutcome, Sandbox, type SandboxOptions, type Workers } from '../lua/index.ts';
import { monotonicNow } from '../platform/clock.ts';
import { createPausableClock } from '../platform/pausable-clock.ts';
import { authorizeByOption, createPolicy, isAudited, isBypassed, type PassedRule } from '../policy/index.ts';
import type { JsonSchema } from '../schema/index.ts';
import type { Settings } from '../settings/index.ts';
import { type Audit, createPipeline, type OpenResources, type PipelineOptions } from './calls/call.ts';
import { type CallLog, createCallLog, millisecondsSince } from './calls/call-log.ts';
import { createConnections } from './calls/connection-pool.ts';
import { callDirectly } from './calls/direct-call.ts';
import { callEvents } from './calls/events.ts';
import { describeProviders, findFunctions } from './discovery.ts';
import { loadIntegrations, toPolicyIntegration } from './integrations.ts';
import { mcpGlobal, serversNamespace } from './mcp/lua-namespaces.ts';
import { createHostMcp } from './mcp/mcp-host.ts';
import { readServerPage } from './mcp/pages.ts';
import { createMcpServers, restrictServers } from './mcp/server-registry.ts';
import { appNamespace } from './scripts/app-namespace.ts';
import { completeName } from './scripts/complete-name.ts';
import { docsGlobals, loadDocumentation, readPage, visiblePages } from './scripts/docs-namespace.ts';
import type { Host, HostOptions, RunReport, SessionOptions } from './scripts/session.ts';

/** A synchronous stop may take Agora 20 s. */
const STOP_WITHIN_MS = 60_000;

/** Where the calls of a run are written down. */
type Journal = Pick<PipelineOptions, 'record' | 'watch' | 'audit' | 'script'>;

/** One host: the integrations with their accounts, and the connections that its runs share. */
export function createHost(options: Omit<HostOptions, 'env' | 'folder'>, settings: Settings): Host {
  const { guideFolder, stateFolder, emulate = false, globals = {}, isolate, mcpServers = {}, command = '' } = options;
  const integrations = loadIntegrations(settings);
  const rules = createPolicy(settings.config.layers, integrations.map(toPolicyIntegration));
  const connections = createConnections({ emulate, stateFolder });
  const audit = stateFolder !== undefined && isAudited(settings.config.layers) ? auditIn(stateFolder, command, emulate) : undefined;
  const { projectFolder } = settings.config;
  const servers = createMcpServers({ env: settings.env, overlay: mcpServers, ...(projectFolder === '' ? {} : { folder: projectFolder }) });

  let workers: Promise<Workers> | undefined;

  const prepare = (options: SessionOptions): Prepared => {
    let calls = createCallLog();
    const events = options.onCall && callEvents(options.onCall);
    const journal: Journal = {
      audit,
      script: options.chunk,
      watch: events?.watch,
      record(entry, id) {
        const kept = calls.add(entry);
        events?.ended(kept, id);
      },
    };
    const open: OpenResources = new Map();
    const clock = createPausableClock();
    const { ask } = options.policy;
    const patient = ask === undefined ? {} : { ask: (...asked: Parameters<typeof ask>) => clock.pause(() => ask(...asked)) };
    const pipeline = createPipeline({ connections, policy: { rules, ...options.policy, ...patient }, emulate, ...journal, open });
    const { record } = journal;
    const visible = restrictServers(servers, options.policy.restrict);
    const mcp = { servers: visible, pipeline, record, rules, env: settings.env };
    const sandboxOptions: SandboxOptions = {
      globals: {
        app: appNamespace(options.integrations === false ? undefined : integrations, serversNamespace(mcp), pipeline, record),
        mcp: mcpGlobal(mcp),
        ...docsGlobals(integrations, { guideFolder, emulate, restrict: options.policy.restrict }, (page) =>
          readServerPage(visible, page, options.policy.restrict),
        ),
        ...globals,
      },
      ...(options.limits === undefined ? {} : { limits: options.limits }),
      ...(options.input === undefined ? {} : { input: options.input }),
      ...(options.onLine === undefined ? {} : { onLine: options.onLine }),
      breakOnSigint: options.breakOnSigint ?? false,
      clock,
    };
    return {
      sandboxOptions,
      async report(started, run) {
        calls = createCallLog();
        const outcome = await run();
        // A call that was cut off writes its entry in the log after the run has ended.
        if (outcome.error !== undefined) await nextTurn();
        const passed = options.stopOnExit === true ? await stopAll(open, journal) : [];
        return {
          success: outcome.error === undefined,
          output: outcome.output,
          result: outcome.result,
          error: outcome.error?.message ?? null,
          error_detail: detailOf(outcome.error, calls),
          execution_time_ms: millisecondsSince(started),
          memory_usage: outcome.memoryPeak,
          call_log: calls.entries(),
          integration_calls: calls.entries(),
          open_recordings: [...open.values()].map(({ facts }) => facts),
          meta: {
            permission_bypassed: isBypassed(options.policy) || passed.length > 0,
            ...(passed.length === 0 ? {} : { passed_rules: passed }),
            emulator: emulate,
            output_cut: outcome.outputCut,
            ...(calls.leftOut() === 0 ? {} : { calls_left_out: calls.leftOut() }),
            cpu_time_ms: Math.round(outcome.cpuMs * 10) / 10,
          },
        };
      },
    };
  };

  // As part of the run, whatever ended it. The option is the approval of these stops; returns the rules that they passed.
  const stopAll = async (open: OpenResources, journal: Journal): Promise<readonly PassedRule[]> => {
    const passed: PassedRule[] = [];
    const authorize = authorizeByOption(rules, passed);
    const pipeline = createPipeline({ connections, policy: { force: true }, authorize, emulate, ...journal, open });
    const signal = AbortSignal.timeout(STOP_WITHIN_MS);
    await Promise.all(
      [...open.values()].map(async ({ stop, provider, entry, account }) => {
        const tool = entry.tools.find(({ name }) => name === stop?.tool);
        if (stop === undefined || tool === undefined) return;
        // A failure is in the call log, and the recording stays in the list of open ones.
        await pipeline({ provider, entry, tool, account, path: `app.integrations.${entry.id}.${tool.name}` }, [stop.args], signal).catch(
          () => undefined,
        );
      }),
    );
    return passed;
  };

  const run: Host['run'] = (code, options) => {
    const started = monotonicNow();
    const { sandboxOptions, report } = prepare(options);
    if (isolate === undefined) return report(started, () => new Sandbox(sandboxOptions).run(code, options.chunk, options.signal));
    workers ??= openWorkers(isolate);
    const pool = workers;
    return report(started, async () => (await pool).run(code, options.chunk, sandboxOptions, options.signal));
  };

  const check: Host['check'] = async (code) => {
    const { lintScript } = await import('./lint/lint-script.ts');
    return lintScript(
      code,
      new Sandbox(prepare({ chunk: 'script', policy: { force: false } }).sandboxOptions),
      integrations,
      pageNames(documentation()),
    );
  };

  const openSession: Host['openSession'] = (options) => {
    const { sandboxOptions, report } = prepare(options);
    const sandbox = new Sandbox(sandboxOptions);
    const closed = new AbortController();
    return {
      run(code, { signal } = {}) {
        const ended = signal === undefined ? closed.signal : AbortSignal.any([closed.signal, signal]);
        return report(monotonicNow(), () => sandbox.runLine(code, options.chunk, ended));
      },
      isBeginning: (code) => sandbox.isBeginning(code),
      complete: (line) => completeName(line, (path) => sandbox.names(path)),
      close: () => closed.abort(new KosmoError('INTERRUPTED', 'the session was closed')),
    };
  };

  const documentation = (): Documentation => loadDocumentation(integrations, { guideFolder, emulate });

  const providers: Host['providers'] = () => describeProviders(integrations, emulate);

  const diagnose: Host['diagnose'] = async (id, more) => {
    const available = integrations.find(({ entry }) => entry.id === id);
    if (available === undefined) return undefined;
    const doctor = await import('./doctor/diagnose.ts');
    return doctor.diagnose(available, settings, rules, more);
  };

  const types: Host['types'] = async () =>
    renderTypes(
      await Promise.all(
        integrations.map(async ({ entry, accounts }) => {
          const { tools } = await entry.load();
          const documented = (slug: string): Readonly<Record<string, JsonSchema>> =>
            tools.find((candidate) => candidate.slug === slug)?.fieldSchemas?.() ?? {};
          return {
            id: entry.id,
            description: entry.description,
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
    readDocs: (page, { form, restrict } = {}) => readPage(documentation(), page, restrict, form),
    examples: (name) => {
      const page = findPage(documentation(), name);
      return page?.kind === 'function' ? callExamples(page.integration.id, page.tool) : undefined;
    },
    listDocs(restrict) {
      const visible = visiblePages(documentation(), restrict);
      return { text: renderList(visible), pages: pageNames(visible) };
    },
    searchDocs: (query, restrict) => renderSearch(visiblePages(documentation(), restrict), query),
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
    log ??= import('./calls/audit-log.ts').then(({ createAuditLog }) =>
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
function detailOf(error: KosmoError | undefined, calls: CallLog): ErrorDetail | null {
  if (error === undefined) return null;
  const detail = error.toJSON();
  return calls.hasUnknown(error.code) ? { ...detail, outcome: 'unknown' } : detail;
}
