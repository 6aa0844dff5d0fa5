import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { KosmoError, restoreError, toKosmoError } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { NEVER_ABORTED, onAbort } from '../../platform/abort-listeners.ts';
import { createPausableClock } from '../../platform/pausable-clock.ts';
import type { HostArguments, HostEntry, HostFunctionEntry, HostNamespace } from '../host-call.ts';
import type { RunOutcome, SandboxOptions } from '../sandbox.ts';
import {
  type Answer,
  type EntryPath,
  type FromScript,
  type PlainOutcome,
  PORTS,
  type Question,
  type RemoteArguments,
  type RemoteEntries,
  type RemoteEntry,
  type ScriptTask,
  type ToScript,
} from './protocol.ts';

const MIB = 1024 * 1024;

/** What a thread needs for itself besides the memory of its script. */
const THREAD_MEMORY_MIB = 64;

/** How long an aborted script has before its thread is ended: deferred functions have 30 s each, and share 10 s of CPU time. */
const END_WITHIN_MS = 45_000;

/** Scripts that no one is to wait for any more keep their thread this long. */
const IDLE_MS = 30_000;

export interface WorkerOptions {
  /** How many scripts run at a time; more wait for their turn. */
  readonly threads: number;
  /** Bytes that each script may hold. V8 bounds the heap of its thread accordingly, whatever the script does. */
  readonly memoryBytes: number;
}

export interface Workers {
  /**
   * Runs a script once in a fresh state, in a thread of its own for that time. Like `runLua`: never rejects, and `limits` hold. A script
   * that does not end when it must, or fills its thread's heap, loses the thread; nothing else notices.
   */
  readonly run: (
    code: string | Uint8Array,
    chunk: string,
    options: Pick<SandboxOptions, 'limits' | 'globals' | 'ports' | 'input' | 'clock'>,
    signal?: AbortSignal,
  ) => Promise<RunOutcome>;
  readonly close: () => Promise<void>;
}

/** A pool of threads for scripts of strangers: the thread that calls stays free, and what scripts call runs there. */
export async function openWorkers({ threads, memoryBytes }: WorkerOptions): Promise<Workers> {
  const { default: Tinypool } = await import('tinypool');
  const pool = new Tinypool({
    filename: new URL('./lua-worker.js', import.meta.url).href,
    name: 'runTask',
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: IDLE_MS,
    useAtomics: false,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: Math.ceil(memoryBytes / MIB) + THREAD_MEMORY_MIB },
  });
  return {
    async run(code, chunk, { limits = {}, globals = {}, ports = {}, input = {}, clock = createPausableClock() }, signal = NEVER_ABORTED) {
      const portEntries = ports as Entries;
      const roots: Entries = { ...globals, [PORTS]: { kind: 'namespace', entries: () => portEntries } };
      const calls = new MessageChannel();
      const questions = new MessageChannel();
      const answers = new SharedArrayBuffer(4);
      const ended = new AbortController();
      const kill = new AbortController();
      let cancelKill: (() => void) | undefined;
      let isRunning = false;
      serveCalls(calls.port1, roots, ended.signal);
      calls.port1.on('message', ({ kind }: FromScript) => {
        isRunning ||= kind === 'started';
      });
      serveQuestions(questions.port1, roots, new Int32Array(answers));
      const abort = (): void => {
        const message: ToScript = { kind: 'abort', reason: toKosmoError(signal.reason).toJSON() };
        calls.port1.postMessage(message);
        // One that waits for its turn has nothing to end.
        if (isRunning) cancelKill = clock.after(END_WITHIN_MS, () => kill.abort());
        else kill.abort();
      };
      const unwatch = clock.watch((isPaused) => {
        const message: ToScript = { kind: 'pause', isPaused };
        calls.port1.postMessage(message);
      });
      const forget = onAbort(signal, abort);
      if (signal.aborted) abort();
      const task: ScriptTask = {
        code,
        chunk,
        limits: { ...limits, memoryBytes: Math.min(limits.memoryBytes ?? memoryBytes, memoryBytes) },
        input,
        globals: describe(globals),
        ports: describe(portEntries),
        calls: calls.port2,
        questions: questions.port2,
        answers,
      };
      try {
        const outcome = (await pool.run(task, {
          transferList: [calls.port2, questions.port2],
          signal: kill.signal,
        })) as PlainOutcome;
        return { ...outcome, error: outcome.error === null ? undefined : restoreError(outcome.error) };
      } catch (thrown) {
        return { output: '', outputCut: false, result: null, error: lostThread(thrown, signal, memoryBytes), cpuMs: 0, memoryPeak: 0 };
      } finally {
        cancelKill?.();
        unwatch();
        forget();
        ended.abort(new KosmoError('INTERRUPTED', 'the run has ended'));
        calls.port1.close();
        questions.port1.close();
      }
    },
    close: () => pool.destroy(),
  };
}

function lostThread(thrown: unknown, signal: AbortSignal, memoryBytes: number): KosmoError {
  if ((thrown as { code?: unknown }).code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new KosmoError('MEMORY_LIMIT', `memory limit exceeded: the script needs more than ${memoryBytes / MIB} MiB`, {
      hint: 'keep less at a time',
      outcome: 'unknown',
    });
  }
  if (signal.aborted) return toKosmoError(signal.reason);
  return new KosmoError('INTERNAL_ERROR', `the thread of the script was lost: ${String((thrown as Error).message ?? thrown)}`, {
    cause: thrown,
    outcome: 'unknown',
  });
}

function describe(entries: Entries): RemoteEntries {
  return Object.fromEntries(Object.entries(entries).map(([name, entry]) => [name, describeEntry(entry)]));
}

function describeEntry(entry: HostEntry): RemoteEntry {
  return entry.kind === 'namespace'
    ? { kind: 'namespace', hasMissing: entry.missing !== undefined, hasFind: entry.find !== undefined }
    : {
        kind: 'function',
        ...(entry.alias === undefined ? {} : { alias: entry.alias }),
        immediate: entry.immediate === true,
        namesLine: entry.namesLine === true,
      };
}

function serveCalls(port: MessagePort, globals: Entries, ended: AbortSignal): void {
  const running = new Map<number, AbortController>();
  port.on('message', (message: FromScript) => {
    if (message.kind === 'started') return;
    if (message.kind === 'cancel') {
      running.get(message.id)?.abort(restoreError(message.reason));
      return;
    }
    const { id, path, args } = message;
    const cancelled = new AbortController();
    running.set(id, cancelled);
    const signal = AbortSignal.any([cancelled.signal, ended]);
    const call = async (): Promise<JsonValue> => functionAt(globals, path).call(toArguments(args), { signal });
    const reply = (answer: Answer): void => {
      running.delete(id);
      const answered: ToScript = { kind: 'return', id, answer };
      port.postMessage(answered);
    };
    void call().then(
      (value) => reply({ value }),
      (thrown: unknown) => reply({ error: toKosmoError(thrown).toJSON() }),
    );
  });
}

function serveQuestions(port: MessagePort, globals: Entries, answers: Int32Array): void {
  const reply = (answer: Answer): void => {
    port.postMessage(answer);
    Atomics.add(answers, 0, 1);
    Atomics.notify(answers, 0);
  };
  const fail = (thrown: unknown): void => reply({ error: toKosmoError(thrown).toJSON() });
  port.on('message', (question: Question) => {
    try {
      const value = answerTo(question, globals);
      if (value instanceof Promise) value.then((answer: unknown) => reply({ value: answer }), fail);
      else reply({ value });
    } catch (thrown) {
      fail(thrown);
    }
  });
}

function answerTo(question: Question, globals: Entries): unknown {
  if (question.kind === 'call') return functionAt(globals, question.path).call(toArguments(question.args), { signal: NEVER_ABORTED });
  const namespace = namespaceAt(globals, question.path);
  if (question.kind === 'find') {
    const entry = namespace.find?.(question.name);
    return entry === undefined ? null : describeEntry(entry);
  }
  if (question.kind === 'entries') {
    return namespace.find === undefined ? describe(entriesOf(namespace)) : Promise.resolve(namespace.entries()).then(describe);
  }
  return namespace.missing?.(question.name).toJSON();
}

type Entries = Readonly<Record<string, HostEntry>>;

// A script may look into a namespace as often as it calls; it is made once.
const entriesByNamespace = new WeakMap<HostNamespace, Entries>();

function entriesOf(namespace: HostNamespace): Entries {
  const known = entriesByNamespace.get(namespace) ?? (namespace.entries() as Entries);
  entriesByNamespace.set(namespace, known);
  return known;
}

function entryAt(globals: Entries, path: EntryPath): HostEntry | undefined {
  const [first = '', ...rest] = path;
  return rest.reduce(
    (outer: HostEntry | undefined, name) => {
      if (outer?.kind !== 'namespace') return undefined;
      return outer.find === undefined ? own(entriesOf(outer), name) : outer.find(name);
    },
    own(globals, first),
  );
}

function own(entries: Entries, name: string): HostEntry | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

function functionAt(globals: Entries, path: EntryPath): HostFunctionEntry {
  const entry = entryAt(globals, path);
  if (entry?.kind !== 'function') throw new Error(`no function ${path.join('.')}`);
  return entry;
}

function namespaceAt(globals: Entries, path: EntryPath): HostNamespace {
  const entry = entryAt(globals, path);
  if (entry?.kind !== 'namespace') throw new Error(`no table ${path.join('.')}`);
  return entry;
}

function toArguments(args: RemoteArguments): HostArguments {
  return 'error' in args ? restoreError(args.error) : args.values;
}
