// Fengari's modules require each other in circles; entered at this one they find everything defined.
import 'fengari/src/lua.js';

import { setMaxListeners } from 'node:events';
import { luaL_newstate } from 'fengari/src/lauxlib.js';
import type { Table } from 'fengari/src/ltable.js';
import {
  LUA_MASKCOUNT,
  LUA_OK,
  type LuaState,
  lua_atnativeerror,
  lua_getglobal,
  lua_gettop,
  lua_newthread,
  lua_pop,
  lua_pushstring,
  lua_setglobal,
  lua_sethook,
  lua_touserdata,
} from 'fengari/src/lua.js';
import { isKosmoError, KosmoError, toKosmoError } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import { onAbort } from '../platform/abort-listeners.ts';
import { createPausableClock, type PausableClock } from '../platform/pausable-clock.ts';
import { createLimits, type LimitOptions, timeoutError } from './engine/limits.ts';
import { COMPILED_BYTES, isIncomplete, loadLine, loadScript } from './engine/load.ts';
import { createOutput } from './engine/output.ts';
import { locate } from './engine/position.ts';
import { metamethod } from './engine/resumable.ts';
import { createScheduler } from './engine/scheduler.ts';
import { errorText, toScriptError, withHint, withLocation, withPosition } from './engine/script-errors.ts';
import type { HostEntry } from './host-call.ts';
import { inspectNames } from './inspect-names.ts';
import { openBase, openResumableLibraries, setTable } from './lib/base.ts';
import { coroutineLibrary } from './lib/coroutine.ts';
import { createDeferred, runDeferred, withFailures } from './lib/defer.ts';
import { createHostTables, type LibraryEntry, type LibraryNamespace } from './lib/host-tables.ts';
import { jsonLibrary } from './lib/json.ts';
import { parallelLibrary } from './lib/parallel.ts';
import { regexLibrary } from './lib/regex.ts';
import { sleepFunction } from './lib/sleep.ts';
import { createErrorValues } from './values/error.ts';
import { toJson } from './values/from-lua.ts';
import { newNullValue, type RawValue, topValue } from './values/raw-value.ts';
import { internBytes, toBytes } from './values/string.ts';
import { pushJson } from './values/to-lua.ts';

/** Instructions between two looks at the limits: some 50 µs of Lua. */
const HOOK_EVERY = 1000;

/** The same while large strings make single instructions slow. */
const HOOK_EVERY_WHEN_HEAVY = 50;

export interface SandboxOptions {
  readonly limits?: LimitOptions;
  /** Globals by name: read-only tables of functions, and functions. */
  readonly globals?: Readonly<Record<string, HostEntry>>;
  /** The global `input`. @default {} */
  readonly input?: JsonValue;
  /** Called with the bytes of each line printed, without the newline, as it is printed. */
  readonly onLine?: (line: Uint8Array) => void;
  /** Let Ctrl-C stop a tight loop. Only for a process that belongs to the script. @default false */
  readonly breakOnSigint?: boolean;
  /** Measures `timeoutMs` and the time of deferred functions. @default one that never stands still */
  readonly clock?: PausableClock;
}

export interface RunOutcome {
  /** Everything printed, also before an error. */
  readonly output: string;
  readonly outputCut: boolean;
  /** The returned values; null when nothing was returned or the run failed. */
  readonly result: readonly JsonValue[] | null;
  readonly error: KosmoError | undefined;
  /** Milliseconds of CPU time spent running Lua. */
  readonly cpuMs: number;
  /** Highest measured memory of the script in bytes. */
  readonly memoryPeak: number;
}

/** A Lua state with everything that scripts see. Globals stay from one run to the next; runs must not overlap. */
export interface Sandbox {
  /**
   * Runs `code` (Lua 5.3 text; bytes reach Lua as they are) with limits of its own. `chunk` names it in messages. Aborting the signal ends the run; its reason should
   * be a `KosmoError`. Never rejects: every failure is `outcome.error`.
   */
  readonly run: (code: string | Uint8Array, chunk: string, signal?: AbortSignal) => Promise<RunOutcome>;
  /** Like `run`, for what is typed at a prompt: an expression is enough, and values are printed as `print` does, not returned. */
  readonly runLine: (code: Uint8Array, chunk: string, signal?: AbortSignal) => Promise<RunOutcome>;
  /** What keeps `code` from being run at all: an error of syntax, or its size. Runs nothing of it. Between runs only. */
  readonly loadError: (code: string | Uint8Array, chunk: string) => KosmoError | undefined;
  /** Whether `code`, typed at a prompt, can only be understood with more lines. Between runs only. */
  readonly isBeginning: (code: Uint8Array) => boolean;
  /** The names inside what `path` leads to, the globals for an empty path. Runs nothing of the script. Between runs only. */
  readonly names: (path: readonly string[]) => readonly string[];
}

/** Runs `code` once in a fresh state, see `Sandbox.run`. */
export function runLua(
  code: string | Uint8Array,
  chunk: string,
  options: SandboxOptions & { readonly signal?: AbortSignal } = {},
): Promise<RunOutcome> {
  return createSandbox(options).run(code, chunk, options.signal);
}

/** Opens a state. Nothing of it is shared with any other. */
export function createSandbox(options: SandboxOptions = {}): Sandbox {
  const clock = options.clock ?? createPausableClock();
  const limits = createLimits(options.limits ?? {}, clock);
  const output = createOutput(limits.outputBytes, options.onLine ?? (() => undefined));
  const L = luaL_newstate();
  const nullValue = newNullValue(L);
  const reserve = (state: LuaState, bytes: number, inPieces = false): void => {
    const wasHeavy = limits.hasLargeStrings();
    const exceeded = limits.reserve(bytes, () => locate(state), inPieces);
    if (exceeded !== undefined) throw exceeded;
    // The hook shall soon put the script under the watchdog.
    if (!wasHeavy && limits.hasLargeStrings()) lua_sethook(state, hook, LUA_MASKCOUNT, 1);
  };
  openBase(L, { limits, output, nullValue, reserve });
  const nameRoots = { globals: takeGlobal(L, '_G').value as Table, stringMethods: takeGlobal(L, 'string').value as Table };
  const print = takeGlobal(L, 'print');
  const tostring = takeGlobal(L, 'tostring');
  const errors = createErrorValues(L);
  const scheduler = createScheduler({ state: L, limits, errors, breakOnSigint: options.breakOnSigint ?? false });
  const deferred = createDeferred(limits);
  openResumableLibraries(L, scheduler, { nullValue, reserve });
  setTable(L, 'coroutine', coroutineLibrary(scheduler));
  const tables = createHostTables({ scheduler, errors, nullValue, reserve });
  const globals: Readonly<Record<string, LibraryEntry | LibraryNamespace>> = {
    defer: { kind: 'lua', fn: deferred.defer },
    parallel: parallelLibrary({ scheduler, errors, nullValue, reserve }),
    json: jsonLibrary(nullValue, reserve),
    regex: regexLibrary(reserve, (fn) => scheduler.guardedRestartable(scheduler.repeatable(fn))),
    sleep: { kind: 'lua', fn: sleepFunction(scheduler, errors) },
    ...options.globals,
  };
  for (const [name, entry] of Object.entries(globals)) {
    tables.push(L, name, entry);
    lua_setglobal(L, internBytes(name));
  }
  pushJson(L, options.input ?? {});
  lua_setglobal(L, internBytes('input'));

  // JavaScript errors inside Lua become Lua errors: nothing with a prototype is ever seen by a script.
  lua_atnativeerror(L, (state) => {
    const thrown = lua_touserdata(state, 1);
    const error = toScriptError(thrown);
    if (typeof error === 'string') lua_pushstring(state, toBytes(withPosition(state, error)));
    else errors.push(state, error);
    return 1;
  });
  L.l_G.onreserve = reserve;
  L.l_G.hasended = () => limits.limitError() !== undefined;
  const hook = (state: LuaState): void => {
    const exceeded = limits.check(() => scheduler.position(state));
    if (exceeded === undefined) {
      const every = limits.hasLargeStrings() ? HOOK_EVERY_WHEN_HEAVY : HOOK_EVERY;
      if (state.basehookcount !== every) lua_sethook(state, hook, LUA_MASKCOUNT, every);
      scheduler.pauseLongSlice(state);
      return;
    }
    // From now on before every instruction: no loop of pcalls outlives a limit.
    lua_sethook(state, hook, LUA_MASKCOUNT, 1);
    // A message handler of xpcall would run inside the hook, where no hook can stop it.
    state.errfunc = 0;
    errors.raise(state, exceeded);
  };
  lua_sethook(L, hook, LUA_MASKCOUNT, HOOK_EVERY);

  /** Runs what `load` finds in the code, to its end, and returns the thread with what it left. */
  const runChunk = async <Code extends string | Uint8Array>(
    load: (L: LuaState, code: Code, chunk: string) => KosmoError | undefined,
    code: Code,
    chunk: string,
    signal: AbortSignal,
  ): Promise<LuaState> => {
    // A script can be large by itself, or as a string that was given to `load` and comes back as another.
    reserve(L, code.length);
    reserve(L, code.length * COMPILED_BYTES, true);
    const script = newThread();
    const syntaxError = scheduler.runCounted(() => load(script, code, chunk));
    if (syntaxError !== undefined) throw syntaxError;
    const status = await scheduler.runMain(script, signal);
    if (status === LUA_OK) return script;
    const error = await describe({ ...topValue(script, -1) }, signal);
    throw scheduler.runCounted(() => withHint(withLocation(L, script, error), code));
  };

  // JavaScript keeps the thread while it is used; left on the stack, it would be kept as long as the state.
  const newThread = (): LuaState => {
    const thread = lua_newthread(L);
    lua_pop(L, 1);
    return thread;
  };

  // `__tostring` of an error that nobody caught runs as the script did: it may wait, and the limits hold.
  const describe = async (raw: RawValue, signal: AbortSignal): Promise<KosmoError> => {
    const known = errors.kosmoErrorOf(raw);
    if (known !== undefined) return known;
    const shown = metamethod(raw, L, '__tostring') === undefined ? undefined : await scheduler.runTask(tostring, [raw], signal);
    const text = shown !== undefined && 'value' in shown ? shown.value : raw;
    return scheduler.runCounted(
      () =>
        new KosmoError(
          'SCRIPT_ERROR',
          errorText(text, nullValue, (bytes) => reserve(L, bytes)),
        ),
    );
  };

  const printValues = async (script: LuaState, signal: AbortSignal): Promise<void> => {
    const count = lua_gettop(script);
    if (count === 0) return;
    const values = Array.from({ length: count }, (_, index) => ({ ...topValue(script, index - count) }));
    const outcome = await scheduler.runTask(print, values, signal);
    if ('error' in outcome) throw await describe(outcome.error, signal);
  };

  /** Whatever runs does so in here: with limits of its own, until it ends or the signal ends it, and its deferred functions after it. */
  const runWithin = async (
    signal: AbortSignal | undefined,
    body: (signal: AbortSignal) => Promise<readonly JsonValue[] | null>,
  ): Promise<RunOutcome> => {
    limits.reset();
    output.restart();
    const abort = new AbortController();
    setMaxListeners(0, abort.signal);
    const forwardAbort = (): void => abort.abort(interruption(signal?.reason));
    const forget = signal === undefined ? undefined : onAbort(signal, forwardAbort);
    if (signal?.aborted === true) forwardAbort();
    const timeoutMs = options.limits?.timeoutMs;
    const cancelTimer = timeoutMs === undefined ? undefined : clock.after(timeoutMs, () => abort.abort(timeoutError(timeoutMs)));
    let result: readonly JsonValue[] | null = null;
    let error: KosmoError | undefined;
    try {
      result = await body(abort.signal);
    } catch (thrown) {
      error = toKosmoError(thrown);
    }
    cancelTimer?.();
    forget?.();
    const failures = await runDeferred({ deferred, scheduler, limits, clock, describe });
    // Deferred functions run to their end: they stop what must not go on. But the run was interrupted.
    if (error === undefined && signal?.aborted === true) error = interruption(signal.reason);
    // Whatever a script left behind must not go on without it.
    abort.abort(new KosmoError('INTERRUPTED', 'the run has ended'));
    const failure = withFailures(error, failures);
    return {
      output: output.text(),
      outputCut: output.wasCut(),
      result: failure === undefined ? result : null,
      error: failure,
      cpuMs: limits.cpuUsedMs(),
      memoryPeak: limits.memoryPeak(),
    };
  };

  return {
    run: (code, chunk, signal) =>
      runWithin(signal, async (ended) => {
        const script = await runChunk(loadScript, code, chunk, ended);
        return scheduler.runCounted(() => returnedValues(script, nullValue, reserve));
      }),
    runLine: (code, chunk, signal) =>
      runWithin(signal, async (ended) => {
        await printValues(await runChunk(loadLine, code, chunk, ended), ended);
        return null;
      }),
    loadError(code, chunk) {
      limits.reset();
      try {
        reserve(L, code.length);
        reserve(L, code.length * COMPILED_BYTES, true);
        return scheduler.runCounted(() => loadScript(newThread(), code, chunk));
      } catch (thrown) {
        return toKosmoError(thrown);
      }
    },
    isBeginning(code) {
      // A limit that ended the last run would refuse the memory that loading needs.
      limits.reset();
      return isIncomplete(newThread(), code);
    },
    names(path) {
      limits.reset();
      return inspectNames(L, nameRoots, tables, path);
    },
  };
}

// As it is before a script can replace it.
function takeGlobal(L: LuaState, name: string): RawValue {
  lua_getglobal(L, internBytes(name));
  const raw = { ...topValue(L, -1) };
  lua_pop(L, 1);
  return raw;
}

// An embedding program aborts with whatever it likes.
function interruption(reason: unknown): KosmoError {
  return isKosmoError(reason) ? reason : new KosmoError('INTERRUPTED', 'the run was aborted', { cause: reason });
}

function returnedValues(L: LuaState, nullValue: object, reserve: (L: LuaState, bytes: number) => void): readonly JsonValue[] | null {
  const count = lua_gettop(L);
  if (count === 0) return null;
  const values: JsonValue[] = [];
  for (let index = 1; index <= count; index++) {
    const path = count === 1 ? 'the returned value' : `returned value ${index}`;
    values.push(toJson(topValue(L, index - 1 - count), path, nullValue, (bytes) => reserve(L, bytes)));
  }
  return values;
}
