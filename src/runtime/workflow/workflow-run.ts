import { KosmoError, redactKnownSecrets } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { HostPorts, RunOutcome } from '../../lua/index.ts';
import { monotonicNow } from '../../platform/clock.ts';
import { type CallRequest, configuredCaps, type PolicyOptions } from '../../policy/index.ts';
import type { Settings } from '../../settings/index.ts';
import { type CallCap, CallCaps } from '../calls/call-caps.ts';
import type { MakeCall } from '../calls/stage.ts';
import type { WorkflowApproval } from './approval.ts';
import { checkInput } from './check-input.ts';
import { type DeclaredCall, type DeclaredIntegration, requireDeclaration, type WorkflowDeclaration } from './declaration.ts';
import type { ModuleReader } from './modules.ts';

/** A line that a script wrote with `log`. */
export interface LogEntry {
  /** Milliseconds since the start of the run. */
  readonly elapsed_ms: number;
  readonly text: string;
}

/** One question for all calls of a workflow. */
export interface WorkflowQuestion {
  readonly chunk: string;
  readonly description: string;
  /** The declared calls that change something. */
  readonly writes: readonly DeclaredCall[];
  readonly calls: readonly DeclaredCall[];
  /** Of the call that needs an approval; null for an MCP server. */
  readonly account: string | null;
  /** The call that needs an approval, the first of the run. */
  readonly first: CallRequest;
}

/** `run`: the calls of this run with this account; `each`: ask about each call. */
export type WorkflowAnswer = 'run' | 'each' | 'no';

export interface WorkflowRunOptions {
  readonly chunk: string;
  readonly input: JsonValue;
  readonly integrations: readonly DeclaredIntegration[];
  readonly layers: Settings['config']['layers'];
  readonly modules: ModuleReader;
  /** Caps of the command line. */
  readonly caps: readonly CallCap[];
  readonly approval?: WorkflowApproval | undefined;
  readonly onLog?: ((entry: LogEntry) => void) | undefined;
  readonly askWorkflow?: ((question: WorkflowQuestion, signal: AbortSignal) => Promise<WorkflowAnswer>) | undefined;
}

/** Bytes of the log lines that a report keeps. */
const MAX_LOG_BYTES = 1024 ** 2;

/** What one run has besides its calls: the declaration of its workflow, its caps, its modules, and what it logs. */
export class WorkflowRun {
  readonly caps: CallCaps;
  readonly ports: HostPorts;
  readonly #options: WorkflowRunOptions;
  #declaration: WorkflowDeclaration | undefined;
  #firstCall: string | undefined;
  #started = monotonicNow();
  #log: LogEntry[] = [];
  #logBytes = 0;
  /** One question at a time, and one for each account. */
  readonly #answers = new Map<string | null, Promise<WorkflowAnswer>>();

  constructor(options: WorkflowRunOptions) {
    this.#options = options;
    this.caps = new CallCaps(options.caps, (subject) => configuredCaps(options.layers, subject));
    const immediate = { kind: 'function', immediate: true } as const;
    this.ports = {
      declare: { ...immediate, call: (args) => this.#declare((args as readonly JsonValue[])[0] ?? null) },
      log: { ...immediate, call: (args) => this.#addLog(String((args as readonly JsonValue[])[0])) },
      findModule: options.modules.port,
    };
  }

  get log(): readonly LogEntry[] {
    return this.#log;
  }

  /** Begins a run; a session has several. */
  start(): void {
    this.#started = monotonicNow();
    this.#log = [];
    this.#logBytes = 0;
  }

  /** The calls of the run, which a declaration must come before. */
  watchCalls(makeCall: MakeCall): MakeCall {
    return (target, args, signal) => {
      this.#firstCall ??= target.path;
      return makeCall(target, args, signal);
    };
  }

  /** Applies the approval of the workflow, and asks one question for it in place of one for each call. */
  policy(policy: PolicyOptions): PolicyOptions {
    const { ask } = policy;
    const { askWorkflow, approval } = this.#options;
    const approved: PolicyOptions = approval === undefined ? policy : { ...policy, approval: this.#declared(approval) };
    if (ask === undefined || askWorkflow === undefined) return approved;
    return {
      ...approved,
      ask: async (request, signal) => {
        const answer = await this.#answerFor(request, signal);
        return answer === 'each' ? ask(request, signal) : answer === 'run';
      },
    };
  }

  /** Hides the secrets of the input in a printed line. */
  hideSecrets(line: Uint8Array): Uint8Array {
    return this.#hasSecrets ? Buffer.from(redactKnownSecrets(Buffer.from(line).toString('utf8'))) : line;
  }

  /** The same in everything that a run returned. */
  hideSecretsOf(outcome: RunOutcome): RunOutcome {
    if (!this.#hasSecrets) return outcome;
    return { ...outcome, output: redactKnownSecrets(outcome.output), result: redactKnownSecrets(outcome.result) };
  }

  get #hasSecrets(): boolean {
    return this.#declaration !== undefined && this.#declaration.secrets.length > 0;
  }

  #declare(value: JsonValue): JsonValue {
    const { integrations, input } = this.#options;
    if (this.#declaration !== undefined) throw misplaced('a script declares itself once.', 'put everything into one declaration');
    if (this.#firstCall !== undefined)
      throw misplaced(`${this.#firstCall} was called before it.`, 'put the declaration at the top of the script');
    this.#declaration = requireDeclaration(value, integrations);
    if (this.#declaration.calls !== undefined) this.caps.declare(this.#declaration.calls);
    return checkInput(this.#declaration, input);
  }

  #addLog(given: string): null {
    const text = this.#hasSecrets ? redactKnownSecrets(given) : given;
    const entry = { elapsed_ms: Math.round(monotonicNow() - this.#started), text };
    if (this.#logBytes > MAX_LOG_BYTES) return null;
    this.#logBytes += text.length + 1;
    this.#log.push(this.#logBytes > MAX_LOG_BYTES ? { ...entry, text: '[log cut here: it is longer than 1 MiB]' } : entry);
    this.#options.onLog?.(this.#log.at(-1) as LogEntry);
    return null;
  }

  // A script can declare other calls than its text shows.
  #declared(approval: WorkflowApproval): WorkflowApproval {
    const isAsShown = (): boolean =>
      JSON.stringify(callsAndCaps(this.#declaration?.calls ?? [])) === JSON.stringify(callsAndCaps(approval.calls));
    const hasCalls = (): boolean => this.#declaration?.calls !== undefined;
    return {
      calls: approval.calls,
      covers: (request) => isAsShown() && approval.covers(request),
      ended: (request) => (isAsShown() || approval.calls.length === 0 ? approval.ended?.(request) : DECLARED_OTHERWISE),
      get command() {
        return hasCalls() ? approval.command : undefined;
      },
    };
  }

  #answerFor(first: CallRequest, signal: AbortSignal): Promise<WorkflowAnswer> {
    const { askWorkflow, chunk } = this.#options;
    const { account } = first;
    const { calls, description = '' } = this.#declaration ?? {};
    if (calls === undefined || askWorkflow === undefined) return Promise.resolve('each');
    let answer = this.#answers.get(account);
    if (answer === undefined) {
      const own = calls.filter(({ function: fn }) => (account === null) !== fn.provider.hasAccounts && (fn.account ?? account) === account);
      const writes = own.filter(({ operation }) => operation !== 'read');
      answer = askWorkflow({ chunk, description, writes, calls: own, account, first }, signal);
      this.#answers.set(account, answer);
    }
    return answer;
  }
}

const DECLARED_OTHERWISE = {
  reason: 'the running script declared other calls than its text shows, so the approval does not cover them',
  hint: 'call workflow { … } once, with a table of literals, at the top of the script',
};

function callsAndCaps(calls: readonly DeclaredCall[]): readonly string[] {
  return calls.map(({ name, max }) => `${name} ${max ?? ''}`).sort();
}

function misplaced(why: string, hint: string): KosmoError {
  return new KosmoError('INVALID_ARGUMENTS', `workflow: the declaration comes first, and ${why}`, { hint });
}
