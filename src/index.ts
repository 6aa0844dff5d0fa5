import { fileURLToPath } from 'node:url';
import { isKosmoError, KosmoError, withDetails } from './errors/index.ts';
import type { JsonValue } from './json/index.ts';
import { createHost as createRuntimeHost, type Host, type HostEntry, type LimitOptions, type RunOptions } from './runtime/index.ts';

export { type ErrorCode, type ErrorDetail, isKosmoError, KosmoError, type Outcome } from './errors/index.ts';
export type { JsonValue } from './json/index.ts';
export type { CallLogEntry, LimitOptions, RunReport } from './runtime/index.ts';

/**
 * A function that scripts can call: the arguments of the call as JSON values, the answer as one. What it throws is raised in the script
 * at the call. The signal is aborted when the run ends or its task is cancelled.
 */
export type HostFunction = (args: readonly JsonValue[], context: { readonly signal: AbortSignal }) => JsonValue | Promise<JsonValue>;

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
}

export interface EmbeddedRunOptions {
  /** How messages call the script. @default 'script' */
  readonly name?: string;
  /** The global `input`. @default {} */
  readonly input?: JsonValue;
  readonly limits?: LimitOptions;
  /** Allow the writes of integrations without asking. @default false */
  readonly force?: boolean;
  /** Called with each line that is printed, as it is printed. */
  readonly onLine?: (line: string) => void;
  /** Aborting it ends the run. */
  readonly signal?: AbortSignal;
}

export interface EmbeddedHost {
  /** Runs a script in a state of its own. Many may run at once. Never rejects: every failure is in the report. */
  readonly run: (code: string, options?: EmbeddedRunOptions) => ReturnType<Host['run']>;
  /** Closes the connections that the runs shared. */
  readonly close: () => Promise<void>;
}

/** Makes a host for scripts in this process. It reads nothing of the machine but the documentation pages of the package. */
export async function createHost({ functions = {}, env = {}, emulate = false }: EmbeddedHostOptions = {}): Promise<EmbeddedHost> {
  const globals = Object.fromEntries(Object.entries(functions).map(([name, entry]) => [name, toEntry(name, entry)]));
  // From dist/index.js to lua-docs/.
  const guideFolder = fileURLToPath(new URL('../lua-docs', import.meta.url));
  const host = await createRuntimeHost({ env, guideFolder, emulate, globals });
  return {
    run(code, { name = 'script', force = false, onLine, ...options } = {}) {
      const run: RunOptions = { chunk: name, policy: { force }, ...options };
      return host.run(code, onLine === undefined ? run : { ...run, onLine: (line) => onLine(Buffer.from(line).toString('utf8')) });
    },
    close: host.close,
  };
}

function toEntry(path: string, entry: HostFunction | HostFunctions): HostEntry {
  if (typeof entry !== 'function') {
    return {
      kind: 'namespace',
      entries: () => Object.fromEntries(Object.entries(entry).map(([name, inner]) => [name, toEntry(`${path}.${name}`, inner)])),
    };
  }
  return {
    kind: 'function',
    async call(args, context) {
      if (isKosmoError(args)) throw withDetails(args, { function_name: path }, `${path}: ${args.message}`);
      try {
        return (await entry(args as readonly JsonValue[], context)) ?? null;
      } catch (thrown) {
        if (isKosmoError(thrown)) throw thrown;
        const message = thrown instanceof Error ? thrown.message : String(thrown);
        throw new KosmoError('FUNCTION_FAILED', `${path}: ${message}`, { cause: thrown, details: { function_name: path } });
      }
    },
  };
}
