import { type Account, describeOrigin } from '../../credentials/index.ts';
import { isKosmoError, KosmoError, toKosmoError, withDetails } from '../../errors/index.ts';
import {
  type CallContext,
  type CallMetadata,
  type ManifestEntry,
  type OpenResource,
  type ToolDescription,
  variableName,
} from '../../integration/index.ts';
import type { JsonValue } from '../../json/index.ts';
import type { HostArguments } from '../../lua/index.ts';
import { monotonicNow } from '../../platform/clock.ts';
import { cutText } from '../../platform/cut-text.ts';
import { type Authorization, authorize as askPolicy, functionName, type PolicyOptions } from '../../policy/index.ts';
import { argumentsWithout, checkArguments } from '../../schema/index.ts';
import type { AuditTrail, createAuditLog } from './audit-log.ts';
import { type CallLogEntry, type CallWatch, millisecondsSince } from './call-log.ts';
import type { Connections } from './connection-pool.ts';
import { invalidArgumentsError } from './invalid-arguments.ts';
import { loadToolValidator, type ToolValidator } from './load-validator.ts';
import { type CallOptions, splitOptions } from './options.ts';
import { inactiveError } from './require-active.ts';
import type { Target } from './target.ts';

export interface PipelineOptions {
  readonly connections: Connections;
  readonly policy: PolicyOptions;
  /** Credentials are not needed: calls go to an emulator. */
  readonly emulate: boolean;
  /** Called when a call has ended, with what `watch.started` returned for it. */
  readonly record: (entry: CallLogEntry, id?: number) => void;
  /** Told of calls while they are under way. @default nobody is */
  readonly watch?: CallWatch | undefined;
  /** What the calls left open on the remote side. @default not kept */
  readonly open?: OpenResources;
  /** Who called what is written there; nobody forgets it, who wants it nowhere says so. */
  readonly audit: Audit | undefined;
  /** The script whose calls these are, for the audit log. @default none */
  readonly script?: string | undefined;
  /** Decides about each call. @default the policy does */
  readonly authorize?: typeof askPolicy;
}

/** Characters of a warning, which may quote the script; and warnings of one call that are told while it runs. */
const MAX_WARNING = 2000;
const MAX_TOLD = 20;

/** Opens the audit log, once. */
export type Audit = () => Promise<ReturnType<typeof createAuditLog>>;

/** What calls left open, by id, with how to reach it. */
export type OpenResources = Map<string, OpenResource & Pick<Target, 'provider' | 'entry' | 'account'>>;

export type Pipeline = (target: Target, args: HostArguments, signal: AbortSignal) => Promise<JsonValue>;

/**
 * One call from here to the remote side: offered? → active? → validate → authorize → dispatch → record. Finding the function and its account came
 * before. Whatever goes wrong is thrown as a `KosmoError` and is in the log.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { connections, policy, emulate, record, watch, open, audit, script, authorize = askPolicy } = options;
  const warnedProviders = new Set<string>();
  const prepared = new Map<ToolDescription, ToolValidator>();
  const pipeline: Pipeline = async (target, args, signal) => {
    const { provider, entry, tool, account, path, via } = target;
    const started = monotonicNow();
    const warnings: string[] = [];
    const facts: CallMetadata = {};
    const accountName = provider.hasAccounts ? account.name : null;
    const what = { function: path, account: accountName, operation: tool.operation };
    const id = tool.usesTools !== undefined ? undefined : watch?.started(what);
    const warn = (given: string): void => {
      const warning = cutText(given, MAX_WARNING);
      warnings.push(warning);
      if (warnings.length <= MAX_TOLD) watch?.warned(path, warning, id);
    };
    let trail: AuditTrail | undefined;
    const log = (outcome: Pick<CallLogEntry, 'status' | 'outcome'> & Partial<CallLogEntry>): void => {
      // Not by spreading: it costs as much as the check of the arguments.
      const begun = {
        function: path,
        account: accountName,
        operation: tool.operation,
        path: path.startsWith('app.') ? path.slice('app.'.length) : path,
        name: tool.name,
        tool: tool.slug,
        group: provider.kind === 'mcp-server' ? 'mcp' : provider.id,
        durationMs: millisecondsSince(started),
      };
      const ended: CallLogEntry = Object.assign(begun, facts, outcome);
      const missing = trail?.ended(ended);
      if (missing !== undefined) warn(missing);
      record(warnings.length === 0 ? ended : { ...ended, warnings }, id);
    };
    // Once a run is enough.
    if (!warnedProviders.has(provider.path)) for (const warning of policy.rules?.warnings(provider) ?? []) warn(warning);
    warnedProviders.add(provider.path);
    try {
      const { name, operation } = tool;
      if (audit !== undefined) {
        trail = (await audit()).begin({
          function: functionName({ provider, name }),
          account: accountName,
          operation,
          ...(via === undefined ? {} : { via }),
          ...(script === undefined ? {} : { script }),
        });
      }
      const refusal = policy.restrict?.({ provider, name, operation });
      if (refusal !== undefined) throw refusal;
      const inactive = emulate ? undefined : inactiveError(target);
      if (inactive !== undefined) throw inactive;
      let ready = prepared.get(tool);
      if (ready === undefined) {
        ready = await loadToolValidator(entry, tool);
        // A server that lists its tools again makes new descriptions of them.
        prepared.set(tool, ready);
      }
      const { checked, options } = validate(target, ready, args, warn);
      Object.assign(facts, subjectOf(entry, checked));
      if (tool.usesTools !== undefined) return await compose(target, checked, { ...options, signal, warn: () => undefined });
      const authorization = await authorize(
        {
          provider,
          name: tool.name,
          ...(tool.alias === undefined ? {} : { alias: tool.alias }),
          operation: tool.operation,
          account: accountName,
          args: checked,
          ...(via === undefined ? {} : { via }),
        },
        policy,
        signal,
      );
      trail?.allowed(authorization);
      const result = await dispatch(target, authorization, {
        ...options,
        signal,
        warn,
        ...(watch === undefined ? {} : { progress: (progress) => watch.progressed(path, progress, id) }),
        observe: (more) => {
          Object.assign(facts, more);
        },
        trackOpenResource: (resource) => open?.set(resource.id, { ...resource, provider, entry, account }),
        releaseOpenResource: (id) => open?.delete(id),
      });
      Object.assign(facts, subjectOf(entry, result));
      log({ status: 'ok', outcome: 'done' });
      return result;
    } catch (thrown) {
      const error = withBoundedMessage(withFunctionName(toKosmoError(thrown), path));
      // What a composed tool is made of is in the log already; its own refusals are not.
      if (tool.usesTools === undefined || error.code === 'INVALID_ARGUMENTS' || error.code === 'NOT_EXPOSED')
        log({ status: 'error', outcome: error.outcome, code: error.code, error: error.message });
      throw error;
    }
  };

  return pipeline;

  async function compose(target: Target, args: Record<string, JsonValue>, context: CallContext): Promise<JsonValue> {
    const { entry, tool, path } = target;
    const implementation = (await entry.load()).tools.find(({ slug }) => slug === tool.slug);
    if (implementation === undefined) throw new Error(`the manifest is older than the tools: ${tool.slug} is gone`);
    const call: CallContext['call'] = async (name, more) => {
      const other = entry.tools.find((candidate) => candidate.name === name);
      // Rules and `--allow` speak of the tools that are listed.
      if (other === undefined || !tool.usesTools?.includes(name)) throw new Error(`no tool ${name} to compose ${tool.name} of`);
      return pipeline({ ...target, tool: other, path: path.replace(/[^.]+$/, name), via: tool.name }, [more], context.signal);
    };
    return implementation.run(args, undefined, { ...context, call });
  }

  async function dispatch(target: Target, { request }: Authorization, context: CallContext): Promise<JsonValue> {
    const { entry, tool, account } = target;
    const { integration, connection } = await connections.open(target).catch((thrown: unknown) => {
      throw withFieldOrigin(toKosmoError(thrown), entry.id, account);
    });
    const implementation = integration.tools.find(({ slug }) => slug === tool.slug);
    if (implementation === undefined) throw new Error(`the manifest is older than the tools: ${tool.slug} is gone`);
    return implementation.run(request.args, connection, context);
  }
}

// An integration knows its fields; where they come from is known here.
function withFieldOrigin(error: KosmoError, id: string, { name, origins }: Account): KosmoError {
  const { code, message, hint, details } = error;
  if (typeof details.field !== 'string') return error;
  const origin = origins[details.field];
  const source = `it is read from ${origin === undefined ? variableName(id, name, details.field) : describeOrigin(origin)}`;
  return new KosmoError(code, message, { hint: hint === undefined ? source : `${hint}; ${source}`, details, cause: error });
}

function validate(
  { provider, tool, path }: Target,
  { validator, check }: ToolValidator,
  args: HostArguments,
  warn: (warning: string) => void,
): { checked: Record<string, JsonValue>; options: CallOptions } {
  if (isKosmoError(args)) throw invalidArgumentsError(path, [{ path: '', message: args.message }], provider);
  const { values, options, problems } = splitOptions(args);
  const checked = checkArguments(tool.input, validator, values);
  const usable = checked.ok ? checked.args : argumentsWithout(checked.problems, tool.input, values);
  const findings = usable === undefined ? undefined : check?.(usable);
  for (const warning of findings?.warnings ?? []) warn(warning);
  const all = [...(checked.ok ? [] : checked.problems), ...problems, ...(findings?.problems ?? [])];
  if (!checked.ok || all.length > 0) throw invalidArgumentsError(path, all, provider);
  return { checked: checked.args, options };
}

/** Characters of a name that an entry of the log repeats. */
const MAX_NAME = 200;

function subjectOf({ subject = [] }: ManifestEntry, values: JsonValue): Readonly<Record<string, string>> {
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return {};
  const named = subject.flatMap((name) => {
    const value = (values as Readonly<Record<string, JsonValue>>)[name];
    return typeof value === 'string' && value !== '' ? [[name, cutText(value, MAX_NAME)]] : [];
  });
  return Object.fromEntries(named);
}

/** Characters of a message: a refusal names what the script gave. */
const MAX_MESSAGE = 10_000;

function withBoundedMessage(error: KosmoError): KosmoError {
  return error.message.length <= MAX_MESSAGE ? error : withDetails(error, {}, cutText(error.message, MAX_MESSAGE));
}

// Errors of the remote side do not know which function was called; a script and a log reader want to.
function withFunctionName(error: KosmoError, path: string): KosmoError {
  if (error.details.function_name !== undefined) return error;
  const named = error.code === 'INVALID_ARGUMENTS' || error.message.includes(path) ? error.message : `${path}: ${error.message}`;
  return withDetails(error, { function_name: path }, named);
}
