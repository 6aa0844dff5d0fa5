import { KosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import { type CallLine, DURABLE_FORMAT, type IntentLine, type RunFacts, type SleepLine } from './durable-lines.ts';
import type { LineSealer } from './sealed-lines.ts';
import type { StoredLine } from './store.ts';

/** The id of a call that a composed function made: `main/1.2` is the second one of `main/1`. */
const INNER = /\.\d+$/;

/** What the earlier legs of a run wrote, by what asks for it. */
export class RecordedLines {
  readonly facts: RunFacts | undefined;
  readonly answers = new Map<string, CallLine>();
  readonly values = new Map<string, CallLine>();
  /** Writes and sleeps that began and have no answer. */
  readonly begun = new Map<string, IntentLine | SleepLine>();
  /** Answers, ends from outside and effects of calls without an answer, in their order. */
  readonly order: StoredLine[] = [];
  readonly #modules = new Map<string, StoredLine>();
  readonly end: StoredLine | undefined;
  readonly count: number;
  readonly bytes: number;
  readonly legs: number;
  /** Bytes that the script printed. */
  readonly printed: number;
  readonly #sealer: LineSealer;

  /** Throws `RUN_UNREADABLE` for a journal of another version, and for a line that was changed. */
  constructor(lines: readonly StoredLine[], sealer: LineSealer) {
    this.#sealer = sealer;
    const [first] = lines;
    this.facts = first === undefined ? undefined : this.#readFacts(first);
    let legs = 0;
    let printed = 0;
    let bytes = 0;
    for (const line of lines) {
      bytes += line.z.length + LINE_OVERHEAD;
      if (line.k === 'leg') legs++;
      if (line.k === 'out') printed += Number(line.bytes);
      this.#sort(line);
    }
    this.end = lines.findLast(({ k }) => k === 'end');
    this.count = lines.length;
    this.bytes = bytes;
    this.legs = legs;
    this.printed = printed;
  }

  /** The sealed part of a line. */
  open<Sealed = Record<string, JsonValue>>(line: StoredLine): Sealed {
    return this.#sealer.open(line) as Sealed;
  }

  /** Calls of the script with an answer. */
  get calls(): number {
    return this.order.filter(({ k, f }) => k === 'ans' && f !== 'sleep').length;
  }

  /** The text of a module that the run loaded. */
  module(name: string): { readonly chunk: string; readonly text: Buffer } | undefined {
    const line = this.#modules.get(name);
    if (line === undefined) return undefined;
    const { chunk, text } = this.open<{ readonly chunk: string; readonly text: string }>(line);
    return { chunk, text: Buffer.from(text, 'latin1') };
  }

  #readFacts(first: StoredLine): RunFacts {
    const { k, v } = first;
    if (k !== 'run') throw new KosmoError('RUN_UNREADABLE', 'The journal does not begin with the line of a run.');
    if (v !== DURABLE_FORMAT)
      throw new KosmoError('RUN_UNREADABLE', `The journal has version ${String(v)}, and this kosmo reads version ${DURABLE_FORMAT}.`, {
        hint: 'go on with the version of kosmo that began the run',
      });
    const { chunk, seed, zone, deadline } = first as unknown as RunFacts;
    return { ...this.open<Pick<RunFacts, 'script' | 'input' | 'settings'>>(first), chunk, seed, zone, ...(deadline && { deadline }) };
  }

  #sort(line: StoredLine): void {
    const { c } = line as CallLine;
    if (line.k === 'ans') {
      this.answers.set(c, line as CallLine);
      this.begun.delete(c);
      if (!INNER.test(c)) this.order.push(line);
    } else if (line.k === 'left') this.#leave(line as CallLine);
    else if (line.k === 'call' || line.k === 'sleep') this.begun.set(c, line as IntentLine | SleepLine);
    else if (line.k === 'val') this.values.set(c, line as CallLine);
    else if (line.k === 'stop') this.order.push(line);
    else if (line.k === 'mod') this.#modules.set(String(line.f), line);
  }

  // An answer that was committed and did not reach the script, or the effects of a call that the script did not wait for.
  #leave(line: CallLine): void {
    if (this.answers.delete(line.c)) {
      const index = this.order.findIndex(({ k, c }) => k === 'ans' && c === line.c);
      if (index >= 0) this.order.splice(index, 1);
    }
    this.begun.delete(line.c);
    this.order.push(line);
  }
}

/** Bytes of a line besides its sealed part, about. */
export const LINE_OVERHEAD = 150;
