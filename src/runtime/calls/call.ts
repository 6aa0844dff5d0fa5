import { type KosmoError, toKosmoError, withDetails } from '../../errors/index.ts';
import type { Elicit, Relay } from '../../integration/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { HostArguments } from '../../lua/index.ts';
import { monotonicNow } from '../../platform/clock.ts';
import { cutText } from '../../platform/cut-text.ts';
import { authorize as askPolicy } from '../../policy/index.ts';
import { authorize } from './authorize.ts';
import type { CallCaps } from './call-caps.ts';
import { millisecondsSince } from './call-log.ts';
import type { CallLogEntry } from './call-log-entry.ts';
import { cap } from './cap.ts';
import { compose } from './compose.ts';
import { dispatch } from './dispatch.ts';
import { commit, resume } from './journalled.ts';
import type { CallObserver } from './observer.ts';
import { requireActive } from './require-active.ts';
import { restrict } from './restrict.ts';
import type { Call, MakeCall, RunState, Stage } from './stage.ts';
import { describeSubject } from './subject.ts';
import type { Target } from './target.ts';
import { validate } from './validate.ts';

/** The stages of a call. Each may refuse it. Its function and account are known before. */
const STAGES: readonly Stage[] = [restrict, requireActive, validate, compose, resume, cap, authorize, commit, dispatch];

export interface CallsOptions extends Pick<RunState, 'connections' | 'policy'> {
  /** @default undefined (the calls are not observed) */
  readonly observer?: CallObserver;
  /** @default undefined (questions of MCP servers fail the call) */
  readonly elicit?: Elicit | undefined;
  /** @default undefined (nothing is forwarded) */
  readonly relay?: Relay | undefined;
  /** What the run may call, and how often. @default undefined (no restriction) */
  readonly caps?: CallCaps;
  /** Keeps the writes of a durable run. @default undefined (the run ends with its process) */
  readonly journal?: RunState['journal'];
  /** Decides about each call. @default the policy does */
  readonly authorize?: RunState['authorize'];
}

/** The calls of one run. Every failure is thrown as a `KosmoError` and is in the log. */
export function createCalls(options: CallsOptions): MakeCall {
  const { connections, policy, observer = {}, elicit, relay, caps, journal, authorize: decide = askPolicy } = options;
  const makeCall: MakeCall = async (target, args, signal) => {
    const call = new RunningCall(run, target, args, signal);
    const started = observer.started?.(call);
    warnOfRules(call);
    try {
      if (started !== undefined) await started;
      for (const stage of STAGES) {
        const step = stage(call);
        if (step === undefined) continue;
        if ((typeof step === 'string' ? step : await step) === 'done') return call.result ?? null;
      }
      call.end({ status: 'ok', outcome: 'done' });
      return call.result ?? null;
    } catch (thrown) {
      throw call.fail(thrown);
    } finally {
      observer.finished?.(call);
    }
  };
  const run: RunState = {
    connections,
    policy,
    observer,
    elicit,
    relay,
    authorize: decide,
    validators: new Map(),
    warnedProviders: new Set(),
    caps,
    journal,
    makeCall,
  };
  return makeCall;
}

function warnOfRules({ run: { policy, warnedProviders }, target: { provider }, warn }: Call): void {
  if (warnedProviders.has(provider.path)) return;
  warnedProviders.add(provider.path);
  for (const warning of policy.rules?.warnings(provider) ?? []) warn(warning);
}

/** Characters of a warning and of a message, which may quote the script. */
const MAX_WARNING = 2000;
const MAX_MESSAGE = 10_000;

class RunningCall implements Call {
  readonly run: RunState;
  readonly target: Target;
  readonly rawArguments: HostArguments;
  readonly signal: AbortSignal;
  readonly facts: Call['facts'] = {};
  options: Call['options'] = {};
  args: Call['args'] = {};
  result?: JsonValue;
  authorization?: NonNullable<Call['authorization']>;
  uncount?: () => void;
  isRepeated?: true;
  readonly #started = monotonicNow();
  readonly #warnings: string[] = [];

  constructor(run: RunState, target: Target, rawArguments: HostArguments, signal: AbortSignal) {
    this.run = run;
    this.target = target;
    this.rawArguments = rawArguments;
    this.signal = signal;
  }

  readonly warn = (given: string): void => {
    const warning = cutText(given, MAX_WARNING);
    this.#warnings.push(warning);
    this.run.observer.warned?.(this, warning);
  };

  end(outcome: Pick<CallLogEntry, 'status' | 'outcome'> & Partial<CallLogEntry>): void {
    const { provider, tool, account, path } = this.target;
    // Not by spreading: it costs as much as the check of the arguments.
    const begun = {
      function: path,
      account: account?.name ?? null,
      operation: tool.operation,
      path: path.startsWith('app.') ? path.slice('app.'.length) : path,
      name: tool.name,
      tool: tool.slug,
      group: provider.kind === 'mcp-server' ? 'mcp' : provider.id,
      durationMs: millisecondsSince(this.#started),
    };
    const entry: CallLogEntry = Object.assign(begun, this.facts, outcome);
    this.run.observer.ended?.(this.#warnings.length === 0 ? entry : { ...entry, warnings: [...this.#warnings] }, this);
  }

  /** Logs the failure, and returns the error to throw. */
  fail(thrown: unknown): KosmoError {
    if (this.authorization === undefined) this.uncount?.();
    const error = withBoundedMessage(withFunctionName(toKosmoError(thrown), this));
    // The calls of a composed tool are in the log already; its own refusals are not.
    if (this.target.tool.usesTools === undefined || error.code === 'INVALID_ARGUMENTS' || error.code === 'NOT_EXPOSED')
      this.end({ status: 'error', outcome: error.outcome, code: error.code, error: error.message });
    return error;
  }
}

function withBoundedMessage(error: KosmoError): KosmoError {
  return error.message.length <= MAX_MESSAGE ? error : withDetails(error, {}, cutText(error.message, MAX_MESSAGE));
}

// Errors of the remote side do not know which function was called; a script and a log reader want to.
function withFunctionName(error: KosmoError, call: Call): KosmoError {
  if (error.details.function_name !== undefined) return error;
  const { path } = call.target;
  const subject = describeSubject(call);
  const named = error.code === 'INVALID_ARGUMENTS' || error.message.includes(path) ? error.message : `${path}: ${error.message}`;
  return withDetails(error, { function_name: path, ...(subject === undefined ? {} : { subject }) }, named);
}
