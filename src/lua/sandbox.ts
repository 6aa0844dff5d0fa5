// Fengari's modules require each other in circles; entered at this one they find everything defined.
import 'fengari/src/lua.js';

import { setMaxListeners } from 'node:events';
import { LUA_OK, type LuaState, lua_gettop, lua_newthread, lua_pop } from 'fengari/src/lua.js';
import { isKosmoError, KosmoError, toKosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import { onAbort } from '../platform/abort-listeners.ts';
import { createPausableClock, type PausableClock } from '../platform/pausable-clock.ts';
import { timeoutError } from './engine/limit-errors.ts';
import { type LimitOptions, Limits } from './engine/limits.ts';
import { COMPILED_BYTES, isIncomplete, loadLine, loadScript } from './engine/load.ts';
import { createOutput, type Output } from './engine/output.ts';
import { metamethod } from './engine/resumable.ts';
import { errorText, withHint, withLocation } from './engine/script-errors.ts';
import type { HostEntry, HostPorts, SandboxJournal } from './host-call.ts';
import { inspectNames } from './inspect-names.ts';
import { runDeferred, withFailures } from './lib/defer.ts';
import { openState, type State } from './state.ts';
import { toJson } from './values/from-lua.ts';
import { type RawValue, topValue } from './values/raw-value.ts';

export interface SandboxOptions {
  readonly limits?: LimitOptions;
  /** Globals by name: read-only tables of functions, and functions. */
  readonly globals?: Readonly<Record<string, HostEntry>>;
  /** What `workflow`, `log` and `require` need of the host. @default {} (the script has none of them) */
  readonly ports?: HostPorts;
  /** The global `input`. @default {} */
  readonly input?: JsonValue;
  /** Called with the bytes of each line printed, without the newline, as it is printed. */
  readonly onLine?: (line: Uint8Array) => void;
  /** Let Ctrl-C stop a tight loop. Only for a process that belongs to the script. @default false */
  readonly breakOnSigint?: boolean;
  /** Measures `timeoutMs` and the time of deferred functions. @default a clock that is never paused */
  readonly clock?: PausableClock;
  /** Records the run or repeats it. @default undefined (neither) */
  readonly journal?: SandboxJournal;
}

export interface RunOutcome {
  /** Everything printed, also before an error. */
  readonly output: string;
  readonly outputCut: boolean;
  /** The returned values; null when nothing was returned or the run failed. With `SCRIPT_EXIT` the result that the script passed. */
  readonly result: readonly JsonValue[] | null;
  readonly error: KosmoError | undefined;
  /** Milliseconds of CPU time spent running Lua. */
  readonly cpuMs: number;
  /** Highest measured memory of the script in bytes. */
  readonly memoryPeak: number;
}

type Load<Code> = (L: LuaState, code: Code, chunk: string) => KosmoError | undefined;

/** A Lua state with everything that scripts see. Globals stay from one run to the next; runs must not overlap. */
export class Sandbox {
  readonly #options: SandboxOptions;
  readonly #clock: PausableClock;
  readonly #limits: Limits;
  readonly #output: Output;
  readonly #state: State;
  /** How many uncaught errors described themselves. */
  #described = 0;

  constructor(options: SandboxOptions = {}) {
    this.#options = options;
    this.#clock = options.clock ?? createPausableClock();
    this.#limits = new Limits(options.limits ?? {}, this.#clock);
    this.#output = createOutput(this.#limits.outputBytes, options.onLine ?? (() => undefined));
    this.#state = openState({
      limits: this.#limits,
      output: this.#output,
      breakOnSigint: options.breakOnSigint ?? false,
      globals: options.globals ?? {},
      ports: options.ports ?? {},
      input: options.input ?? {},
      journal: options.journal,
    });
  }

  /**
   * Runs `code` (Lua 5.3 text; bytes reach Lua as they are) with limits of its own. `chunk` names it in messages. Aborting the signal ends
   * the run; its reason should be a `KosmoError`. Never rejects: every failure is `outcome.error`.
   */
  run(code: string | Uint8Array, chunk: string, signal?: AbortSignal): Promise<RunOutcome> {
    return this.#runWithin(signal, async (ended) => {
      const script = await this.#runChunk(loadScript, code, chunk, ended);
      return this.#state.scheduler.runCounted(() => returnedValues(script, this.#state));
    });
  }

  /** Like `run`, for a line at a prompt: an expression is enough, and values are printed as `print` does, not returned. */
  runLine(code: Uint8Array, chunk: string, signal?: AbortSignal): Promise<RunOutcome> {
    return this.#runWithin(signal, async (ended) => {
      await this.#print(await this.#runChunk(loadLine, code, chunk, ended), ended);
      return null;
    });
  }

  /** The error that keeps `code` from being run at all: of its syntax, or its size. Runs nothing of it. Between runs only. */
  loadError(code: string | Uint8Array, chunk: string): KosmoError | undefined {
    this.#limits.reset();
    try {
      this.#reserveCode(code);
      return this.#state.scheduler.runCounted(() => loadScript(this.#newThread(), code, chunk));
    } catch (thrown) {
      return toKosmoError(thrown);
    }
  }

  /** Whether `code`, typed at a prompt, can only be understood with more lines. Between runs only. */
  isBeginning(code: Uint8Array): boolean {
    // A limit that ended the last run would refuse the memory that loading needs.
    this.#limits.reset();
    return isIncomplete(this.#newThread(), code);
  }

  /** The names inside what `path` leads to, the globals for an empty path. Runs nothing of the script. Between runs only. */
  names(path: readonly string[]): readonly string[] {
    this.#limits.reset();
    return inspectNames(this.#state.L, this.#state.nameRoots, this.#state.tables, path);
  }

  // Everything runs in here: with limits of its own, until it ends or the signal ends it, and its deferred functions after it.
  async #runWithin(
    signal: AbortSignal | undefined,
    body: (signal: AbortSignal) => Promise<readonly JsonValue[] | null>,
  ): Promise<RunOutcome> {
    this.#limits.reset();
    this.#output.restart();
    this.#state.exit.clear();
    const abort = new AbortController();
    setMaxListeners(0, abort.signal);
    const forwardAbort = (): void => abort.abort(interruption(signal?.reason));
    const forget = signal === undefined ? undefined : onAbort(signal, forwardAbort);
    if (signal?.aborted === true) forwardAbort();
    const timeoutMs = this.#options.limits?.timeoutMs;
    const cancelTimer = timeoutMs === undefined ? undefined : this.#clock.after(timeoutMs, () => abort.abort(timeoutError(timeoutMs)));
    let result: readonly JsonValue[] | null = null;
    let error: KosmoError | undefined;
    try {
      result = await body(abort.signal);
    } catch (thrown) {
      error = toKosmoError(thrown);
      const exit = this.#state.exit.requested();
      if (exit !== undefined && exit.error === thrown) {
        result = exit.result;
        if (exit.code === 0) error = undefined;
      }
    }
    cancelTimer?.();
    forget?.();
    const failures = this.#options.journal?.isLeft?.() === true ? [] : await this.#runDeferred();
    // Deferred functions run to their end: they stop what must not go on. But the run was interrupted.
    if (error === undefined && signal?.aborted === true) error = interruption(signal.reason);
    // Tasks that a script left behind must not go on without it.
    abort.abort(new KosmoError('INTERRUPTED', 'the run has ended'));
    return this.#outcome(result, withFailures(error, failures));
  }

  #runDeferred(): Promise<readonly KosmoError[]> {
    const { deferred, scheduler } = this.#state;
    return runDeferred({
      deferred,
      scheduler,
      limits: this.#limits,
      clock: this.#clock,
      describe: (raw, signal) => this.#describe(raw, signal),
    });
  }

  #outcome(result: readonly JsonValue[] | null, error: KosmoError | undefined): RunOutcome {
    return {
      output: this.#output.text(),
      outputCut: this.#output.wasCut(),
      result: error === undefined || error.code === 'SCRIPT_EXIT' ? result : null,
      error,
      cpuMs: this.#limits.cpuUsedMs(),
      memoryPeak: this.#limits.memoryPeak(),
    };
  }

  // Runs what `load` finds in the code, to its end, and returns the thread with what it left.
  async #runChunk<Code extends string | Uint8Array>(load: Load<Code>, code: Code, chunk: string, signal: AbortSignal): Promise<LuaState> {
    const { L, scheduler } = this.#state;
    this.#reserveCode(code);
    const script = this.#newThread();
    const syntaxError = scheduler.runCounted(() => load(script, code, chunk));
    if (syntaxError !== undefined) throw syntaxError;
    const status = await scheduler.runMain(script, signal).catch((thrown: unknown) => {
      this.#options.journal?.stopped(toKosmoError(thrown));
      throw thrown;
    });
    if (status === LUA_OK) return script;
    const error = await this.#describe({ ...topValue(script, -1) }, signal);
    throw scheduler.runCounted(() => withHint(withLocation(L, script, error), code));
  }

  // A script can be large by itself, or as a string that was given to `load` and comes back as another.
  #reserveCode(code: string | Uint8Array): void {
    const { L, reserve } = this.#state;
    reserve(L, code.length);
    reserve(L, code.length * COMPILED_BYTES, true);
  }

  // JavaScript keeps the thread while it is used; left on the stack, it would be kept as long as the state.
  #newThread(): LuaState {
    const thread = lua_newthread(this.#state.L);
    lua_pop(this.#state.L, 1);
    return thread;
  }

  // `__tostring` of an uncaught error runs as the script did: it may wait, and the limits hold.
  async #describe(raw: RawValue, signal: AbortSignal): Promise<KosmoError> {
    const { L, scheduler, errors, nullValue, reserve, tostring } = this.#state;
    const known = errors.kosmoErrorOf(raw);
    if (known !== undefined) return known;
    const shown =
      metamethod(raw, L, '__tostring') === undefined
        ? undefined
        : await scheduler.runTask(tostring, [raw], { name: `error/${++this.#described}`, signal });
    const text = shown !== undefined && 'value' in shown ? shown.value : raw;
    return scheduler.runCounted(() => {
      const message = errorText(text, nullValue, (bytes) => reserve(L, bytes));
      return new KosmoError('SCRIPT_ERROR', message);
    });
  }

  async #print(script: LuaState, signal: AbortSignal): Promise<void> {
    const count = lua_gettop(script);
    if (count === 0) return;
    const values = Array.from({ length: count }, (_, index) => ({ ...topValue(script, index - count) }));
    const outcome = await this.#state.scheduler.runTask(this.#state.print, values, { name: 'print', signal });
    if ('error' in outcome) throw await this.#describe(outcome.error, signal);
  }
}

/** Runs `code` once in a fresh state, see `Sandbox.run`. */
export function runLua(
  code: string | Uint8Array,
  chunk: string,
  options: SandboxOptions & { readonly signal?: AbortSignal } = {},
): Promise<RunOutcome> {
  return new Sandbox(options).run(code, chunk, options.signal);
}

// An embedding program can abort with any reason.
function interruption(reason: unknown): KosmoError {
  return isKosmoError(reason) ? reason : new KosmoError('INTERRUPTED', 'the run was aborted', { cause: reason });
}

function returnedValues(L: LuaState, { nullValue, reserve }: State): readonly JsonValue[] | null {
  const count = lua_gettop(L);
  if (count === 0) return null;
  const values: JsonValue[] = [];
  for (let index = 1; index <= count; index++) {
    const path = count === 1 ? 'the returned value' : `returned value ${index}`;
    values.push(toJson(topValue(L, index - 1 - count), path, nullValue, (bytes) => reserve(L, bytes)));
  }
  return values;
}
