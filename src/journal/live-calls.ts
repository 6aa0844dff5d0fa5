import { KosmoError, toKosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { JournalledCall } from '../lua/index.ts';
import { errorDetail, type IntentLine, resourcesIn, type SealedAnswer, type SleepLine, shownArguments } from './durable-lines.ts';
import type { LineWriter } from './line-writer.ts';
import type { RecordedLines } from './recorded-lines.ts';
import type { AskedCall } from './rehearsal.ts';
import type { Intent } from './run-journal.ts';

/** Bytes of one answer. */
const MAX_ANSWER = 1024 ** 2;

interface Begun {
  readonly f: string;
  readonly h: string;
  /** Milliseconds since 1970. */
  readonly started: number;
}

interface Answered extends Begun {
  readonly sealed: SealedAnswer;
}

export interface LiveCallsOptions {
  readonly writer: LineWriter;
  readonly past: RecordedLines;
  readonly now: () => number;
  /** Called when a call has an answer or is dropped. */
  readonly settled: () => void;
}

/** The calls that this leg makes: their intents, their answers until these enter the script, and what else they did. */
export class LiveCalls {
  readonly #options: LiveCallsOptions;
  /** Calls without an answer; a sleep has its end. */
  readonly #inFlight = new Map<string, number | undefined>();
  readonly #begun = new Map<string, Begun>();
  readonly #answered = new Map<string, Answered>();
  readonly #effects = new Map<string, JsonValue[]>();

  constructor(options: LiveCallsOptions) {
    this.#options = options;
  }

  get hasAnswers(): boolean {
    return this.#answered.size > 0;
  }

  /** Whether a call other than a sleep has no answer yet. */
  get areInFlight(): boolean {
    return [...this.#inFlight.values()].some((until) => until === undefined);
  }

  /** When the first of the sleeps ends, if the script waits for nothing else; in milliseconds since 1970. */
  get asleepUntil(): number | undefined {
    return this.#inFlight.size === 0 || this.areInFlight || this.hasAnswers
      ? undefined
      : Math.min(...([...this.#inFlight.values()] as number[]));
  }

  keep(id: string, effect: JsonValue): void {
    const kept = this.#effects.get(id);
    if (kept === undefined) this.#effects.set(id, [effect]);
    else kept.push(effect);
  }

  /** Makes a call of the script. Its answer waits until `addAnswer`. Resolves to it. */
  async make(id: string, call: JournalledCall, h: string): Promise<SealedAnswer> {
    const sealed = await this.run(id, call, h, () => (call.name === 'sleep' ? this.#sleep(id, call, h) : call.live()));
    const begun = this.#begun.get(id) as Begun;
    if (!call.signal.aborted) this.#answered.set(id, { ...begun, sealed: { ...sealed, args: shownArguments(call) } });
    else if (this.#effects.has(id)) this.#options.writer.add({ k: 'left', c: id, f: begun.f, h }, { effects: this.#effects.get(id) });
    this.#options.settled();
    return sealed;
  }

  /** Runs something under the id of a call. Never rejects: an error is an answer. */
  async run(id: string, { name }: AskedCall, h: string, live: () => Promise<JsonValue>): Promise<SealedAnswer> {
    this.#begun.set(id, { f: name, h, started: this.#options.now() });
    this.#inFlight.set(id, undefined);
    try {
      this.#assertRoom(id);
      const a = await live();
      return JSON.stringify(a).length <= MAX_ANSWER ? { a } : { x: errorDetail(tooLarge(name)) };
    } catch (thrown) {
      const error = toKosmoError(thrown);
      // A write that was begun before a crash may have acted, whatever refuses to repeat it.
      const isUnknown = this.intent(id) !== undefined && error.outcome === 'none';
      return { x: { ...errorDetail(error), ...(isUnknown ? { outcome: 'unknown' as const } : {}) } };
    } finally {
      this.#inFlight.delete(id);
    }
  }

  /** The write that an earlier leg began under this id, without an answer. */
  intent(id: string): IntentLine | undefined {
    const line = this.#options.past.begun.get(id);
    return line?.k === 'call' ? line : undefined;
  }

  /** Adds the intent of a write. */
  addIntent(id: string, { account, args }: Intent): void {
    const { writer, now } = this.#options;
    const { f, h } = this.#begun.get(id) as Begun;
    const again = this.intent(id);
    const repeated = again === undefined ? {} : { again: (again.again ?? 0) + 1 };
    // The first intent counts: a repeat is safe for so long after it.
    writer.add({ k: 'call', c: id, f, h, acct: account, t: again?.t ?? now(), ...repeated }, { args });
  }

  /** Adds the line of an answer that waits; false if no answer waits. */
  addAnswer(id: string): boolean {
    const answered = this.#answered.get(id);
    if (answered === undefined) return false;
    this.#answered.delete(id);
    this.#addLine(id, answered);
    return true;
  }

  /** Adds the lines of all answers that wait, in their order. */
  addAnswers(): void {
    for (const id of [...this.#answered.keys()]) this.addAnswer(id);
  }

  /** Adds the answer of a call that a composed function made. */
  addInner(id: string, outer: string, call: AskedCall, sealed: SealedAnswer): void {
    this.#addLine(id, { ...(this.#begun.get(id) as Begun), sealed: { ...sealed, args: shownArguments(call) } });
    for (const effect of this.#effects.get(id) ?? []) this.keep(outer, effect);
  }

  /** The script no longer waits for the call. */
  drop(id: string): void {
    this.#answered.delete(id);
  }

  #addLine(id: string, { f, h, started, sealed }: Answered): void {
    const effects = this.#effects.get(id);
    const { writer, now } = this.#options;
    const outcome = sealed.x === undefined ? {} : { code: sealed.x.code, outcome: sealed.x.outcome };
    const plain = { k: 'ans', c: id, f, h, t: now(), ms: now() - started, ...outcome, ...resourcesIn(effects ?? []) };
    writer.add(plain, effects === undefined ? sealed : { ...sealed, effects });
  }

  #sleep(id: string, call: JournalledCall, h: string): Promise<JsonValue> {
    const { writer, past, now } = this.#options;
    const begun = past.begun.get(id) as SleepLine | undefined;
    const seconds = Number((call.args as readonly JsonValue[])[0]);
    const until = begun?.until ?? now() + seconds * 1000;
    this.#inFlight.set(id, until);
    if (begun === undefined) {
      writer.add({ k: 'sleep', c: id, f: 'sleep', h, t: now(), until });
      writer.commit().catch(() => undefined);
    }
    return call.live(Math.min(seconds, Math.max(0, (until - now()) / 1000)));
  }

  #assertRoom(id: string): void {
    const { room } = this.#options.writer;
    if (room === 'enough' || (room === 'full' && id.startsWith('defer/'))) return;
    throw journalFull();
  }
}

/** The error of a run whose journal has no room. */
export function journalFull(): KosmoError {
  return new KosmoError('RUN_TOO_LARGE', 'The journal of the run is full. Nothing was sent.', { hint: 'split the work into several runs' });
}

function tooLarge(name: string): KosmoError {
  return new KosmoError('RUN_TOO_LARGE', `${name}: the result is larger than 1 MiB, which the journal of a run does not hold.`, {
    hint: 'ask for less, or run the script without --durable',
    outcome: 'done',
  });
}
