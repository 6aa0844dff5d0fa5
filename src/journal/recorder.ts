import { type ErrorDetail, isKosmoError, type KosmoError, redactSecretFields, toKosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { JournalledCall } from '../lua/index.ts';
import { onAbort } from '../platform/abort-listeners.ts';
import type { Answered, CallFacts, Line } from './lines.ts';
import { FORMAT } from './lines.ts';
import type { RunJournal, RunStart } from './run-journal.ts';
import { Turns } from './turns.ts';

/** The same for every recorded run: a script that is recorded again makes the same choices. */
const SEED = 1;

/** Writes down what a run gets from outside, without secrets and without times. */
export class Recorder implements RunJournal {
  readonly seed = SEED;
  readonly recorded = undefined;
  readonly ended: RunJournal['ended'] = new AbortController().signal;
  onEffect: RunJournal['onEffect'] = () => undefined;
  readonly #save: (lines: readonly Line[]) => KosmoError | undefined;
  readonly #lines: Line[] = [];
  /** Calls whose answer the script waits for, each with what ends the watch on its signal. */
  readonly #open = new Map<string, () => void>();
  /** Answers that wait for their turn. */
  readonly #answered = new Map<string, CallFacts & Answered>();
  readonly #effects = new Map<string, JsonValue[]>();
  readonly #turns = new Turns((waiting) => this.#deliverFirst(waiting));

  /** `save` gets the lines at the end of the run, and returns why they cannot be kept. */
  constructor(save: (lines: readonly Line[]) => KosmoError | undefined) {
    this.#save = save;
  }

  begin({ chunk, input, accounts }: RunStart): void {
    this.#lines.push({ k: 'run', v: FORMAT, chunk, seed: SEED, input: redacted(input), accounts });
  }

  value(id: string, name: string, compute: () => JsonValue): JsonValue {
    try {
      const value = compute();
      this.#lines.push({ k: 'val', c: id, f: name, a: redacted(value) });
      return value;
    } catch (thrown) {
      if (isKosmoError(thrown)) this.#lines.push({ k: 'val', c: id, f: name, x: describeError(thrown) });
      throw thrown;
    }
  }

  async call(id: string, { name, args, signal, live }: JournalledCall): Promise<JsonValue> {
    const call: CallFacts = { c: id, f: name, args: describeArguments(args) };
    const forget = onAbort(signal, () => {
      this.#open.delete(id);
      this.#answered.delete(id);
      this.#lines.push({ k: 'left', ...call });
    });
    this.#open.set(id, forget);
    const answer = (answered: () => Answered): void => {
      if (this.#open.has(id)) this.#answered.set(id, { ...call, ...answered() });
    };
    try {
      const value = await live();
      answer(() => ({ a: redacted(value) }));
      return value;
    } catch (thrown) {
      answer(() => ({ x: describeError(toKosmoError(thrown)) }));
      throw thrown;
    }
  }

  turn(id: string, signal: AbortSignal): Promise<void> {
    return this.#turns.wait(id, this.#answered.has(id), signal);
  }

  quiet(): void {
    this.#turns.quiet();
  }

  stopped(error: KosmoError): void {
    this.#lines.push({ k: 'stop', x: describeError(error) });
  }

  keep(id: string, effect: JsonValue): void {
    const kept = this.#effects.get(id) ?? [];
    this.#effects.set(id, [...kept, redacted(effect)]);
  }

  finish(error: KosmoError | undefined): KosmoError | undefined {
    this.#lines.push({ k: 'end', status: error === undefined ? 'done' : 'failed' });
    return this.#save(this.#lines);
  }

  #deliverFirst(waiting: ReadonlySet<string>): string | undefined {
    const [id] = waiting;
    const answered = id === undefined ? undefined : this.#answered.get(id);
    if (id === undefined || answered === undefined) return undefined;
    this.#open.get(id)?.();
    this.#open.delete(id);
    this.#answered.delete(id);
    const effects = this.#effects.get(id);
    this.#lines.push({ k: 'ans', ...answered, ...(effects === undefined ? {} : { effects }) });
    return id;
  }
}

/** What a record holds of the arguments of a call. */
export function describeArguments(args: JournalledCall['args']): CallFacts['args'] {
  return isKosmoError(args) ? describeError(args) : (redacted(args as JsonValue) as readonly JsonValue[]);
}

// Ids of requests are others each time that the same run is recorded.
function describeError(error: KosmoError): ErrorDetail {
  const { request_id: _, ...detail } = error.toJSON();
  return redacted(detail as unknown as JsonValue) as unknown as ErrorDetail;
}

function redacted(value: JsonValue): JsonValue {
  return redactSecretFields(value) as JsonValue;
}
