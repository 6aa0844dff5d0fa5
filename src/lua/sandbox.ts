// Fengari's modules require each other in circles; entered at this one they find everything defined.
import 'fengari/src/lua.js';

import { setMaxListeners } from 'node:events';
import { luaL_loadbufferx, luaL_newstate } from 'fengari/src/lauxlib.js';
import {
  LUA_ERRSYNTAX,
  LUA_MASKCOUNT,
  LUA_OK,
  type LuaState,
  lua_atnativeerror,
  lua_gettop,
  lua_newthread,
  lua_pop,
  lua_pushstring,
  lua_setglobal,
  lua_sethook,
  lua_tolstring,
  lua_touserdata,
} from 'fengari/src/lua.js';
import { KosmoError, toKosmoError, withDetails } from '../errors/index.ts';
import type { JsonValue } from '../json/index.ts';
import type { HostEntry } from './host-call.ts';
import { openBase, setTable, watchLibraries } from './lib/base.ts';
import { coroutineLibrary } from './lib/coroutine.ts';
import { createDeferred, runDeferred } from './lib/defer.ts';
import { createHostTables, type LibraryEntry, type LibraryNamespace } from './lib/host-tables.ts';
import { jsonLibrary } from './lib/json.ts';
import { parallelLibrary } from './lib/parallel.ts';
import { regexLibrary } from './lib/regex.ts';
import { sleepFunction } from './lib/sleep.ts';
import { createLimits, type LimitOptions, timeoutError } from './limits.ts';
import { createOutput } from './output.ts';
import { locate } from './position.ts';
import { createScheduler } from './scheduler.ts';
import { asScriptError, textOfError, uncaughtError, withPosition } from './script-errors.ts';
import { createErrorValues } from './values/error.ts';
import { toJson } from './values/from-lua.ts';
import { newNullValue, pushRaw, type RawValue, topValue } from './values/kinds.ts';
import { internBytes, toBytes, toDisplayText } from './values/string.ts';
import { pushJson } from './values/to-lua.ts';

/** Instructions between two looks at the limits: some 50 µs of Lua. */
const HOOK_EVERY = 1000;

/** The same where large strings make instructions slow and the watchdog cannot be set up. */
const HOOK_EVERY_WHEN_HEAVY = 20;

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

/** A Lua state with everything that scripts see. Globals stay from one run to the next; runs must not overlap. */
export interface Sandbox {
  /**
   * Runs `code` (Lua 5.3 text; bytes reach Lua as they are) with limits of its own. `chunk` names it in messages. Aborting the signal ends the run; its reason should
   * be a `KosmoError`. Never rejects: every failure is `outcome.error`.
   */
  readonly run: (code: string | Uint8Array, chunk: string, signal?: AbortSignal) => Promise<RunOutcome>;
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
function createSandbox(options: SandboxOptions = {}): Sandbox {
  const limits = createLimits(options.limits ?? {});
  const output = createOutput(limits.outputBytes, options.onLine ?? (() => undefined));
  const L = luaL_newstate();
  const nullValue = newNullValue(L);
  const reserve = (state: LuaState, bytes: number): void => {
    const wasHeavy = limits.isHeavy();
    const exceeded = limits.reserve(bytes, () => locate(state));
    if (exceeded !== undefined) throw exceeded;
    // The hook shall soon put the script under the watchdog.
    if (!wasHeavy && limits.isHeavy()) lua_sethook(state, hook, LUA_MASKCOUNT, 1);
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
      const every = limits.isHeavy() && !scheduler.isWatched() ? HOOK_EVERY_WHEN_HEAVY : HOOK_EVERY;
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

  const runScript = async (code: string | Uint8Array, chunk: string, signal: AbortSignal): Promise<readonly JsonValue[] | null> => {
    // A script can be large by itself, or as a string that was given to `load` and comes back as another.
    reserve(L, code.length);
    const script = lua_newthread(L);
    const syntaxError = scheduler.runCounted(() => load(script, code, chunk));
    if (syntaxError !== undefined) throw syntaxError;
    const status = await scheduler.runMain(script, signal);
    return scheduler.runCounted(() => {
      if (status !== LUA_OK) throw uncaughtError(L, script, errors.fromTop(script), nullValue, (bytes) => reserve(script, bytes));
      return returnedValues(script, nullValue, reserve);
    });
  };

  const describe = (raw: RawValue): KosmoError => {
    pushRaw(L, raw);
    const error =
      errors.fromTop(L) ??
      new KosmoError(
        'SCRIPT_ERROR',
        textOfError(L, nullValue, (bytes) => reserve(L, bytes)),
      );
    lua_pop(L, 1);
    return error;
  };

  return {
    async run(code, chunk, signal) {
      limits.restart();
      output.restart();
      const abort = new AbortController();
      setMaxListeners(0, abort.signal);
      const forwardAbort = (): void => abort.abort(signal?.reason);
      signal?.addEventListener('abort', forwardAbort, { once: true });
      if (signal?.aborted === true) forwardAbort();
      const timeoutMs = options.limits?.timeoutMs;
      const timer = timeoutMs === undefined ? undefined : setTimeout(() => abort.abort(timeoutError(timeoutMs)), timeoutMs);
      let result: readonly JsonValue[] | null = null;
      let error: KosmoError | undefined;
      try {
        result = await runScript(code, chunk, abort.signal);
      } catch (thrown) {
        error = toKosmoError(thrown);
      }
      clearTimeout(timer);
      signal?.removeEventListener('abort', forwardAbort);
      const failures = await runDeferred(deferred, scheduler, limits, describe);
      // Whatever a script left behind must not go on without it.
      abort.abort(new KosmoError('INTERRUPTED', 'the run has ended'));
      const [first, ...others] = error === undefined ? failures : [error, ...failures];
      return {
        output: output.text(),
        outputCut: output.wasCut(),
        result: first === undefined ? result : null,
        error:
          first !== undefined && others.length > 0 ? withDetails(first, { deferred_errors: others.map(({ message }) => message) }) : first,
        cpuMs: limits.cpuUsedMs(),
        memoryPeak: limits.memoryPeak(),
      };
    },
  };
}

function load(L: LuaState, code: string | Uint8Array, chunk: string): KosmoError | undefined {
  const bytes = withoutFirstLine(typeof code === 'string' ? toBytes(code) : code);
  const name = toBytes(`@${chunk}`);
  const status = luaL_loadbufferx(L, bytes, bytes.length, name, internBytes('t'));
  if (status === LUA_OK) return undefined;
  const message = toDisplayText(lua_tolstring(L, -1) ?? new Uint8Array(0));
  const line = /:(\d+):/.exec(message.slice(Math.min(chunk.length, LONGEST_NAME)))?.[1];
  return new KosmoError(
    status === LUA_ERRSYNTAX ? 'SYNTAX_ERROR' : 'SCRIPT_ERROR',
    message,
    line === undefined ? {} : { details: { line: Number(line) } },
  );
}

/** Bytes of a chunk's name in messages (LUA_IDSIZE); of a longer one they show the end. */
const LONGEST_NAME = 59;

// As `lua` itself does with files: neither a byte order mark nor a first line that begins with # is code.
function withoutFirstLine(bytes: Uint8Array): Uint8Array {
  const code = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
  return code[0] === 0x23 ? Buffer.concat([Buffer.from('--'), code]) : code;
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
