import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { callExamples, type Documentation, findPage, pageNames, renderList, renderSearch, renderTypes } from '../docs/index.ts';
import { type ErrorDetail, KosmoError } from '../errors/index.ts';
import { findTool } from '../integration/index.ts';
import { openWorkers, type RunOutcome, Sandbox, type SandboxOptions, scriptApi, type Workers } from '../lua/index.ts';
import { monotonicNow } from '../platform/clock.ts';
import { createPausableClock } from '../platform/pausable-clock.ts';
import { authorizeByOption, createPolicy, isAudited, isBypassed, type PassedRule } from '../policy/index.ts';
import type { JsonSchema } from '../schema/index.ts';
import type { Settings } from '../settings/index.ts';
import { type Audit, auditObserver } from './calls/audit-observer.ts';
import { createCalls } from './calls/call.ts';
import { type CallLog, createCallLog, millisecondsSince } from './calls/call-log.ts';
import { boundEntry } from './calls/call-log-entry.ts';
import { ConnectionPool } from './calls/connection-pool.ts';
import { callDirectly } from './calls/direct-call.ts';
import { configuredAccounts, createEmulators } from './calls/emulator-account.ts';
import { eventObserver } from './calls/events.ts';
import { type CallObserver, combineObservers } from './calls/observer.ts';
import { createOpenResources, describeOpenResource, type OpenResources } from './calls/open-resources.ts';
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

/** Milliseconds for the stops at the end of a run, if an integration names no other time. */
const STOP_TIMEOUT_MS = 60_000;

/** One host: the integrations with their accounts, and the connections that its runs share. */
export function createHost(options: Omit<HostOptions, 'env' | 'folder'>, settings: Settings): Host {
  const { guideFolder, stateFolder, emulate = false, globals = {}, isolate, mcpServers = {}, canElicit = false, command = '' } = options;
  const emulators = createEmulators();
  const integrations = loadIntegrations(settings, emulate ? emulators.accounts : configuredAccounts);
  const rules = createPolicy(settings.config.layers, integrations.map(toPolicyIntegration));
  const connections = new ConnectionPool(emulate ? {} : { stateFolder });
  const audit = stateFolder !== undefined && isAudited(settings.config.layers) ? auditIn(stateFolder, command, emulate) : undefined;
  const { projectFolder } = settings.config;
  const servers = createMcpServers({
    env: settings.env,
    overlay: mcpServers,
    canElicit,
    ...(projectFolder === '' ? {} : { folder: projectFolder }),
  });

  let workers: Promise<Workers> | undefined;

  const prepare = (options: SessionOptions): Prepared => {
    const calls = createCallLog();
    const open = createOpenResources();
    const { onCall } = options;
    const observer = combineObservers([
      audit && auditObserver(audit, options.chunk),
      calls,
      onCall && eventObserver((event) => onCall(event.event === 'call_ended' ? { ...event, ...boundEntry(event) } : event)),
      open,
    ]);
    const clock = createPausableClock();
    const { ask } = options.policy;
    const { elicit, relay } = options;
    const patient = ask === undefined ? {} : { ask: (...asked: Parameters<typeof ask>) => clock.pause(() => ask(...asked)) };
    const makeCall = createCalls({
      connections,
      policy: { rules, ...options.policy, ...patient },
      observer,
      elicit: elicit && ((...asked) => clock.pause(() => elicit(...asked))),
      relay,
    });
    const visible = restrictServers(servers, options.policy.restrict);
    const mcp = { servers: visible, makeCall, observer, rules, env: settings.env };
    const sandboxOptions: SandboxOptions = {
      globals: {
        app: appNamespace(options.integrations === false ? undefined : integrations, serversNamespace(mcp), makeCall, observer),
        mcp: mcpGlobal(mcp),
        ...docsGlobals(integrations, { guideFolder, restrict: options.policy.restrict }, (page) =>
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
        calls.clear();
        const outcome = await run();
        // A call that was cut off writes its entry in the log after the run has ended.
        if (outcome.error !== undefined) await nextTurn();
        const passed = options.stopOnExit === true ? await stopAll(open, observer) : [];
        const left = open.list();
        if (left.length > 0) options.onLeftOpen?.(left.map(describeOpenResource));
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
          open_recordings: left.map(({ facts }) => facts),
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
  const stopAll = async (open: OpenResources, observer: CallObserver): Promise<readonly PassedRule[]> => {
    const passed: PassedRule[] = [];
    const makeCall = createCalls({ connections, policy: { force: true }, authorize: authorizeByOption(rules, passed), observer });
    await Promise.all(
      open.list().map(async ({ stop, provider, account }) => {
        const tool = provider.tools.find(({ name }) => name === stop?.tool);
        if (stop === undefined || tool === undefined) return;
        const signal = AbortSignal.timeout(provider.stopTimeoutMs ?? STOP_TIMEOUT_MS);
        // A failure is in the call log, and the resource stays in the list of open ones.
        await makeCall({ provider, tool, account, path: `app.integrations.${provider.id}.${tool.name}` }, [stop.args], signal).catch(
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

  const documentation = (): Documentation => loadDocumentation(integrations, { guideFolder });

  const providers: Host['providers'] = () => describeProviders(integrations);

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
      scriptApi(),
    );

  const credential: Host['credential'] = (integration, account, field) => {
    const available = integrations.find(({ entry }) => entry.id === integration);
    return available?.accounts.find(({ name }) => name === account)?.known[field];
  };

  return {
    run,
    check,
    openSession,
    async call({ integration, name, account, args }, options) {
      const provider = integrations.find(({ id }) => id === integration);
      const tool = provider && findTool(provider.tools, name);
      if (provider === undefined || tool === undefined) throw new Error(`no function ${integration}.${name}`);
      const target = { provider, tool, account: provider.account(account), path: `${integration}.${tool.name}` };
      return callDirectly(target, args, { ...options, policy: { rules, ...options.policy } }, { connections, audit });
    },
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
      await emulators.close();
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
