import type { DurableRun, RunJournal } from '../../journal/index.ts';
import { type HostEntry, type LimitOptions, type RunOutcome, Sandbox, type SandboxOptions, type Workers } from '../../lua/index.ts';
import { monotonicNow } from '../../platform/clock.ts';
import { createPausableClock, type PausableClock } from '../../platform/pausable-clock.ts';
import type { Policy, PolicyOptions } from '../../policy/index.ts';
import type { Settings } from '../../settings/index.ts';
import { type Audit, auditObserver } from '../calls/audit-observer.ts';
import { type CallsOptions, createCalls } from '../calls/call.ts';
import { createCallLog } from '../calls/call-log.ts';
import { boundEntry } from '../calls/call-log-entry.ts';
import type { ConnectionPool } from '../calls/connection-pool.ts';
import { eventObserver } from '../calls/events.ts';
import { type CallObserver, combineObservers } from '../calls/observer.ts';
import { createOpenResources } from '../calls/open-resources.ts';
import type { CallJournal, MakeCall } from '../calls/stage.ts';
import type { AvailableIntegration } from '../integrations.ts';
import { mcpGlobal, serversNamespace } from '../mcp/lua-namespaces.ts';
import { readServerPage } from '../mcp/pages.ts';
import { type McpServers, restrictServers } from '../mcp/server-registry.ts';
import { ModuleReader } from '../workflow/modules.ts';
import { WorkflowRun } from '../workflow/workflow-run.ts';
import { appNamespace } from './app-namespace.ts';
import { docsGlobals } from './docs-namespace.ts';
import { connectJournal, finishJournal, repeatEffects, withAccounts } from './journal.ts';
import { type RunReport, reportRun } from './run-report.ts';
import type { RunOptions, SessionOptions } from './script-options.ts';
import { stopOpenResources } from './stop-open-resources.ts';

/** What the scripts of one host share. */
export interface ScriptEnvironment {
  readonly integrations: readonly AvailableIntegration[];
  readonly servers: McpServers;
  readonly connections: ConnectionPool;
  readonly rules: Policy;
  /** The configuration files, for caps. */
  readonly layers: Settings['config']['layers'];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly guideFolder: string;
  readonly globals: Readonly<Record<string, HostEntry>>;
  readonly emulator: boolean;
  readonly audit: Audit | undefined;
}

interface PreparedScript {
  /** Follows the calls that are repeated from a journal. */
  readonly repeated: CallObserver;
  readonly sandboxOptions: SandboxOptions;
  /** Runs code in a sandbox and reports on it. `started` is the time at which that began. */
  readonly report: (started: number, run: () => Promise<RunOutcome>) => Promise<RunReport>;
}

/** Runs a script once, in a thread of its own if there are `workers`. Never rejects: every failure is in the report. */
export function runScript(
  environment: ScriptEnvironment,
  code: string | Uint8Array,
  options: RunOptions,
  workers?: Promise<Workers>,
): Promise<RunReport> {
  const started = monotonicNow();
  if (options.journal !== undefined) return runJournalled(environment, code, { ...options, journal: options.journal });
  const { sandboxOptions, report } = prepareScript(environment, options);
  if (workers === undefined) return report(started, () => new Sandbox(sandboxOptions).run(code, options.chunk, options.signal));
  return report(started, async () => (await workers).run(code, options.chunk, sandboxOptions, options.signal));
}

async function runJournalled(
  environment: ScriptEnvironment,
  code: string | Uint8Array,
  options: RunOptions & Required<Pick<RunOptions, 'journal'>>,
): Promise<RunReport> {
  const started = monotonicNow();
  const { journal, signal, chunk } = options;
  const { recorded, durable } = journal;
  const isRepeated = recorded !== undefined && durable === undefined;
  const integrations = !isRepeated ? environment.integrations : withAccounts(environment.integrations, recorded.accounts);
  const accounts = Object.fromEntries(integrations.map(({ id, accounts }) => [id, accounts.map(({ name }) => name)]));
  const { input = {} } = recorded ?? options;
  journal.begin({ chunk, input, accounts });
  const { sandbox, observer: keeper, calls: kept } = connectJournal(journal);
  const { sandboxOptions, report, repeated } = prepareScript(
    // A repeated run does nothing that an audit log could tell.
    isRepeated ? { ...environment, integrations, audit: undefined } : environment,
    { ...options, ...(durable && onlyNew(journal, durable, options)), input, stopOnExit: options.stopOnExit === true && !isRepeated },
    { observer: keeper, journal: kept, isLeft: () => journal.isLeft?.() === true },
  );
  if (recorded !== undefined) repeatEffects(journal, repeated, integrations);
  const ended = AbortSignal.any([journal.ended, ...(signal === undefined ? [] : [signal])]);
  const done = await report(started, async () =>
    finishJournal(journal, await new Sandbox({ ...sandboxOptions, journal: sandbox }).run(code, chunk, ended)),
  );
  return durable === undefined ? done : { ...done, run: { ...durable.state(), store: 'file' } };
}

/** Makes the sandbox options of a script, and the report on its runs. */
export function prepareScript(environment: ScriptEnvironment, options: SessionOptions, kept: Kept = {}): PreparedScript {
  const { connections, rules, audit, emulator } = environment;
  const calls = createCallLog();
  const open = createOpenResources();
  const { onCall } = options;
  const observer = combineObservers([
    audit && auditObserver(audit, options.chunk),
    calls,
    onCall && eventObserver((event) => onCall(event.event === 'call_ended' ? { ...event, ...boundEntry(event) } : event)),
    open,
    options.activity?.observer,
    kept.observer,
  ]);
  const clock = createPausableClock();
  const { onLine } = options;
  const workflow = openWorkflow(environment, options);
  const makeCall = workflow.watchCalls(
    createCalls({
      connections,
      observer,
      relay: options.relay,
      caps: workflow.caps,
      journal: kept.journal,
      ...pausing(clock, workflow.policy({ rules, ...options.policy }), options),
    }),
  );
  const stopAll = async (): ReturnType<typeof stopOpenResources> =>
    kept.isLeft?.() === true ? [] : stopOpenResources(open.list(), { connections, rules, observer });
  return {
    repeated: kept.journal === undefined ? observer : combineObservers([calls, open]),
    sandboxOptions: {
      ports: { ...workflow.ports, ...(options.activity && { sleep: options.activity.sleepPort }) },
      globals: scriptGlobals(environment, options, makeCall, observer),
      ...(options.limits === undefined ? {} : { limits: options.limits }),
      ...(options.input === undefined ? {} : { input: options.input }),
      ...(onLine === undefined ? {} : { onLine: (line: Uint8Array) => onLine(workflow.hideSecrets(line)) }),
      breakOnSigint: options.breakOnSigint ?? false,
      clock,
    },
    report: (started, run) => reportRun({ options, emulator, calls, open, workflow, stopAll }, started, run),
  };
}

/** What a journal keeps of the calls of a script. */
interface Kept {
  readonly observer?: CallObserver;
  readonly journal?: CallJournal | undefined;
  readonly isLeft?: () => boolean;
}

// An earlier leg has printed what it printed, and goes on with the modules that it loaded.
function onlyNew(
  journal: RunJournal,
  durable: DurableRun,
  { onLine, onLeftOpen, limits, onLog, modules = new ModuleReader(undefined) }: RunOptions,
): Partial<RunOptions> {
  return {
    onLine: (line) => {
      if (durable.printed(line)) onLine?.(line);
    },
    onLog: (entry) => {
      if (!durable.isReplaying()) onLog?.(entry);
    },
    modules: modules.keptBy(durable.modules),
    // What a run that goes on elsewhere has open is not left.
    onLeftOpen: (resources) => {
      if (journal.isLeft?.() !== true) onLeftOpen?.(resources);
    },
    ...(limits === undefined ? {} : { limits: withoutTime(limits) }),
  };
}

// The journal ends the run at its deadline, which counts the time between two processes as well.
function withoutTime({ timeoutMs: _, ...limits }: LimitOptions): LimitOptions {
  return limits;
}

function openWorkflow({ integrations, layers }: ScriptEnvironment, options: SessionOptions): WorkflowRun {
  const { chunk, input = {}, modules = new ModuleReader(undefined), caps = [], approval, onLog, askWorkflow } = options;
  return new WorkflowRun({ chunk, input, integrations, layers, modules, caps, approval, onLog, askWorkflow });
}

// The clock of the script stands still while the user is asked.
function pausing(clock: PausableClock, policy: PolicyOptions, { elicit }: SessionOptions): Pick<CallsOptions, 'policy' | 'elicit'> {
  const { ask } = policy;
  return {
    policy: { ...policy, ...(ask === undefined ? {} : { ask: (...asked) => clock.pause(() => ask(...asked)) }) },
    elicit: elicit && ((...asked) => clock.pause(() => elicit(...asked))),
  };
}

function scriptGlobals(
  { integrations, servers, rules, env, guideFolder, globals }: ScriptEnvironment,
  options: SessionOptions,
  makeCall: MakeCall,
  observer: CallObserver,
): NonNullable<SandboxOptions['globals']> {
  const { restrict } = options.policy;
  const visible = restrictServers(servers, restrict);
  const mcp = { servers: visible, makeCall, observer, rules, env };
  return {
    app: appNamespace(options.integrations === false ? undefined : integrations, serversNamespace(mcp), makeCall, observer),
    mcp: mcpGlobal(mcp),
    ...docsGlobals(integrations, { guideFolder, restrict }, (page) => readServerPage(visible, page, restrict)),
    ...globals,
  };
}
