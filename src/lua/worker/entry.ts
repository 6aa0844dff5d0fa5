import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads';
import { type ErrorDetail, isKosmoError, KosmoError, restoreError, toKosmoError } from '../../errors/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { createPausableClock, type PausableClock } from '../../platform/pausable-clock.ts';
import type { HostArguments, HostEntry, HostFunctionEntry, HostNamespace, HostPorts } from '../host-call.ts';
import { runLua } from '../sandbox.ts';
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

/** How long the other side may take for a question that needs no waiting. */
const ANSWER_WITHIN_MS = 30_000;

/** Runs one script in this thread; everything it reaches of the world is a message to the thread that gave the task. */
export async function runTask({
  code,
  chunk,
  limits,
  input,
  globals,
  ports,
  calls,
  questions,
  answers,
}: ScriptTask): Promise<PlainOutcome> {
  const ask = createAsk(questions, new Int32Array(answers));
  const clock = createPausableClock();
  const { call, signal } = openCalls(calls, clock);
  const port: Port = { ask, call };
  try {
    const { error, ...outcome } = await runLua(code, chunk, {
      limits,
      input,
      globals: toEntries([], globals, port),
      ports: toEntries([PORTS], ports, port) as HostPorts,
      signal,
      clock,
    });
    return { ...outcome, error: error?.toJSON() ?? null };
  } finally {
    calls.close();
    questions.close();
  }
}

interface Port {
  readonly ask: (question: Question) => unknown;
  readonly call: (path: EntryPath, args: HostArguments, signal: AbortSignal) => Promise<JsonValue>;
}

function toEntries(path: EntryPath, remote: RemoteEntries, port: Port): Readonly<Record<string, HostEntry>> {
  return Object.fromEntries(Object.entries(remote).map(([name, entry]) => [name, toEntry([...path, name], entry, port)]));
}

function toEntry(path: EntryPath, remote: RemoteEntry, port: Port): HostEntry {
  return remote.kind === 'namespace' ? toNamespace(path, remote, port) : toFunction(path, remote, port);
}

function toNamespace(path: EntryPath, { hasMissing, hasFind }: RemoteEntry & { kind: 'namespace' }, port: Port): HostNamespace {
  return {
    kind: 'namespace',
    entries: () => toEntries(path, port.ask({ kind: 'entries', path }) as RemoteEntries, port),
    ...(hasFind
      ? { find: (name: string) => found([...path, name], port.ask({ kind: 'find', path, name }) as RemoteEntry | null, port) }
      : {}),
    ...(hasMissing ? { missing: (name: string) => restoreError(port.ask({ kind: 'missing', path, name }) as ErrorDetail) } : {}),
  };
}

function found(path: EntryPath, remote: RemoteEntry | null, port: Port): HostEntry | undefined {
  return remote === null ? undefined : toEntry(path, remote, port);
}

function toFunction(path: EntryPath, remote: RemoteEntry & { kind: 'function' }, { ask, call }: Port): HostFunctionEntry {
  if (!remote.immediate) return { ...remote, call: (args, { signal }) => call(path, args, signal) };
  return {
    ...remote,
    call: (args) => ask({ kind: 'call', path, args: toRemoteArguments(boundedArguments(path, args)) }) as JsonValue,
  };
}

function createAsk(questions: MessagePort, answers: Int32Array): Port['ask'] {
  return (question) => {
    const before = Atomics.load(answers, 0);
    questions.postMessage(question);
    if (Atomics.wait(answers, 0, before, ANSWER_WITHIN_MS) === 'timed-out') throw new Error('the host does not answer');
    const answer = receiveMessageOnPort(questions)?.message as Answer | undefined;
    if (answer === undefined) throw new Error('the host counted an answer and sent none');
    return valueIn(answer);
  };
}

function openCalls(calls: MessagePort, clock: PausableClock): { readonly call: Port['call']; readonly signal: AbortSignal } {
  const ended = new AbortController();
  const waiting = new Map<number, (answer: Answer) => void>();
  let lastId = 0;
  let goOn: () => void = () => undefined;
  calls.on('message', (message: ToScript) => {
    if (message.kind === 'abort') ended.abort(restoreError(message.reason));
    else if (message.kind === 'pause') {
      goOn();
      if (message.isPaused) void clock.pause(() => new Promise<void>((resolve) => (goOn = resolve)));
    } else waiting.get(message.id)?.(message.answer);
  });
  const post = (message: FromScript): void => calls.postMessage(message);
  post({ kind: 'started' });
  const call: Port['call'] = async (path, args, signal) => {
    const id = ++lastId;
    const cancel = (): void => post({ kind: 'cancel', id, reason: toKosmoError(signal.reason).toJSON() });
    try {
      signal.addEventListener('abort', cancel, { once: true });
      const answer = new Promise<Answer>((resolve) => waiting.set(id, resolve));
      post({ kind: 'call', id, path, args: toRemoteArguments(args) });
      if (signal.aborted) cancel();
      return valueIn(await answer) as JsonValue;
    } finally {
      signal.removeEventListener('abort', cancel);
      waiting.delete(id);
    }
  };
  return { call, signal: ended.signal };
}

/** No name and no search is longer, and the thread that answers has others to serve. */
const MAX_QUESTION_LENGTH = 10_000;

function boundedArguments(path: EntryPath, args: HostArguments): HostArguments {
  if (isKosmoError(args) || args.every((value) => typeof value !== 'string' || value.length <= MAX_QUESTION_LENGTH)) return args;
  return new KosmoError('INVALID_ARGUMENTS', `${path.join('.')}: the text is longer than ${MAX_QUESTION_LENGTH} characters.`);
}

function toRemoteArguments(args: HostArguments): RemoteArguments {
  return isKosmoError(args) ? { error: args.toJSON() } : { values: args as readonly JsonValue[] };
}

function valueIn(answer: Answer): unknown {
  if ('error' in answer) throw restoreError(answer.error);
  return answer.value;
}
