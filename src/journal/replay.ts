import { isDeepStrictEqual } from 'node:util';
import { KosmoError, restoreError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import { isObject } from '../json/index.ts';
import type { JournalledCall } from '../lua/index.ts';
import { onAbort } from '../platform/abort-listeners.ts';
import type { AnswerLine, CallFacts, LeftLine, Line, RunLine, StopLine, ValueLine } from './lines.ts';
import { describeArguments } from './recorder.ts';
import type { RunJournal, RunStart } from './run-journal.ts';
import { Turns } from './turns.ts';

/** Gives a run what was recorded, and ends it where it asks for something else. Makes no live call. */
export class Replay implements RunJournal {
  readonly recorded: RunStart;
  readonly seed: number;
  onEffect: RunJournal['onEffect'] = () => undefined;
  readonly #calls = new Map<string, AnswerLine | LeftLine>();
  readonly #values = new Map<string, ValueLine>();
  /** Answers and ends from outside, in their order. */
  readonly #order: readonly (AnswerLine | StopLine)[];
  readonly #end = new AbortController();
  readonly #turns = new Turns((waiting) => this.#deliverNext(waiting));
  readonly #unused: Set<string>;
  /** Calls of the script that the recorded run did not wait for. Deferred functions end such waits by their time. */
  readonly #left = new Map<string, LeftLine>();
  #position = 0;
  #difference: KosmoError | undefined;

  constructor(start: RunLine, lines: readonly Line[]) {
    this.recorded = start;
    this.seed = start.seed;
    for (const line of lines) {
      if (line.k === 'ans' || line.k === 'left') this.#calls.set(line.c, line);
      if (line.k === 'val') this.#values.set(line.c, line);
    }
    this.#order = lines.filter((line): line is AnswerLine | StopLine => line.k === 'ans' || line.k === 'stop');
    this.#unused = new Set([...this.#calls.keys(), ...this.#values.keys()]);
  }

  get ended(): AbortSignal {
    return this.#end.signal;
  }

  begin(): void {}

  keep(): void {}

  value(id: string, name: string): JsonValue {
    const line = this.#values.get(id);
    if (line === undefined || line.f !== name) throw this.#diverge(`${id}: the script now calls ${name}, ${this.#recordedAt(id)}`);
    this.#unused.delete(id);
    if ('x' in line) throw restoreError(line.x);
    return line.a;
  }

  async call(id: string, { name, args, line: scriptLine, signal }: JournalledCall): Promise<JsonValue> {
    const line = this.#calls.get(id);
    const shown = describeArguments(args);
    const place = scriptLine === undefined ? id : `${id} (line ${scriptLine})`;
    if (line === undefined || line.f !== name)
      throw this.#diverge(`${place}: the script now calls ${describeCall({ f: name, args: shown })}, ${this.#recordedAt(id)}`);
    if (!isDeepStrictEqual(line.args, shown))
      throw this.#diverge(
        `${place}: the arguments of ${name} differ: ${firstDifference(line.args as JsonValue, shown as JsonValue, 'argument')}`,
      );
    this.#unused.delete(id);
    if (line.k === 'left') return this.#waitForEnd(line, signal);
    if ('x' in line) throw restoreError(line.x);
    return line.a;
  }

  turn(id: string, signal: AbortSignal): Promise<void> {
    return this.#turns.wait(id, this.#calls.has(id), signal);
  }

  quiet(): void {
    this.#turns.quiet();
  }

  stopped(): void {
    if (this.#order[this.#position]?.k === 'stop') this.#position++;
  }

  finish(): KosmoError | undefined {
    const [left] = this.#unused;
    if (this.#difference === undefined && left !== undefined)
      this.#diverge(`${left}: the script ended without it, ${this.#recordedAt(left)}`);
    return this.#difference;
  }

  #waitForEnd(line: LeftLine, signal: AbortSignal): Promise<never> {
    if (!line.c.startsWith('defer/')) this.#left.set(line.c, line);
    return new Promise((_resolve, reject) => {
      onAbort(signal, () => {
        this.#left.delete(line.c);
        reject(signal.reason);
      });
    });
  }

  #deliverNext(waiting: ReadonlySet<string>): string | undefined {
    const line = this.#order[this.#position];
    if (this.#end.signal.aborted) return undefined;
    if (line?.k === 'stop') {
      this.#position++;
      this.#end.abort(restoreError(line.x));
      return undefined;
    }
    if (line === undefined || !waiting.has(line.c)) {
      const [left] = this.#left.values();
      // A script that has ended waits for nothing; `finish` says what it left.
      if (line !== undefined && waiting.size > 0)
        this.#diverge(`${line.c}: the script does not wait for the next answer, ${this.#recordedAt(line.c)}`);
      else if (left !== undefined)
        this.#diverge(`${left.c}: the script now waits for ${describeCall(left)}, which the recorded run did not`);
      return undefined;
    }
    this.#position++;
    for (const effect of line.effects ?? []) this.onEffect(effect);
    return line.c;
  }

  #recordedAt(id: string): string {
    const call = this.#calls.get(id);
    const value = this.#values.get(id);
    if (call === undefined && value === undefined) return 'and nothing is recorded there';
    return `recorded is ${call === undefined ? value?.f : describeCall(call)}`;
  }

  #diverge(what: string): KosmoError {
    this.#difference ??= new KosmoError('REPLAY_DIVERGED', `the run differs from the recorded one at ${what}.`, {
      hint: 'if the script is right, record it again with --record',
    });
    this.#end.abort(this.#difference);
    return this.#difference;
  }
}

/** Characters of arguments in a message. */
const MAX_ARGUMENTS = 200;

function describeCall({ f, args }: Pick<CallFacts, 'f' | 'args'>): string {
  const text = JSON.stringify(Array.isArray(args) && args.length === 1 ? args[0] : args);
  return `${f} ${text.length > MAX_ARGUMENTS ? `${text.slice(0, MAX_ARGUMENTS)}…` : text}`;
}

function firstDifference(recorded: JsonValue | undefined, present: JsonValue | undefined, path: string): string {
  if (isObject(recorded) && isObject(present)) {
    for (const name of new Set([...Object.keys(recorded), ...Object.keys(present)])) {
      if (!isDeepStrictEqual(recorded[name], present[name])) return firstDifference(recorded[name], present[name], `${path}.${name}`);
    }
  }
  if (Array.isArray(recorded) && Array.isArray(present)) {
    for (let index = 0; index < Math.max(recorded.length, present.length); index++) {
      if (!isDeepStrictEqual(recorded[index], present[index]))
        return firstDifference(recorded[index], present[index], `${path} ${index + 1}`);
    }
  }
  const show = (value: JsonValue | undefined): string => (value === undefined ? 'absent' : JSON.stringify(value).slice(0, MAX_ARGUMENTS));
  return `${path} was ${show(recorded)} and is ${show(present)}`;
}
