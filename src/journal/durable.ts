import { createHash, randomInt } from 'node:crypto';
import { isKosmoError, KosmoError, toKosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { JournalledCall } from '../lua/index.ts';
import { onAbort } from '../platform/abort-listeners.ts';
import { VERSION } from '../platform/version.ts';
import { answerOf, DURABLE_FORMAT, errorDetail, type RunFacts, type SealedAnswer, type SleepLine } from './durable-lines.ts';
import { LineWriter } from './line-writer.ts';
import { journalFull, LiveCalls } from './live-calls.ts';
import { RecordedLines } from './recorded-lines.ts';
import { Rehearsal } from './rehearsal.ts';
import type { DurableRun, InnerCall, Intent, KeptModules, RunJournal, RunStart, RunState } from './run-journal.ts';
import type { LineSealer } from './sealed-lines.ts';
import type { JournalStore } from './store.ts';
import { Turns } from './turns.ts';

/** Milliseconds for which an answer is kept while the journal cannot be written. */
const STORE_PATIENCE_MS = 600_000;

/** Milliseconds that a run waits for answers when it leaves. */
const LEAVE_MS = 10_000;

/** Milliseconds until the end of a sleep that is worth leaving the process for. */
const PARK_MS = 60_000;

const MAX_TIMER_MS = 2 ** 31 - 1;

export interface DurableOptions {
  readonly id: string;
  readonly store: JournalStore;
  readonly sealer: LineSealer;
  /** Leave the process when everything sleeps for a minute or more. @default false */
  readonly parks?: boolean;
  /** Ends the run where the earlier legs ended: its deferred functions run, and nothing else. @default undefined (it goes on) */
  readonly endWith?: KosmoError;
  /** Milliseconds since 1970. @default the clock of the machine */
  readonly now?: () => number;
  /** @default 600000 */
  readonly patienceMs?: number;
}

const NEVER = new Promise<never>(() => undefined);

/** A new seed for `math.random`. */
export function newSeed(): number {
  return randomInt(2 ** 32);
}

/** Opens the journal of a run. `facts` begin a new run; an existing one keeps its own. Rejects with `RUN_UNREADABLE`. */
export async function openDurable(options: DurableOptions, facts: RunFacts | undefined): Promise<DurableJournal> {
  const past = new RecordedLines(await options.store.load(), options.sealer);
  const begun = past.facts ?? facts;
  if (begun === undefined) throw new KosmoError('RUN_UNREADABLE', `The journal of run ${options.id} is empty.`);
  return new DurableJournal(options, past, begun);
}

/** Commits what a run gets from outside before the script sees it, and gives it the answers of earlier legs. */
export class DurableJournal implements RunJournal, DurableRun {
  readonly facts: RunFacts;
  readonly seed: number;
  readonly modules: KeptModules;
  onEffect: RunJournal['onEffect'] = () => undefined;
  readonly #options: DurableOptions;
  readonly #past: RecordedLines;
  readonly #writer: LineWriter;
  readonly #rehearsal: Rehearsal;
  readonly #live: LiveCalls;
  readonly #turns = new Turns((waiting) =>
    this.#isLive ? this.#deliver(waiting) : this.#rehearsal.next(waiting, this.#isWaiting(waiting)),
  );
  readonly #end = new AbortController();
  readonly #calls = new Set<string>();
  /** Calls that wait until the earlier legs are repeated. */
  readonly #starting = new Map<string, () => void>();
  readonly #innerCounts = new Map<string, number>();
  #delivery: { readonly id: string; isCommitted: boolean } | undefined;
  #printed = 0;
  #isLive = false;
  #isLeft = false;
  #isLeaving = false;
  #isEnding = false;
  #status: RunState['status'] = 'running';
  #settled: () => void = () => undefined;
  #deadline: NodeJS.Timeout | undefined;

  constructor(options: DurableOptions, past: RecordedLines, facts: RunFacts) {
    this.#options = options;
    this.#past = past;
    this.facts = facts;
    this.seed = facts.seed;
    this.#writer = new LineWriter(options.store, options.sealer, past);
    this.#live = new LiveCalls({ writer: this.#writer, past, now: () => this.#now(), settled: () => this.#settled() });
    this.#rehearsal = new Rehearsal(past, options.sealer, {
      diverged: (error) => this.#leaveWith(error),
      stop: (error) => this.#end.abort(error),
      effect: (effect) => this.onEffect(effect),
    });
    this.modules = {
      find: (name) => past.module(name),
      keep: (name, chunk, text) => this.#writer.add({ k: 'mod', f: name }, { chunk, text: text.toString('latin1') }),
    };
    this.#addHead();
  }

  get recorded(): RunStart | undefined {
    return this.#past.facts && { chunk: this.facts.chunk, input: this.facts.input, accounts: {} };
  }

  get ended(): AbortSignal {
    return this.#end.signal;
  }

  get durable(): DurableRun {
    return this;
  }

  /** Whether an earlier leg ended the run: then it is only repeated. */
  get isEnded(): boolean {
    return this.#past.end !== undefined;
  }

  /** How many calls earlier legs made. */
  get recordedCalls(): number {
    return this.#past.calls;
  }

  begin(): void {}

  isLeft(): boolean {
    return this.#isLeft;
  }

  isReplaying(): boolean {
    return !this.#isLive;
  }

  value(id: string, name: string, compute: () => JsonValue): JsonValue {
    const known = this.#rehearsal.value(id, name);
    if (known !== undefined) return answerOf(known);
    const keep = (sealed: SealedAnswer): void => this.#writer.add({ k: 'val', c: id, f: name }, sealed);
    try {
      const value = compute();
      keep({ a: value });
      return value;
    } catch (thrown) {
      if (isKosmoError(thrown)) keep({ x: errorDetail(thrown) });
      throw thrown;
    }
  }

  async call(id: string, call: JournalledCall): Promise<JsonValue> {
    this.#calls.add(id);
    if (id.startsWith('defer/')) this.#isEnding = true;
    const hash = this.#rehearsal.hash(call);
    const known = this.#rehearsal.answer(id, call, hash);
    if (known !== undefined) return answerOf(known);
    await this.#untilLive(id, call.signal);
    if (this.#isLeft || this.#isLeaving) return NEVER;
    const forget = onAbort(call.signal, () => this.#drop(id));
    const sealed = await this.#live.make(id, call, hash);
    forget();
    if (sealed.x?.code === 'RUN_TOO_LARGE' && this.#writer.room !== 'enough' && !this.#isEnding) this.#end.abort(journalFull());
    return this.#isLeft ? NEVER : answerOf(sealed);
  }

  turn(id: string, signal: AbortSignal): Promise<void> {
    return this.#turns.wait(id, this.#calls.has(id), signal);
  }

  quiet(): void {
    if (!this.#isLive && this.#rehearsal.isOver) this.#goLive();
    this.#turns.quiet();
    // Sleeps that waited for the end of the rehearsal begin first.
    if (this.#options.parks === true) setImmediate(() => void this.#parkIfAsleep());
  }

  stopped(error: KosmoError): void {
    const isRecorded = this.#rehearsal.passStop();
    // Nothing of a run that is only repeated is decided again: the next leg repeats it.
    if (!isRecorded && !this.#isLive) this.#leaveWith(error);
    if (this.#isLeft) return;
    this.#isEnding = true;
    if (!isRecorded) this.#writer.add({ k: 'stop', code: error.code }, { x: errorDetail(error) });
  }

  keep(id: string, effect: JsonValue): void {
    this.#live.keep(id, effect);
  }

  finish(error: KosmoError | undefined, result: readonly JsonValue[] | null = null): KosmoError | undefined {
    clearTimeout(this.#deadline);
    const difference = this.#isLeft ? this.#rehearsal.difference : this.#rehearsal.finish();
    if (difference !== undefined) return difference;
    if (this.#isLeft) return this.#end.signal.reason as KosmoError;
    const isCancelled = error?.code === 'INTERRUPTED' || error?.code === 'RUN_CANCELLED';
    this.#status = error === undefined ? 'done' : isCancelled ? 'cancelled' : 'failed';
    const ending = { result, x: error === undefined ? null : errorDetail(error) };
    if (!this.isEnded) this.#writer.add({ k: 'end', status: this.#status, code: error?.code ?? null, t: this.#now() }, ending);
    return undefined;
  }

  async settle(): Promise<KosmoError | undefined> {
    const problem = this.#isLeft ? undefined : await this.#commitAnswer().then(() => undefined, toKosmoError);
    await this.#options.store.close().catch(() => undefined);
    return problem;
  }

  /** Ends a run that is not run here, without its deferred functions. */
  async cancel(): Promise<void> {
    this.#writer.add({ k: 'end', status: 'cancelled', code: 'RUN_CANCELLED', t: this.#now() }, { result: null, x: null });
    await this.#writer.commit();
    await this.#options.store.close();
  }

  /** Gives the run back without a change. */
  async abandon(): Promise<void> {
    await this.#options.store.close();
  }

  state(): RunState {
    const legs = this.#past.legs + (this.isEnded ? 0 : 1);
    return { id: this.#options.id, status: this.#status, legs, replayed_calls: this.#rehearsal.answered };
  }

  printed(line: Uint8Array): boolean {
    const at = this.#printed;
    this.#printed += line.length + 1;
    if (at < this.#past.printed) return false;
    this.#writer.add({ k: 'out', at, bytes: line.length + 1 }, { text: Buffer.from(line).toString('latin1') });
    return true;
  }

  begun(id: string): ReturnType<DurableRun['begun']> {
    return this.#live.intent(id);
  }

  async sending(id: string, intent: Intent): Promise<void> {
    if (this.#isLeft || this.#isLeaving) return NEVER;
    this.#live.addIntent(id, intent);
    await this.#writer.commit();
    if (this.#options.store.isLost()) this.#leaveWith(takenOver(this.#options.id));
    if (this.#isLeft) return NEVER;
  }

  async inner(outer: string, { live, ...call }: InnerCall): Promise<JsonValue> {
    const count = (this.#innerCounts.get(outer) ?? 0) + 1;
    this.#innerCounts.set(outer, count);
    const id = `${outer}.${count}`;
    const hash = this.#rehearsal.hash(call);
    const known = this.#rehearsal.answer(id, call, hash);
    if (known !== undefined) {
      for (const effect of known.effects ?? []) {
        this.onEffect(effect);
        this.keep(outer, effect);
      }
      return answerOf(known);
    }
    const sealed = await this.#live.run(id, call, hash, () => live(id));
    if (this.#isLeft) return NEVER;
    if (call.signal.aborted) return answerOf(sealed);
    this.#live.addInner(id, outer, call, sealed);
    await this.#commitAnswer().catch((thrown: unknown) => this.#leaveWith(toKosmoError(thrown)));
    return answerOf(sealed);
  }

  /** Leaves the run to another process: waits up to ten seconds for answers, and runs no deferred function. */
  async leave(reason: KosmoError, waitMs = LEAVE_MS): Promise<void> {
    if (this.#isLeft || this.#isLeaving || this.#isEnding) return;
    this.#isLeaving = true;
    await this.#untilSettled(waitMs);
    this.#live.addAnswers();
    await this.#writer.commit().catch(() => undefined);
    this.#leaveWith(reason);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  #commitAnswer(): Promise<void> {
    return this.#writer.commitWithin(this.#options.patienceMs ?? STORE_PATIENCE_MS);
  }

  #addHead(): void {
    const { script, input, settings, chunk, seed, zone, deadline } = this.facts;
    if (this.#past.facts === undefined) {
      const sha = createHash('sha256').update(script, 'latin1').digest('hex');
      const plain = { id: this.#options.id, t: this.#now(), kosmo: VERSION, chunk, script: sha, seed, zone, ...(deadline && { deadline }) };
      this.#writer.add({ k: 'run', v: DURABLE_FORMAT, ...plain }, { script, input, settings });
    }
    if (!this.isEnded) this.#writer.add({ k: 'leg', leg: this.#past.legs + 1, pid: process.pid, t: this.#now() });
  }

  // A script that has ended waits for nothing; `finish` says what it left.
  #isWaiting(waiting: ReadonlySet<string>): boolean {
    return waiting.size > 0 || this.#starting.size > 0;
  }

  #untilLive(id: string, signal: AbortSignal): Promise<void> {
    if (this.#isLive || this.#isLeft) return Promise.resolve();
    return new Promise((resolve) => {
      const forget = onAbort(signal, () => void this.#starting.delete(id));
      this.#starting.set(id, () => {
        forget();
        resolve();
      });
    });
  }

  // Sleeps that are due end in the order in which they would have ended; other calls begin as the script made them.
  #goLive(): void {
    this.#isLive = true;
    const due = (id: string): number => (this.#past.begun.get(id) as SleepLine | undefined)?.until ?? Number.MAX_VALUE;
    const starting = [...this.#starting].sort(([one], [other]) => due(one) - due(other));
    this.#starting.clear();
    const { endWith } = this.#options;
    if (endWith !== undefined && !this.#isEnding) {
      this.#end.abort(endWith);
      return;
    }
    for (const [, start] of starting) start();
    const { deadline } = this.facts;
    if (deadline === undefined || this.#isEnding) return;
    const leftMs = Math.min(Math.max(0, deadline - this.#now()), MAX_TIMER_MS);
    this.#deadline = setTimeout(() => this.#end.abort(timeoutError()), leftMs);
    this.#deadline.unref();
  }

  // What is committed of an answer that the script no longer waits for must not reach it in the next leg.
  #drop(id: string): void {
    this.#live.drop(id);
    if (this.#delivery?.id !== id) return;
    this.#delivery = undefined;
    this.#writer.add({ k: 'left', c: id, f: '', h: '' });
  }

  #deliver(waiting: ReadonlySet<string>): string | undefined {
    if (this.#isLeft || this.#isLeaving) return undefined;
    if (this.#delivery !== undefined) {
      if (!this.#delivery.isCommitted) return undefined;
      const { id } = this.#delivery;
      this.#delivery = undefined;
      return id;
    }
    const [id] = waiting;
    if (id === undefined || !this.#live.addAnswer(id)) return undefined;
    const delivery = { id, isCommitted: false };
    this.#delivery = delivery;
    this.#commitAnswer().then(
      () => {
        delivery.isCommitted = true;
        this.#turns.choose();
      },
      (thrown: unknown) => this.#leaveWith(toKosmoError(thrown)),
    );
    return undefined;
  }

  async #untilSettled(waitMs: number): Promise<void> {
    if (!this.#live.areInFlight) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, waitMs);
      this.#settled = () => {
        if (this.#live.areInFlight) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #parkIfAsleep(): Promise<void> {
    if (!this.#turns.isQuiet || !this.#isLive || this.#isEnding || this.#isLeft || this.#isLeaving) return;
    const until = this.#delivery === undefined ? this.#live.asleepUntil : undefined;
    if (until === undefined || until - this.#now() < PARK_MS) return;
    this.#isLeaving = true;
    this.#writer.add({ k: 'park', until });
    await this.#writer.commit().catch(() => undefined);
    this.#status = 'parked';
    this.#leaveWith(parked(this.#options.id, new Date(until).toISOString()));
  }

  #leaveWith(reason: KosmoError): void {
    if (this.#isLeft) return;
    this.#isLeft = true;
    if (this.#status === 'running') this.#status = 'interrupted';
    this.#writer.close();
    this.#end.abort(reason);
  }
}

function timeoutError(): KosmoError {
  return new KosmoError('TIMEOUT', 'timeout: the run took longer than --timeout allows', { hint: 'raise --timeout, or wait for less' });
}

function takenOver(id: string): KosmoError {
  return new KosmoError('RUN_BUSY', `Run ${id} was taken over by another process. Nothing more was sent here.`, {
    hint: `kosmo runs:show ${id}`,
  });
}

function parked(id: string, at: string): KosmoError {
  return new KosmoError('RUN_PARKED', `Run ${id} is parked until ${at}.`, {
    hint: `go on with it then: kosmo runs:resume ${id}`,
    details: { run: id, until: at },
  });
}
