import { fileURLToPath } from 'node:url';
import { isKosmoError, KosmoError, withDetails } from './errors/index.ts';
import { type JsonValue, toJsonValue } from './json/index.ts';
import {
  type CallReport,
  callIntegration,
  callMcpTool,
  createHost as createRuntimeHost,
  type DirectCallOptions,
  type GivenModules,
  type Host,
  type HostEntry,
  type LimitOptions,
  ModuleReader,
  type RunJournal,
} from './runtime/index.ts';

export { type ErrorCode, type ErrorDetail, isKosmoError, KosmoError, type Outcome } from './errors/index.ts';
export type { JsonValue } from './json/index.ts';
export {
  type CallLogEntry,
  type CallReport,
  type LimitOptions,
  openRecord as record,
  openReplay as replay,
  type RunJournal,
  type RunReport,
} from './runtime/index.ts';

/**
 * A function that scripts can call: the arguments of the call as JSON values, the answer as data that JSON can hold. What it throws is
 * raised in the script at the call. The signal is aborted when the run ends or its task is cancelled.
 */
export type HostFunction = (args: readonly JsonValue[], context: { readonly signal: AbortSignal }) => unknown;

/** Functions by name; an object is a read-only table of further functions. */
export interface HostFunctions {
  readonly [name: string]: HostFunction | HostFunctions;
}

export interface EmbeddedHostOptions {
  /** Globals that scripts get besides their own. @default {} */
  readonly functions?: HostFunctions;
  /** Where the credentials of integrations are read from, for example `process.env`. @default {} */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Send the calls of integrations to an emulator in this process. @default false */
  readonly emulate?: boolean;
  /** MCP servers by name, as the `mcpServers` of an `.mcp.json` has them. They are trusted; no file is read. @default {} */
  readonly mcpServers?: Readonly<Record<string, unknown>>;
}

export interface EmbeddedRunOptions {
  /** How messages call the script. @default 'script' */
  readonly name?: string;
  /** The global `input`: data that JSON can hold. @default {} */
  readonly input?: unknown;
  readonly limits?: LimitOptions;
  /** What scripts can `require`: texts by name, or a function that returns the text of a name. @default {} */
  readonly modules?: GivenModules;
  /** Allow the writes of integrations without asking. @default false */
  readonly force?: boolean;
  /** Called with each line that is printed, as it is printed. */
  readonly onLine?: (line: string) => void;
  /** Aborting it ends the run. */
  readonly signal?: AbortSignal;
  /** From `record(file)` or `replay(file)`, for this run alone. A repeated run gets the recorded input. @default undefined (neither) */
  readonly journal?: RunJournal;
}

export interface EmbeddedCallOptions {
  /** The credential account of an integration. MCP servers have none. @default 'default' */
  readonly account?: string;
  /** Allow a write without asking. @default false */
  readonly force?: boolean;
  /** Report the request, and send nothing. @default false */
  readonly dryRun?: boolean;
  /** Aborting it ends the call. */
  readonly signal?: AbortSignal;
}

/** Makes one call by its full name. Every failure of the call is in the report; rejects with a `TypeError` for invalid arguments. */
export type EmbeddedCall = (name: string, args?: unknown, options?: EmbeddedCallOptions) => Promise<CallReport>;

export interface EmbeddedHost {
  /** `call('agora.query_recording', {…})`, with the report of `integrations:call --json`. */
  readonly integrations: { readonly call: EmbeddedCall };
  /** `call('github.create_issue', {…})`, with the report of `mcp:call --json`. */
  readonly mcp: { readonly call: EmbeddedCall };
  /** Runs a script in a state of its own. Many may run at once. Every failure of the script is in the report; rejects with a `TypeError` for options that cannot be meant. */
  readonly run: (code: string, options?: EmbeddedRunOptions) => ReturnType<Host['run']>;
  /** Closes the connections that the runs shared. */
  readonly close: () => Promise<void>;
}

/** Makes a host for scripts in this process. It reads nothing of the machine but the documentation pages of the package. */
export async function createHost({
  functions = {},
  env = {},
  emulate = false,
  mcpServers = {},
}: EmbeddedHostOptions = {}): Promise<EmbeddedHost> {
  const globals = Object.fromEntries(Object.entries(functions).map(([name, entry]) => [name, toEntry(name, entry)]));
  // From dist/index.js to lua-docs/.
  const guideFolder = fileURLToPath(new URL('../lua-docs', import.meta.url));
  const host = await createRuntimeHost({ env, guideFolder, emulate, globals, mcpServers });
  return {
    async run(code, { name = 'script', force = false, input, limits, modules = {}, onLine, signal, journal } = {}) {
      if (typeof code !== 'string') throw new TypeError(`run: the script must be a string, not ${kindOf(code)}`);
      if (typeof modules !== 'function' && (typeof modules !== 'object' || modules === null))
        throw new TypeError(`run: modules must be an object of texts or a function, not ${kindOf(modules)}`);
      checkLimits(limits);
      return host.run(code, {
        chunk: name,
        policy: { force },
        modules: new ModuleReader({ given: modules }),
        ...(input === undefined ? {} : { input: toJsonValue(input, 'input') }),
        ...(limits === undefined ? {} : { limits }),
        ...(onLine === undefined ? {} : { onLine: (line: Uint8Array) => callOnLine(onLine, line) }),
        ...(signal === undefined ? {} : { signal }),
        ...(journal === undefined ? {} : { journal }),
      });
    },
    integrations: {
      async call(name, given, { account, ...options } = {}) {
        const args = callArguments('integrations.call', name, given);
        return callIntegration(host, { name, args, ...(account === undefined ? {} : { account }) }, directOptions(options));
      },
    },
    mcp: { call: async (name, given, options) => callMcpTool(host, name, callArguments('mcp.call', name, given), directOptions(options)) },
    close: () => host.close(),
  };
}

function directOptions({
  force = false,
  dryRun = false,
  signal = new AbortController().signal,
}: EmbeddedCallOptions = {}): DirectCallOptions {
  return { policy: { force }, dryRun, signal };
}

function callArguments(where: string, name: unknown, given: unknown): Readonly<Record<string, JsonValue>> {
  if (typeof name !== 'string') throw new TypeError(`${where}: the name must be a string, not ${kindOf(name)}`);
  const args = given === undefined ? {} : toJsonValue(given, 'the arguments');
  if (typeof args === 'object' && args !== null && !Array.isArray(args)) return args as Readonly<Record<string, JsonValue>>;
  throw new TypeError(`${where}: the arguments must be an object, not ${Array.isArray(args) ? 'a list' : kindOf(args)}`);
}

function toEntry(path: string, entry: HostFunction | HostFunctions): HostEntry {
  if (typeof entry === 'object' && entry !== null) {
    const entries = Object.fromEntries(Object.entries(entry).map(([name, inner]) => [name, toEntry(`${path}.${name}`, inner)]));
    return { kind: 'namespace', entries: () => entries };
  }
  if (typeof entry !== 'function')
    throw new TypeError(`createHost: functions.${path} must be a function or an object of functions, not ${kindOf(entry)}`);
  return {
    kind: 'function',
    async call(args, context) {
      if (isKosmoError(args)) throw withDetails(args, { function_name: path }, `${path}: ${args.message}`);
      try {
        return toJsonValue(await entry(args as readonly JsonValue[], context), 'the answer');
      } catch (thrown) {
        throw failed(path, thrown);
      }
    },
  };
}

function callOnLine(onLine: (line: string) => void, line: Uint8Array): void {
  try {
    onLine(Buffer.from(line).toString('utf8'));
  } catch (thrown) {
    throw failed('onLine', thrown);
  }
}

function failed(path: string, thrown: unknown): KosmoError {
  if (isKosmoError(thrown)) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new KosmoError('FUNCTION_FAILED', `${path}: ${message}`, { cause: thrown, details: { function_name: path } });
}

const LIMITS: Readonly<Record<keyof LimitOptions, true>> = { cpuMs: true, memoryBytes: true, timeoutMs: true, outputBytes: true };

const MAX_TIMER_MS = 2 ** 31 - 1;

// A limit that is misspelt would not hold.
function checkLimits(limits: LimitOptions = {}): void {
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(LIMITS, name)) throw new TypeError(`run: limits.${name} is unknown; there are ${Object.keys(LIMITS).join(', ')}`);
    if (value !== undefined && !(typeof value === 'number' && value > 0))
      throw new TypeError(`run: limits.${name} must be a number above 0, not ${typeof value === 'number' ? value : kindOf(value)}`);
    // A timer that is set to more fires at once.
    if (name === 'timeoutMs' && value > MAX_TIMER_MS)
      throw new TypeError(`run: limits.timeoutMs must be at most ${MAX_TIMER_MS}, not ${value}`);
  }
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : `a value of type ${typeof value}`;
}
