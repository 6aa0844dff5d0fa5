import { isKosmoError, KosmoError, restoreError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { JournalledCall } from '../lua/index.ts';
import { type CallLine, type SealedAnswer, shownArguments } from './durable-lines.ts';
import type { RecordedLines } from './recorded-lines.ts';
import type { LineSealer } from './sealed-lines.ts';
import type { StoredLine } from './store.ts';

/** Characters of arguments in a message. */
const MAX_SHOWN = 200;

/** What the rehearsal of earlier legs brings about. */
export interface RehearsalEvents {
  /** The run differs from its journal. */
  readonly diverged: (error: KosmoError) => void;
  /** An earlier leg was ended from outside here. */
  readonly stop: (error: KosmoError) => void;
  /** A call did something besides its answer. */
  readonly effect: (effect: JsonValue) => void;
}

/** A call as a journal knows it. */
export interface AskedCall extends Pick<JournalledCall, 'name' | 'args'> {
  readonly line?: number | undefined;
}

/** Repeats the earlier legs of a run: gives the script the recorded answers, in their order, and finds where it differs. */
export class Rehearsal {
  readonly #past: RecordedLines;
  readonly #sealer: LineSealer;
  readonly #events: RehearsalEvents;
  readonly #unused: Set<string>;
  #position = 0;
  #answered = 0;
  #difference: KosmoError | undefined;

  constructor(past: RecordedLines, sealer: LineSealer, events: RehearsalEvents) {
    this.#past = past;
    this.#sealer = sealer;
    this.#events = events;
    this.#unused = new Set([...past.answers.keys(), ...past.values.keys()].filter((id) => !/\.\d+$/.test(id)));
  }

  /** How many calls got their answers. */
  get answered(): number {
    return this.#answered;
  }

  get difference(): KosmoError | undefined {
    return this.#difference;
  }

  /** Whether every recorded answer was delivered. */
  get isOver(): boolean {
    return this.#position >= this.#past.order.length && this.#difference === undefined;
  }

  /** The hash of a call. */
  hash({ name, args }: AskedCall): string {
    return this.#sealer.hash(name, isKosmoError(args) ? args.message : (args as JsonValue));
  }

  /** The recorded value of the moment; undefined if an earlier leg did not commit it. Throws `REPLAY_DIVERGED`. */
  value(id: string, name: string): SealedAnswer | undefined {
    const line = this.#past.values.get(id);
    if (line === undefined) {
      if (this.isOver) return undefined;
      throw this.#diverge(`${id}: the script now calls ${name}, and nothing is recorded there`);
    }
    if (line.f !== name) throw this.#diverge(`${id}: recorded ${line.f}, the script now calls ${name}`);
    this.#unused.delete(id);
    return this.#past.open<SealedAnswer>(line);
  }

  /** The recorded answer of a call; undefined for a call without one. Throws `REPLAY_DIVERGED`. */
  answer(id: string, call: AskedCall, hash: string): SealedAnswer | undefined {
    const begun = this.#past.begun.get(id);
    if (begun !== undefined) this.#match(id, call, begun, hash);
    const line = this.#past.answers.get(id);
    if (line === undefined) return undefined;
    this.#match(id, call, line, hash);
    this.#unused.delete(id);
    if (call.name !== 'sleep') this.#answered++;
    return this.#past.open<SealedAnswer>(line);
  }

  /** The crossing whose answer enters the script next. */
  next(waiting: ReadonlySet<string>, isScriptWaiting: boolean): string | undefined {
    for (;;) {
      const line = this.#past.order[this.#position];
      if (line === undefined || this.#difference !== undefined) return undefined;
      if (line.k === 'stop') {
        const { x } = this.#past.open<SealedAnswer>(line);
        if (x !== undefined) this.#events.stop(restoreError(x));
        return undefined;
      }
      const { c, f } = line as CallLine;
      if (line.k === 'ans' && !waiting.has(c)) {
        if (isScriptWaiting) this.#diverge(`${c}: the script does not wait for the recorded answer of ${f}`);
        return undefined;
      }
      this.#position++;
      this.#repeatEffects(line);
      if (line.k === 'ans') return c;
    }
  }

  /** Goes on after a recorded end from outside; false if none is recorded here. */
  passStop(): boolean {
    if (this.#past.order[this.#position]?.k !== 'stop') return false;
    this.#position++;
    return true;
  }

  /** The error of a script that has ended without something that is recorded. */
  finish(): KosmoError | undefined {
    const [left] = this.#unused;
    if (left !== undefined && this.#difference === undefined) {
      const line = this.#past.answers.get(left) ?? this.#past.values.get(left);
      this.#diverge(`${left}: the script ended without it, recorded was ${line?.f}`);
    }
    return this.#difference;
  }

  #repeatEffects(line: StoredLine): void {
    for (const effect of this.#past.open<SealedAnswer>(line).effects ?? []) this.#events.effect(effect);
  }

  #match(id: string, call: AskedCall, { f, h }: CallLine, hash: string): void {
    if (f === call.name && h === hash) return;
    const place = call.line === undefined ? id : `${id} (line ${call.line})`;
    const args = JSON.stringify(shownArguments(call)).slice(0, MAX_SHOWN);
    const now = f === call.name ? `${f} with other arguments: ${args}` : call.name;
    throw this.#diverge(`${place}: recorded ${f}, the script now calls ${now}`);
  }

  #diverge(what: string): KosmoError {
    this.#difference ??= new KosmoError('REPLAY_DIVERGED', `the run differs from its journal at ${what}. Nothing was sent.`, {
      hint: 'the run cannot go on; kosmo runs:show lists what it did',
    });
    this.#events.diverged(this.#difference);
    return this.#difference;
  }
}
