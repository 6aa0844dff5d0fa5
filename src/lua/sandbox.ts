// Fengari's modules require each other in circles; entered at this one they find everything defined.
import 'fengari/src/lua.js';

import { luaL_loadbufferx, luaL_newstate } from 'fengari/src/lauxlib.js';
import {
  LUA_ERRSYNTAX,
  LUA_MASKCOUNT,
  LUA_OK,
  LUA_TSTRING,
  type LuaState,
  lua_atnativeerror,
  lua_gettop,
  lua_newthread,
  lua_pushstring,
  lua_setglobal,
  lua_sethook,
  lua_tolstring,
  lua_touserdata,
  lua_type,
} from 'fengari/src/lua.js';
import { isKosmoError, KosmoError, toKosmoError, withDetails } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { HostEntry } from './host-call.ts';
import { openBase, setTable, watchLibraries } from './lib/base.ts';
import { coroutineLibrary } from './lib/coroutine.ts';
import { createDeferred, type Deferred } from './lib/defer.ts';
import { createHostTables, type LibraryEntry, type LibraryNamespace } from './lib/host-tables.ts';
import { jsonLibrary } from './lib/json.ts';
import { parallelLibrary } from './lib/parallel.ts';
import { regexLibrary } from './lib/regex.ts';
import { sleepFunction } from './lib/sleep.ts';
import { createLimits, type LimitOptions, type Limits, timeoutError } from './limits.ts';
import { createOutput } from './output.ts';
import { locate, traceback } from './position.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';
import { createErrorValues } from './values/error.ts';
import { formatValue } from './values/format.ts';
import { type RawValue, toJson } from './values/from-lua.ts';
import { newNullValue, pushRaw, topValue } from './values/kinds.ts';
import { internBytes, toBytes, toDisplayText } from './values/string.ts';
import { pushJson } from './values/to-lua.ts';

/** Instructions between two looks at the limits: some 50 µs of Lua. */
const HOOK_EVERY = 1000;

/** What all deferred functions of a run together may take, waiting included. */
const GRACE_MS = 5000;

export interface SandboxOptions {
  readonly limits?: LimitOptions;
  /** Globals by name: read-only tables of functions, and functions. */
  readonly globals?: Readonly<Record<string, HostEntry>>;
  /** The global `input`. @default {} */
  readonly input?: JsonValue;
  /** Called with the bytes of each line printed, without the newline, as it is printed. */
  readonly onLine?: (line: Uint8Array) => void;
  /** Aborting it ends the run; the reason should be a `KosmoError`. */
  readonly signal?: AbortSignal;
  /** Let Ctrl-C stop a tight loop. Only for a process that belongs to the script. @default false */
  readonly breakOnSigint?: boolean;
}

export interface RunOutcome {
  /** Everything printed, also before an error. */
  readonly output: string;
  readonly outputCut: boolean;
  /** The returned values; null when nothing was returned or the run failed. */
  readonly result: readonly JsonValue[] | null;
  readonly error: KosmoError | undefined;
  /** Milliseconds spent running Lua. */
  readonly cpuMs: number;
  /** Highest measured memory of the script in bytes. */
  readonly memoryPeak: number;
}

/**
 * Runs `code` (Lua 5.3 text) once in a fresh state. `chunk` names it in messages. Never rejects: every failure is `outcome.error`.
 */
export async function runLua(code: string, chunk: string, options: SandboxOptions = {}): Promise<RunOutcome> {
  const limits = createLimits(options.limits ?? {});
  const output = createOutput(limits.outputBytes, options.onLine ?? (() => undefined));
  const abort = new AbortController();
  const forwardAbort = (): void => abort.abort(options.signal?.reason);
  options.signal?.addEventListener('abort', forwardAbort, { once: true });
  if (options.signal?.aborted === true) forwardAbort();
  const timeoutMs = options.limits?.timeoutMs;
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => abort.abort(timeoutError(timeoutMs)), timeoutMs);

  let result: readonly JsonValue[] | null = null;
  let error: KosmoError | undefined;
  try {
    result = await execute(code, chunk, options, limits, output, abort.signal);
  } catch (thrown) {
    error = toKosmoError(thrown);
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', forwardAbort);
    // Whatever a script left behind must not go on without it.
    abort.abort(new KosmoError('INTERRUPTED', 'the run has ended'));
  }
  return { output: output.text(), outputCut: output.wasCut(), result, error, cpuMs: limits.cpuUsedMs(), memoryPeak: limits.memoryPeak() };
}

async function execute(
  code: string,
  chunk: string,
  options: SandboxOptions,
  limits: Limits,
  output: ReturnType<typeof createOutput>,
  signal: AbortSignal,
): Promise<readonly JsonValue[] | null> {
  const L = luaL_newstate();
  const nullValue = newNullValue(L);
  const reserve = (state: LuaState, bytes: number): void => {
    const exceeded = limits.reserve(bytes, () => locate(state));
    if (exceeded !== undefined) throw exceeded;
  };
  openBase(L, { limits, output, nullValue, reserve });
  const errors = createErrorValues(L);
  const scheduler = createScheduler({ state: L, limits, errors, breakOnSigint: options.breakOnSigint ?? false });
  const deferred = createDeferred();
  watchLibraries(L, scheduler.watched);
  setTable(L, 'coroutine', coroutineLibrary(scheduler));
  const tables = createHostTables({ scheduler, errors, nullValue, reserve });
  const globals: Readonly<Record<string, LibraryEntry | LibraryNamespace>> = {
    defer: { kind: 'lua', fn: deferred.defer },
    parallel: parallelLibrary(scheduler, errors, nullValue),
    json: jsonLibrary(nullValue, reserve),
    regex: regexLibrary(reserve, scheduler.watched),
    sleep: sleepFunction,
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
    const error = asScriptError(thrown);
    if (typeof error === 'string') lua_pushstring(state, toBytes(withPosition(state, error)));
    else errors.push(state, error);
    return 1;
  });
  L.l_G.onreserve = reserve;
  const hook = (state: LuaState): void => {
    const exceeded = limits.check(() => locate(state));
    if (exceeded === undefined) {
      scheduler.watchLongSlice(state);
      return;
    }
    // From now on before every instruction: no loop of pcalls outlives a limit.
    lua_sethook(state, hook, LUA_MASKCOUNT, 1);
    errors.raise(state, exceeded);
  };
  lua_sethook(L, hook, LUA_MASKCOUNT, HOOK_EVERY);

  const script = lua_newthread(L);
  const syntaxError = load(script, code, chunk);
  if (syntaxError !== undefined) throw syntaxError;
  let values: readonly JsonValue[] | null = null;
  let error: KosmoError | undefined;
  try {
    const status = await scheduler.run(script, 0, signal);
    if (status !== LUA_OK) throw uncaughtError(L, script, errors.fromTop(script), nullValue);
    values = returnedValues(script, nullValue, reserve);
  } catch (thrown) {
    error = toKosmoError(thrown);
  }
  const failures = await runDeferred(deferred, scheduler, limits, (raw) => {
    pushRaw(L, raw);
    return errors.fromTop(L) ?? new KosmoError('SCRIPT_ERROR', textOfError(L, nullValue));
  });
  const [first, ...others] = error === undefined ? failures : [error, ...failures];
  if (first !== undefined)
    throw others.length === 0 ? first : withDetails(first, { deferred_errors: others.map(({ message }) => message) });
  return values;
}

// The functions given to `defer`, last first, within a grace time of their own. Returns what went wrong in them.
async function runDeferred(
  deferred: Deferred,
  scheduler: Scheduler,
  limits: Limits,
  describe: (error: RawValue) => KosmoError,
): Promise<readonly KosmoError[]> {
  const failures: KosmoError[] = [];
  let fn = deferred.take();
  if (fn === undefined) return failures;
  limits.startGrace(GRACE_MS);
  const grace = new AbortController();
  const timer = setTimeout(() => grace.abort(new KosmoError('TIMEOUT', `timeout: deferred functions have ${GRACE_MS / 1000} s`)), GRACE_MS);
  try {
    for (; fn !== undefined; fn = deferred.take()) {
      const outcome = await scheduler.runTask(fn, [], grace.signal);
      if ('error' in outcome) failures.push(describe(outcome.error));
    }
  } catch (thrown) {
    failures.push(toKosmoError(thrown));
  } finally {
    clearTimeout(timer);
  }
  return failures;
}

function load(L: LuaState, code: string, chunk: string): KosmoError | undefined {
  const bytes = toBytes(code.startsWith('#') ? `--${code}` : code);
  const status = luaL_loadbufferx(L, bytes, bytes.length, toBytes(`=${chunk}`), internBytes('t'));
  if (status === LUA_OK) return undefined;
  const message = toDisplayText(lua_tolstring(L, -1) ?? new Uint8Array(0));
  const line = /:(\d+):/.exec(message.slice(chunk.length))?.[1];
  return new KosmoError(
    status === LUA_ERRSYNTAX ? 'SYNTAX_ERROR' : 'SCRIPT_ERROR',
    message,
    line === undefined ? {} : { details: { line: Number(line) } },
  );
}

function uncaughtError(main: LuaState, L: LuaState, raised: KosmoError | undefined, nullValue: object): KosmoError {
  const line = locate(L)?.line;
  const place = { ...(line === undefined ? {} : { line }), traceback: traceback(main, L) };
  if (raised !== undefined) return withDetails(raised, { ...place, ...raised.details });
  return new KosmoError('SCRIPT_ERROR', textOfError(L, nullValue), { details: place });
}

// What was raised, as text: any value can be.
function textOfError(L: LuaState, nullValue: object): string {
  if (lua_type(L, -1) === LUA_TSTRING) return toDisplayText(lua_tolstring(L, -1) ?? new Uint8Array(0));
  const text = formatValue(topValue(L, -1), nullValue, () => undefined);
  return Buffer.from(text, 'latin1').toString('utf8');
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

// What went wrong inside a library function: a limit, a deep recursion, or a fault of ours.
function asScriptError(thrown: unknown): KosmoError | string {
  if (isKosmoError(thrown)) return thrown;
  if (thrown instanceof RangeError) {
    return /call stack/i.test(thrown.message) ? 'stack overflow' : 'not enough memory: a string or table would be too large';
  }
  return toKosmoError(thrown);
}

function withPosition(L: LuaState, message: string): string {
  const position = locate(L);
  return position === undefined ? message : `${position.chunk}:${position.line}: ${message}`;
}
